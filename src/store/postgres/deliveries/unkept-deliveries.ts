import { type Effect, ERASED_USER } from '../../../domain/chunk.js';
import type { AtRest } from '../../at-rest.js';
import { type DeliveryName, findRemembered, openChunk, type RowlessDelivery } from '../../shared/rowless-delivery.js';
import { unkeptPepper } from '../../shared/unkept-memory.js';
import type { SqlQuery } from '../engine/sql.js';

interface CoveringChunk {
  message: string;
  first_key: string;
  last_key: string;
  provider: string | null;
  platform: string | null;
  done: boolean;
  targets: string;
  progress: string;
  effects: readonly Effect[] | null;
  unkept: Uint8Array;
}

/**
 * Deliveries that have no row, among at most 128 of these: those that wait in an open chunk or between two, and those
 * that were sent without a record. Inside a transaction they stay so until it ends, unless a row appears.
 */
export async function findRowless(
  tx: SqlQuery,
  atRest: AtRest,
  names: readonly DeliveryName[],
): Promise<RowlessDelivery[]> {
  const json = JSON.stringify(names);
  // Locked, or retention could take the message away and leave alone what is written of it now.
  const messages = await tx.query<{ id: string; app: string; created_at: string | number; keeps_all: boolean }>(
    `SELECT m.id, m.app, m.created_at, m.terms->>'track' = 'all' AS keeps_all FROM pealbell.messages m
     WHERE m.id = ANY($1::text[]) AND NOT m.deliveries_swept ORDER BY m.id FOR KEY SHARE OF m`,
    [names.map(({ message }) => message)],
  );
  const known = new Map(messages.rows.map((row) => [row.id, row]));
  if (known.size === 0) return [];
  const keepsAll = messages.rows.every((row) => row.keeps_all);
  // Where no row tells whoever records next, they have to wait for us. A claim need not: it locks less.
  const chunks = await tx.query<CoveringChunk>(
    `SELECT c.message, c.first_key, c.last_key, c.provider, c.platform, c.done, c.targets, c.progress, c.effects, c.unkept
     FROM pealbell.chunks c
     WHERE EXISTS (SELECT 1 FROM json_to_recordset($1::json) AS i(message text, key text)
       WHERE i.message = c.message AND i.key BETWEEN c.first_key AND c.last_key)
     ORDER BY c.id ${keepsAll ? '' : 'FOR KEY SHARE OF c'}`,
    [json],
  );
  const users = keepsAll ? new Map<string, string | null>() : await readUsers(tx, json);
  const pepper = unkeptPepper(atRest);
  const parsed = chunks.rows.map(({ done: isDone, effects, ...chunk }) => {
    return { ...chunk, ...openChunk({ ...chunk, isDone, effects: effects ?? [] }, atRest) };
  });

  return names.flatMap(({ app, message, key, user: former }): RowlessDelivery[] => {
    const owner = known.get(message);
    if (owner?.app !== app) return [];
    const base = { message, key, queuedAt: Number(owner.created_at) };
    const covering = parsed.filter((c) => c.message === message && c.first_key <= key && key <= c.last_key);
    for (const { waiting, provider, platform } of covering) {
      const user = waiting.get(key);
      if (user !== undefined)
        return user === ERASED_USER ? [] : [{ ...base, user, provider, platform, state: 'queued' }];
    }
    const user = former === undefined ? users.get(`${app}|${key}`) : former;
    if (user === undefined) return [];
    const remembered = findRemembered(covering, pepper, { message, key, user });
    return remembered === undefined ? [] : [{ ...base, user, ...remembered }];
  });
}

/** Whose the devices are now, keyed `<app>|<device>`. */
async function readUsers(tx: SqlQuery, names: string): Promise<Map<string, string | null>> {
  const found = await tx.query<{ app: string; id: string; user_id: string | null }>(
    `SELECT DISTINCT d.app, d.id, d.user_id FROM pealbell.devices d
     JOIN json_to_recordset($1::json) AS i(app text, key text) ON d.app = i.app AND d.id = i.key`,
    [names],
  );
  return new Map(found.rows.map((row) => [`${row.app}|${row.id}`, row.user_id]));
}
