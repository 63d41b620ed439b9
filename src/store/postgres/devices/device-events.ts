import type { NewEvent } from '../../../domain/event.js';
import type { EpochMs } from '../../../domain/time.js';
import type { SqlQuery } from '../engine/sql.js';
import { appendEvents, writeEvents } from '../events/event-writes.js';

/** A device, by whatever else is known of it. */
interface Named {
  readonly app: string;
  readonly id: string;
}

/**
 * Tells that devices were made, and which of those that were there are not as before; in the transaction of the change.
 *
 * @param changed may name a device more than once, and one that was made
 */
export async function tellDeviceChanges(
  tx: SqlQuery,
  made: readonly Named[],
  changed: readonly Named[],
  now: EpochMs,
): Promise<void> {
  const told = new Set<string>();
  const events: NewEvent[] = [];
  for (const [type, devices] of [
    ['device.registered', made],
    ['device.updated', changed],
  ] as const) {
    for (const { app, id } of devices) {
      const key = `${app}|${id}`;
      if (told.has(key)) continue;
      told.add(key);
      events.push({ app, type, data: { device: id } });
    }
  }
  // Neighbours of one app and type become one block; and heads of apps are locked in the order of their names.
  events.sort((a, b) => (a.app === b.app ? 0 : a.app < b.app ? -1 : 1));
  await appendEvents(tx, events, now);
}

/** SQL of events of one type about the devices (app, device) of a CTE, which it is done after. See {@link writeEvents}. */
export function writeDeviceEvents(cte: string, type: 'device.updated' | 'device.removed', at: string): string {
  return `happened AS MATERIALIZED (
    SELECT DISTINCT app, '${type}' AS type, '{}'::jsonb AS common, jsonb_build_object('device', device) AS entry FROM ${cte}
  ), ${writeEvents('happened', at, [cte])}`;
}

/** SQL of `device.token_invalid` for the registrations (app, device, provider, token_hash, reason) of a CTE. */
export function writeTokenEvents(cte: string, at: string): string {
  return `happened AS MATERIALIZED (
    SELECT app, 'device.token_invalid' AS type, jsonb_build_object('provider', provider, 'reason', reason) AS common,
      jsonb_build_object('device', device, 'token_hash', token_hash) AS entry
    FROM ${cte}
  ), ${writeEvents('happened', at, [cte])}`;
}
