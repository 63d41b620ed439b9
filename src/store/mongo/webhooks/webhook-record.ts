import type { NewEvent } from '../../../domain/event.js';
import type { Json } from '../../../domain/json.js';
import type { EpochMs } from '../../../domain/time.js';
import type { AttemptRecord, SlotRecord, WebhookAttempt, WebhookStore } from '../../../ports/webhook-store.js';
import type { AtRest } from '../../at-rest.js';
import {
  CALL_BODIES,
  CALLS,
  type CallDocState,
  callDocId,
  ENDPOINTS,
  type EndpointDoc,
} from '../documents/webhooks.js';
import { op } from '../engine/collection.js';
import type { Telling } from '../events/telling.js';
import type { Ground } from '../ground.js';
import { type Change, changeEach } from '../writing/change.js';
import { insertNew } from '../writing/insert-new.js';
import type { Adding } from './webhook-adding.js';
import { changedAt } from './webhook-docs.js';

const KIND = 'webhook-attempts';

/** Attempts that are written by one command. */
const TOGETHER_MAX = 200;

/** An attempt as an endpoint owes it. */
interface OwedAttempt {
  readonly call: string;
  readonly n: number;
  /** JSON of a {@link WebhookAttempt}, its answer sealed. */
  readonly attempt: string;
  /** Sealed, in base64. */
  readonly body?: string;
  readonly state: CallDocState;
  readonly dueAt?: EpochMs;
}

interface OwedAttempts {
  readonly at: EpochMs;
  readonly attempts: readonly OwedAttempt[];
}

/** Where the bytes of a call belong, for their seal. */
export function bodyPlace(call: string): string {
  return `webhooks|${call}|body`;
}

/** Where the beginning of an answer belongs, for its seal. */
function answerPlace(call: string, n: number): string {
  return `webhooks|${call}|answer|${n}`;
}

/** See `WebhookStore.record`: the endpoint is changed under the fence, and owes what its calls are to be told. */
export function createRecorder(ground: Ground, adding: Adding): Pick<WebhookStore, 'record'> {
  const { db, atRest, events: writer, outbox } = ground;
  outbox.carries(KIND, (source, what) =>
    // Owed by endpoints alone, as written below.
    recordAttempts(ground, (source as EndpointDoc).key, what as unknown as OwedAttempts),
  );

  return {
    async record(record, now) {
      const { endpoint, fence, events = [] } = record;
      const call = outbox.begin();
      const wanted = await writer.wanted(events.map(({ app }) => app));
      const owed: OwedAttempts = { at: now, attempts: record.attempts.map((each) => toOwed(atRest, each)) };
      const work = owed.attempts.length === 0 ? {} : { work: { kind: KIND, what: owed as unknown as Json } };
      let tellings: readonly Telling[] = [];
      const changed = await changeEach<EndpointDoc>(db, db.of(ENDPOINTS), [endpoint], call, () => (document) => {
        if (document.isRemoved || document.fence !== fence) return undefined;
        tellings = events
          .filter((event) => wanted(event.app, event.type) && !isTold(document, record, event))
          .map(({ app, type, data }) => ({ app, type, common: {}, entry: data }));
        const out = outbox.pending(call, { events: tellings, ...work }, now);
        return { ...changeBy(document, record, now), out };
      });
      const before = changed.get(endpoint);
      if (before === undefined) return false;
      if (owed.attempts.length > 0) {
        await adding.catchUp(before);
        await recordAttempts(ground, before.key, owed);
      } else if (tellings.length === 0) return true;
      await outbox.settle(call, [{ spec: ENDPOINTS, ids: [endpoint] }], { events: tellings }, now);
      return true;
    },
  };
}

/** A record whose answer was lost comes again: what changes the endpoint once is told once. */
function isTold(document: EndpointDoc, record: SlotRecord, { type }: NewEvent): boolean {
  if (type === 'webhook.failing') return record.failingToldAt !== undefined && document.failingToldAt !== undefined;
  return type === 'webhook.paused' && record.disable !== undefined && document.state === 'disabled';
}

/** What somebody chose stays. */
function changeBy(document: EndpointDoc, record: SlotRecord, now: EpochMs): Change<EndpointDoc> {
  const { failingSince, failingToldAt, holdUntil, lastSuccessAt, disable } = record;
  const dues = record.attempts.flatMap(({ next }) => (next.kind === 'again' ? [next.dueAt] : []));
  const unset = (
    [
      ['failingSince', failingSince],
      ['failingToldAt', failingToldAt],
      ['holdUntil', holdUntil],
    ] as const
  )
    .filter(([, value]) => value === undefined)
    .map(([name]) => name);
  return {
    set: {
      ...(failingSince === undefined ? {} : { failingSince }),
      ...(failingToldAt === undefined ? {} : { failingToldAt }),
      ...(holdUntil === undefined ? {} : { holdUntil }),
      ...(lastSuccessAt === undefined ? {} : { lastSuccessAt }),
      ...(dues.length === 0
        ? {}
        : { wakeAt: Math.min(document.wakeAt, ...dues), testAt: Math.min(document.testAt, ...dues) }),
      ...(disable === undefined || document.state !== 'active'
        ? {}
        : { state: 'disabled', stateReason: disable, updatedAt: changedAt(document, now) }),
    },
    unset,
  };
}

function toOwed(atRest: AtRest, { call, attempt, next, body }: AttemptRecord): OwedAttempt {
  const { answer, ...rest } = attempt;
  const sealed = (text: string, place: string) => atRest.seal(text, place).toString('base64');
  return {
    ...{ call, n: attempt.n },
    attempt: JSON.stringify({
      ...rest,
      ...(answer === undefined ? {} : { answer: sealed(answer, answerPlace(call, attempt.n)) }),
    }),
    ...(body === undefined ? {} : { body: sealed(body, bodyPlace(call)) }),
    ...(next.kind === 'again' ? { state: 'waiting', dueAt: next.dueAt } : { state: next.kind }),
  };
}

/** Opens what `toOwed` wrote. */
export function toAttempt(atRest: AtRest, call: string, json: string): WebhookAttempt {
  const { answer, ...rest } = JSON.parse(json) as WebhookAttempt;
  if (answer === undefined) return rest;
  return { ...rest, answer: atRest.open(Buffer.from(answer, 'base64'), answerPlace(call, rest.n)) };
}

/** Each once: a call remembers how often it was tried. The bytes that were sent first are kept: what is sent later is the same. */
async function recordAttempts({ db }: Ground, key: string, { at, attempts }: OwedAttempts): Promise<void> {
  const calls = db.of(CALLS);
  const bodies = attempts.flatMap(({ call, body }) =>
    body === undefined ? [] : [{ _id: callDocId(key, call), body }],
  );
  if (bodies.length > 0) {
    const ids = bodies.map(({ _id }) => _id);
    const waiting = await db.run(() =>
      calls
        .find({ _id: op({ $in: ids }), state: 'waiting' })
        .select({ _id: 1 })
        .lean(),
    );
    const known = new Set(waiting.map(({ _id }) => _id));
    const kept = bodies.filter(({ _id }) => known.has(_id));
    await insertNew(
      db,
      db.of(CALL_BODIES),
      kept.map(({ _id, body }) => ({ _id, body: Buffer.from(body, 'base64') })),
    );
  }
  const updates = attempts.map(({ call, n, attempt, state, dueAt }) => ({
    updateOne: {
      filter: { _id: callDocId(key, call), state: 'waiting', attempts: op({ $lt: n }) },
      update: {
        $set: { state, attempts: n, ...(dueAt === undefined ? { settledAt: at, agedAt: at } : { dueAt }) },
        $push: { tries: attempt },
      },
    },
  }));
  for (let from = 0; from < updates.length; from += TOGETHER_MAX) {
    const some = updates.slice(from, from + TOGETHER_MAX);
    await db.run(() => calls.bulkWrite(some as never, { ordered: true }));
  }
}
