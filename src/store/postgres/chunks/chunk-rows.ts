import { freshProgress } from '../../../domain/chunk.js';
import type { EpochMs } from '../../../domain/time.js';
import type { NextChunk } from '../../../ports/chunk-store.js';
import type { NewChunk } from '../../../ports/message-store.js';
import type { AtRest } from '../../at-rest.js';
import { formatTargets } from '../../shared/chunk-targets.js';
import { movedProgress } from '../../shared/moved-progress.js';
import type { Sql } from '../engine/sql.js';

/** Chunks from a JSON parameter, for the messages of the CTE `owner`; `now` is when they are due. */
export function insertChunks(json: string, now: string, owner: string): string {
  return `INSERT INTO pealbell.chunks (id, message, app, provider, platform, step, rendering, lane, first_key, last_key, target_count, targets, progress, due_at, handed_until)
    SELECT c.id, c.message, o.app, c.provider, c.platform, c.step, c.rendering, o.class, c.first_key, c.last_key, c.target_count, c.targets, c.progress, ${now}::bigint, c.handed_until
    FROM json_to_recordset(${json}::json) AS c(id text, message text, provider text, platform text, step integer, rendering text, first_key text, last_key text,
      target_count integer, targets text, progress text, handed_until bigint)
    JOIN ${owner} o ON o.id = c.message
    ON CONFLICT (id) DO NOTHING RETURNING id`;
}

/** One element of that parameter. */
export function chunkRow(message: string, chunk: NewChunk, handedUntil: EpochMs | undefined, atRest: AtRest) {
  return {
    id: chunk.id,
    message,
    provider: chunk.provider,
    platform: chunk.platform ?? null,
    step: chunk.step ?? 0,
    rendering: chunk.rendering ?? null,
    first_key: chunk.targets[0]?.key ?? '',
    last_key: chunk.targets.at(-1)?.key ?? '',
    target_count: chunk.targets.length,
    targets: formatTargets(chunk.targets, message, atRest),
    progress: JSON.stringify(freshProgress(chunk.targets.length)),
    handed_until: handedUntil ?? null,
  };
}

/** {@link ChunkStore.addNext}: what the chunks have in common with those they come from is taken from these. */
export async function insertNext(sql: Sql, atRest: AtRest, next: readonly NextChunk[], now: EpochMs): Promise<void> {
  const rows = next.map(({ chunk: id, origin, provider, step, targets: moved }) => {
    const targets = [...moved].sort((a, b) => (a.key < b.key ? -1 : 1));
    // Nobody among them is sealed: a bare push token takes no route.
    return {
      ...chunkRow('', { id, provider, step, targets }, undefined, atRest),
      origin,
      progress: movedProgress(targets, now),
    };
  });
  await sql.query(
    `INSERT INTO pealbell.chunks (id, message, app, provider, platform, step, rendering, origin, lane, first_key, last_key, target_count, targets, progress, due_at)
     SELECT c.id, o.message, o.app, c.provider, o.platform, c.step, o.rendering, o.id, o.lane, c.first_key, c.last_key, c.target_count, c.targets, c.progress, $2::bigint
     FROM json_to_recordset($1::json) AS c(id text, origin text, provider text, step integer, first_key text, last_key text,
       target_count integer, targets text, progress text)
     JOIN pealbell.chunks o ON o.id = c.origin ORDER BY c.id
     ON CONFLICT (id) DO NOTHING`,
    [JSON.stringify(rows), now],
  );
}
