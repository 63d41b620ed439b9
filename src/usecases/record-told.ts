import type { JsonObject } from '../domain/json.js';
import type { ReactionKind } from '../domain/reaction.js';
import type { Clock, EpochMs } from '../domain/time.js';
import type { Reaction, ReactionStore, ToldId } from '../ports/reaction-store.js';
import type { Receipt, ReceiptState, Recorded } from '../ports/receipt-store.js';
import type { RecordReceipts } from './record-receipts.js';

interface ToldBase {
  readonly app: string;
  readonly device: string;
  /** Not ahead of the clock. */
  readonly at: EpochMs;
  /** What its teller calls it; needed where the same may happen twice. */
  readonly told?: ToldId;
}

/** Something that people did with a message, as somebody tells it. */
export type ToldEvent = ToldBase &
  (
    | { readonly event: ReceiptState; readonly message: string; readonly action?: string }
    | { readonly event: 'dismissed'; readonly message: string }
    | {
        readonly event: 'converted';
        readonly message: string;
        readonly name: string;
        readonly value?: number;
        readonly currency?: string;
      }
    | { readonly event: 'feedback'; readonly message?: string; readonly data: JsonObject }
  );

/**
 * Records what devices and servers tell. An event under an id that its teller has used within 30 days is `known`, whatever
 * it says: the first stands. Who dismissed a message has seen it.
 *
 * @param events at most 1,000
 * @returns one answer per event, in order; repeating is harmless
 */
export type RecordTold = (events: readonly ToldEvent[]) => Promise<readonly Recorded[]>;

export function createRecordTold(house: {
  readonly recordReceipts: RecordReceipts;
  readonly reactions: Pick<ReactionStore, 'known' | 'remember' | 'record'>;
  readonly clock: Clock;
}): RecordTold {
  const { recordReceipts, reactions, clock } = house;

  async function record(events: readonly ToldEvent[]): Promise<Recorded[]> {
    const receipts = events.flatMap((event) => receiptOf(event) ?? []);
    const reacted = events.flatMap((event) => reactionOf(event) ?? []);
    const seen = await recordReceipts(receipts);
    const done = reacted.length === 0 ? [] : await reactions.record(reacted, clock.now());
    let nextReceipt = 0;
    let nextReaction = 0;
    const recorded = events.map((event): Recorded => {
      const asReceipt = receiptOf(event) === undefined ? undefined : seen[nextReceipt++];
      const asReaction = reactionOf(event) === undefined ? undefined : done[nextReaction++];
      return asReaction ?? asReceipt ?? 'unknown';
    });
    // Last: what is cut off before is told again, and says nothing new then.
    await reactions.remember(
      events.flatMap((event, n) =>
        event.told === undefined || reactionOf(event) !== undefined || recorded[n] === 'unknown' ? [] : [event.told],
      ),
      clock.now(),
    );
    return recorded;
  }

  return async (events) => {
    const ids = events.flatMap(({ told }) => told ?? []);
    const isKnown = ids.length === 0 ? [] : await reactions.known(ids);
    const known = new Set(ids.filter((_, n) => isKnown[n]).map(nameOf));
    const firsts = new Map<string, number>();
    const wanted = events.flatMap((event, n) => {
      const name = event.told === undefined ? undefined : nameOf(event.told);
      if (name !== undefined && (known.has(name) || firsts.has(name))) return [];
      if (name !== undefined) firsts.set(name, n);
      return [n];
    });
    const recorded = await record(wanted.flatMap((n) => events[n] ?? []));
    const answers = new Map(wanted.map((n, place) => [n, recorded[place]]));
    return events.map(({ told }, n) => {
      const own = answers.get(n);
      if (own !== undefined) return own;
      const first = told === undefined ? undefined : answers.get(firsts.get(nameOf(told)) ?? -1);
      return first === 'unknown' ? 'unknown' : 'known';
    });
  };
}

function nameOf({ app, teller, id }: ToldId): string {
  return JSON.stringify([app, teller, id]);
}

const STATE_OF: Readonly<Partial<Record<ToldEvent['event'], ReceiptState>>> = {
  delivered: 'delivered',
  displayed: 'displayed',
  opened: 'opened',
  dismissed: 'displayed',
} satisfies Partial<Record<ReceiptState | ReactionKind, ReceiptState>>;

function receiptOf(told: ToldEvent): Receipt | undefined {
  const state = STATE_OF[told.event];
  if (state === undefined || told.message === undefined) return undefined;
  const { app, message, device, at } = told;
  const action = told.event === 'opened' && told.action !== undefined ? { action: told.action } : {};
  return { app, message, key: device, state, at, ...action };
}

function reactionOf(told: ToldEvent): Reaction | undefined {
  const { app, device, at, told: id } = told;
  const base = { app, device, at, ...(id === undefined ? {} : { told: id }) };
  switch (told.event) {
    case 'dismissed':
      return { ...base, kind: 'dismissed', message: told.message };
    case 'converted': {
      const { message, name, value, currency } = told;
      return {
        ...{ ...base, kind: 'converted', message, name },
        ...(value === undefined ? {} : { value }),
        ...(currency === undefined ? {} : { currency }),
      };
    }
    case 'feedback':
      return {
        ...{ ...base, kind: 'feedback', data: told.data },
        ...(told.message === undefined ? {} : { message: told.message }),
      };
    default:
      return undefined;
  }
}
