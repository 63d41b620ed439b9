import type { EventType } from '../../../domain/event.js';
import type { EpochMs } from '../../../domain/time.js';
import type { LostEvents } from '../../../ports/event-log.js';
import { ENDPOINTS, type EndpointDoc } from '../documents/webhooks.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { changeEach } from '../writing/change.js';

/** Events that go. */
export interface LostBlock {
  readonly type: EventType;
  readonly seq: number;
  readonly n: number;
}

/**
 * Tells endpoints of the app what goes of that which they want and have not come to. How far that was counted stands with it, so
 * that nothing is counted twice.
 *
 * @param end number of the last event that goes
 */
export async function noteLosses(
  { db, outbox }: Ground,
  app: string,
  blocks: readonly LostBlock[],
  end: number,
  now: EpochMs,
): Promise<readonly LostEvents[]> {
  const model = db.of(ENDPOINTS);
  const behind = await db.run(() =>
    model
      .find({ app, cursor: op({ $lt: end }) })
      .select({ _id: 1 })
      .lean(),
  );
  const lost = new Map<string, number>();
  const ids = behind.map(({ _id }) => _id);
  const changed = await changeEach<EndpointDoc>(db, model, ids, outbox.begin(), () => (document) => {
    const { _id, isRemoved, lostEvents } = document;
    const events = isRemoved ? 0 : missedBy(document, blocks);
    if (events === 0) return undefined;
    lost.set(_id, events);
    return { set: { lostEvents: lostEvents + events, lostAt: now, lostTo: end } };
  });
  return [...changed.keys()].map((endpoint) => ({ app, endpoint, events: lost.get(endpoint) ?? 0 }));
}

function missedBy({ cursor, lostTo, types }: EndpointDoc, blocks: readonly LostBlock[]): number {
  const from = Math.max(cursor, lostTo);
  return blocks
    .filter(({ type }) => types.includes(type))
    .reduce((sum, { seq, n }) => sum + Math.max(0, Math.min(n, seq + n - 1 - from)), 0);
}
