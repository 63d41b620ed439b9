import { freshProgress } from '../../domain/chunk.js';
import type { EpochMs } from '../../domain/time.js';
import type { NewChunk } from '../../ports/message-store.js';
import type { AtRest } from '../at-rest.js';
import { formatTargets } from './chunk-targets.js';

/** Chunks from a JSON parameter, for the messages of the CTE `owner`; `now` is when they are due. */
export function insertChunks(json: string, now: string, owner: string): string {
  return `INSERT INTO pealbell.chunks (id, message, app, provider, rendering, lane, first_key, last_key, target_count, targets, progress, due_at, handed_until)
    SELECT c.id, c.message, o.app, c.provider, c.rendering, o.class, c.first_key, c.last_key, c.target_count, c.targets, c.progress, ${now}::bigint, c.handed_until
    FROM json_to_recordset(${json}::json) AS c(id text, message text, provider text, rendering text, first_key text, last_key text,
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
    rendering: chunk.rendering ?? null,
    first_key: chunk.targets[0]?.key ?? '',
    last_key: chunk.targets.at(-1)?.key ?? '',
    target_count: chunk.targets.length,
    targets: formatTargets(chunk.targets, message, atRest),
    progress: JSON.stringify(freshProgress(chunk.targets.length)),
    handed_until: handedUntil ?? null,
  };
}
