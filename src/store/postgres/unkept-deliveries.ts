import { createHash } from 'node:crypto';
import { type Effect, ERASED_USER, isOver, type Progress } from '../../domain/chunk.js';
import { BARE_KEY_PREFIX, type Delivery } from '../../domain/delivery.js';
import { REALTIME } from '../../domain/route.js';
import type { EpochMs } from '../../domain/time.js';
import type { AtRest } from '../at-rest.js';
import { parseTargets } from './chunk-targets.js';
import type { SqlQuery } from './engine/sql.js';

/**
 * Of deliveries whose `track` keeps no record a chunk remembers 8 bytes each, a keyed hash: enough to tell, when a
 * receipt comes, that this device of this user was sent the message, and nothing to anybody else.
 */
const REMEMBERED_BYTES = 8;
const REMEMBERED_STATES = ['sent', 'delivered'] as const;
type RememberedState = (typeof REMEMBERED_STATES)[number];

type Remembered = Pick<Delivery, 'message' | 'key' | 'user' | 'provider'> & { readonly state: string };

function fingerprint(pepper: string, { message, key, user, provider, state }: Remembered): Buffer {
  const digest = createHash('sha256')
    .update(JSON.stringify([pepper, message, key, user, provider, state]))
    .digest();
  return digest.subarray(0, REMEMBERED_BYTES);
}

export function unkeptPepper(atRest: AtRest): string {
  return atRest.pepper('unkept deliveries');
}

/** What a chunk remembers of these; of one that can be told no receipt of, nothing. */
export function remember(pepper: string, unkept: readonly Delivery[]): Buffer {
  const told = unkept.filter(
    ({ state, user, key }) =>
      (state === 'sent' || state === 'delivered') && user !== ERASED_USER && !key.startsWith(BARE_KEY_PREFIX),
  );
  return Buffer.concat(told.map((delivery) => fingerprint(pepper, delivery)));
}

function remembers(memory: Uint8Array, mark: Buffer): boolean {
  const bytes = Buffer.from(memory.buffer, memory.byteOffset, memory.byteLength);
  for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + 1)) {
    if (at % REMEMBERED_BYTES === 0) return true;
  }
  return false;
}

/** A delivery that has no row, as its chunk knows it. */
export interface RowlessDelivery {
  readonly message: string;
  readonly key: string;
  readonly user: string | null;
  readonly provider: string | null;
  readonly platform: string | null;
  /** `queued`: its chunk has not recorded it yet. */
  readonly state: 'queued' | RememberedState;
  readonly queuedAt: EpochMs;
}

/** Which delivery is looked for. */
export interface DeliveryName {
  readonly app: string;
  readonly message: string;
  readonly key: string;
  /** Whose device it was; absent where it is still the same person's. */
  readonly user?: string | null;
}

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
  const parsed = chunks.rows.map((chunk) => ({ ...chunk, waiting: new Map(waitingIn(chunk, atRest)) }));

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
    for (const { unkept, provider: chunkProvider, platform } of covering) {
      // It may have ended over the connection, though its chunk is at a vendor.
      for (const provider of new Set([chunkProvider, REALTIME])) {
        const state = REMEMBERED_STATES.find((each) =>
          remembers(unkept, fingerprint(pepper, { message, key, user, provider, state: each })),
        );
        if (state !== undefined) return [{ ...base, user, provider, platform, state }];
      }
    }
    return [];
  });
}

/** Targets that this chunk has yet to record, or that are on their way from it to another, with their users. */
function waitingIn(chunk: CoveringChunk, atRest: AtRest): [key: string, user: string | null][] {
  const moving = (chunk.effects ?? []).flatMap((effect) =>
    effect.kind === 'step' ? effect.targets.map(({ key, user }): [string, string | null] => [key, user]) : [],
  );
  if (chunk.done) return moving;
  const { marks } = JSON.parse(chunk.progress) as Progress; // written by the chunk store from the same type
  const waiting = parseTargets(chunk.targets, chunk.message, atRest).flatMap(({ key, user }, i) =>
    isOver(marks[i]) ? [] : [[key, user] as [string, string | null]],
  );
  return [...moving, ...waiting];
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
