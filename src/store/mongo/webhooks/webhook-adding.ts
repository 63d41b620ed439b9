import type { Json } from '../../../domain/json.js';
import type { EpochMs } from '../../../domain/time.js';
import { CALLS, ENDPOINTS, type EndpointDoc } from '../documents/webhooks.js';
import type { Call } from '../engine/call.js';
import type { Ground } from '../ground.js';
import type { Change } from '../writing/change.js';
import { insertNew } from '../writing/insert-new.js';
import type { Owed } from '../writing/outbox.js';
import { type CallDraft, callDoc } from './webhook-docs.js';

const KIND = 'webhook-calls';

/** What an endpoint owes: calls that have their numbers already. */
interface OwedCalls {
  readonly at: EpochMs;
  readonly drafts: readonly CallDraft[];
}

export type Unnumbered = Omit<CallDraft, 'seq'>;

/** Makes calls: the endpoint gives them their numbers in one step, and owes them until they are there. */
export interface Adding {
  with(
    call: Call,
    document: EndpointDoc,
    these: readonly Unnumbered[],
    now: EpochMs,
  ): { readonly change: Change<EndpointDoc>; readonly drafts: readonly CallDraft[] };
  carryOut(call: Call, endpoint: EndpointDoc, drafts: readonly CallDraft[], now: EpochMs): Promise<void>;
  /** Ids of calls that are owed still. */
  owed(document: EndpointDoc): ReadonlySet<string>;
  /** Makes what is owed. */
  catchUp(document: EndpointDoc): Promise<void>;
}

export function createAdding({ db, outbox }: Ground): Adding {
  const insert = ({ key }: Pick<EndpointDoc, 'key'>, { at, drafts }: OwedCalls) =>
    insertNew(
      db,
      db.of(CALLS),
      drafts.map((draft) => callDoc(key, draft, at)),
    );

  outbox.carries(KIND, async (source, what) => {
    await insert(source as EndpointDoc, what as unknown as OwedCalls); // owed by endpoints alone, as written below
  });

  return {
    with(call, { callSeq, wakeAt, testAt }, these, now) {
      const drafts = these.map((each, n): CallDraft => ({ ...each, seq: callSeq + 1 + n }));
      const hasTests = drafts.some(({ lastEvent }) => lastEvent === 0);
      const hasOthers = drafts.some(({ lastEvent }) => lastEvent !== 0);
      const what = { at: now, drafts } as unknown as Json; // plain values
      return {
        drafts,
        change: {
          set: {
            callSeq: callSeq + drafts.length,
            ...(hasOthers ? { wakeAt: Math.min(wakeAt, now) } : {}),
            ...(hasTests ? { testAt: Math.min(testAt, now) } : {}),
          },
          out: drafts.length === 0 ? undefined : outbox.pending(call, { work: { kind: KIND, what } }, now),
        },
      };
    },

    async carryOut(call, endpoint, drafts, now) {
      if (drafts.length === 0) return;
      await insert(endpoint, { at: now, drafts });
      await outbox.settle(call, [{ spec: ENDPOINTS, ids: [endpoint._id] }], {}, now);
    },

    owed: (document) => new Set(owedBy(document).flatMap(({ drafts }) => drafts.map(({ id }) => id))),

    async catchUp(document) {
      for (const owed of owedBy(document)) await insert(document, owed);
    },
  };
}

function owedBy({ out = [] }: EndpointDoc): readonly OwedCalls[] {
  return out.flatMap(({ j }) => {
    const { work } = JSON.parse(j) as Owed; // written by `Outbox.pending`
    return work?.kind === KIND ? [work.what as unknown as OwedCalls] : [];
  });
}
