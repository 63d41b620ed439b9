import { REALTIME } from '../../../domain/route.js';
import type { EpochMs } from '../../../domain/time.js';
import type { Pending } from '../documents/aggregate.js';
import type { MessageDoc } from '../documents/messages.js';
import type { Ground } from '../ground.js';
import type { Owed } from '../writing/outbox.js';
import { readMoved } from './count-reads.js';
import { addApart, type CountStep } from './count-writes.js';

/**
 * Messages that went to everyone at once end without a word for each device: whoever has said nothing counts as expired, or as
 * canceled. A message's own numbers say so by what is left (`shared/message-view.ts`); its hour gets it once, when it ends.
 *
 * A device may be counted by somebody who read the message just before its end, so the end owes a second look: it is left to
 * `recover`, and puts the hour right.
 */
export type SilentEnd = 'expired' | 'canceled';

const KIND = 'silent';

/** What the second look is told. */
interface SecondLook {
  readonly state: SilentEnd;
  /** How many the end counted. */
  readonly n: number;
}

/** How many devices have said nothing, of each message that went to everyone; by id. */
export async function countSilent(
  { db }: Ground,
  messages: readonly Pick<MessageDoc, '_id' | 'announcedTo'>[],
): Promise<ReadonlyMap<string, number>> {
  const announced = messages.filter(({ announcedTo }) => announcedTo !== undefined);
  const ids = announced.map(({ _id }) => _id);
  const moved = await readMoved(db, ids);
  return new Map(
    announced.map(({ _id, announcedTo = 0 }) => [_id, announcedTo + (moved.get(_id)?.shifts.states.queued ?? 0)]),
  );
}

/** What the hour of a message gets by its end. */
export function silentSteps(message: Facts, state: SilentEnd, n: number): CountStep[] {
  if (n === 0) return [];
  const { _id, app, class: lane, createdAt: acceptedAt } = message;
  return [
    {
      ...{ app, message: _id, class: lane, acceptedAt, provider: REALTIME, platform: null },
      ...{ kind: 'hour', name: state, n },
    },
  ];
}

type Facts = Pick<MessageDoc, '_id' | 'app' | 'class' | 'createdAt'>;

/** The second look, as a duty of its own: nobody but `recover` does it. */
export function secondLook({ outbox }: Ground, state: SilentEnd, n: number, at: EpochMs): Pending | undefined {
  const look: SecondLook = { state, n };
  const owed: Owed = { work: { kind: KIND, what: { ...look } } };
  return outbox.pending(outbox.begin(), owed, at);
}

/** Whether nothing but a second look is owed: that keeps nobody waiting. */
export function isSecondLook({ j }: Pending): boolean {
  return (JSON.parse(j) as Owed).work?.kind === KIND; // written by `Outbox.pending`
}

export function carrySecondLooks(ground: Ground): void {
  ground.outbox.carries(KIND, async (source, what) => {
    const message = source as MessageDoc; // only messages owe it
    const { state, n } = what as object as SecondLook; // written by `secondLook`
    const now = (await countSilent(ground, [message])).get(message._id) ?? n;
    // The same name for whoever looks, so that it is counted once.
    await addApart(ground.db, `${KIND} ${message._id} ${state}`, silentSteps(message, state, now - n));
  });
}
