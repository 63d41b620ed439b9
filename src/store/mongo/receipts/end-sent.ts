import type { Attempt } from '../../../domain/delivery.js';
import type { EpochMs } from '../../../domain/time.js';
import type { SentEnd, SentEnded } from '../../shared/sent-end.js';
import { type DeliveryDraft, makeRecords, moveDeliveries } from '../deliveries/delivery-writes.js';
import { findRowless, type Rowless } from '../deliveries/rowless.js';
import { type DeliveryDoc, deliveryId } from '../documents/deliveries.js';
import type { Ground } from '../ground.js';
import { present } from '../writing/present.js';

export type { SentEnd, SentEnded } from '../../shared/sent-end.js';

/** How far what was sent has come. */
const SENT_REACHED = 1;
/** A record that appears while one is looked for is found by the next look. */
const LOOKS_MAX = 3;

/**
 * Ends deliveries that stand at `sent` over the provider named, and moves the counts with them; all others are left as they
 * are: who has had a receipt, has not been recorded yet, or was sent by somebody else. Repeating is harmless.
 *
 * @returns by `<message>|<key>`; those that there are none of are left out
 */
export async function endSent(
  ground: Ground,
  ends: readonly SentEnd[],
  at: EpochMs,
): Promise<ReadonlyMap<string, SentEnded>> {
  const results = new Map<string, SentEnded>();
  let open = new Map(ends.map((end) => [deliveryId(end.message, end.key), end]));
  for (let looks = 0; looks < LOOKS_MAX && open.size > 0; looks++) {
    for (const [id, ended] of await endRecorded(ground, open, at)) results.set(id, ended);
    const others = new Map([...open].filter(([id]) => !results.has(id)));
    const { found, taken } = await endRowless(ground, others, at);
    for (const [id, ended] of found) results.set(id, ended);
    open = new Map(taken.flatMap((id) => [...others].filter(([other]) => other === id)));
  }
  return results;
}

async function endRecorded(
  ground: Ground,
  ends: ReadonlyMap<string, SentEnd>,
  at: EpochMs,
): Promise<ReadonlyMap<string, SentEnded>> {
  const results = new Map<string, SentEnded>();
  await moveDeliveries(ground, [...ends.keys()], at, (document) => {
    const { _id, app, state, provider } = document;
    const end = ends.get(_id);
    if (end?.app !== app) return undefined;
    if (state !== 'sent' || provider !== end.provider) {
      results.set(_id, state === 'queued' ? 'queued' : 'other');
      return undefined;
    }
    results.set(_id, 'ended');
    return {
      set: { ...present({ state: end.state, reason: end.reason, settledAt: at }), ...withWord(document, end) },
      move: { from: 'sent', isNew: false, fromReached: SENT_REACHED },
    };
  });
  return results;
}

async function endRowless(
  ground: Ground,
  ends: ReadonlyMap<string, SentEnd>,
  at: EpochMs,
): Promise<{ readonly found: ReadonlyMap<string, SentEnded>; readonly taken: readonly string[] }> {
  const found = new Map<string, SentEnded>();
  const drafts: DeliveryDraft[] = [];
  for (const rowless of await findRowless(ground, [...ends.values()])) {
    const id = deliveryId(rowless.message, rowless.key);
    found.set(id, rowless.state === 'queued' ? 'queued' : 'other');
    const end = ends.get(id);
    if (end === undefined || rowless.state !== 'sent' || rowless.provider !== end.provider) continue;
    drafts.push({ document: endedRecord(rowless, end, at), from: { state: 'sent', fromReached: SENT_REACHED } });
  }
  const { made, taken } = await makeRecords(ground, drafts, at);
  for (const id of made) found.set(id, 'ended');
  for (const id of taken) found.delete(id);
  return { found, taken };
}

function endedRecord(rowless: Rowless, end: SentEnd, at: EpochMs): DeliveryDraft['document'] {
  const { message, key, app, user, provider, platform, queuedAt } = rowless;
  const { state, reason, sentAt } = end;
  const attempts = end.word === undefined ? [] : [takenAttempt(end)];
  return {
    ...{ _id: deliveryId(message, key), message, key, app, device: key, state, queuedAt, sentAt, settledAt: at },
    ...present({ user, provider, platform, reason }),
    attempts: JSON.stringify(attempts),
  };
}

/** The attempt that was taken is the last one, if it stands there at all. */
function withWord({ attempts, sentAt }: DeliveryDoc, end: SentEnd): Partial<Pick<DeliveryDoc, 'attempts'>> {
  if (end.word === undefined) return {};
  const all = JSON.parse(attempts) as readonly Attempt[]; // written by `advance`
  const last = all.at(-1);
  const told =
    last?.outcome === 'accepted'
      ? [...all.slice(0, -1), { ...last, ...end.word }]
      : [...all, takenAttempt({ ...end, sentAt: sentAt ?? end.sentAt })];
  return { attempts: JSON.stringify(told) };
}

function takenAttempt({ provider, sentAt, word }: SentEnd): Attempt {
  return { provider, at: sentAt, outcome: 'accepted', ...word };
}
