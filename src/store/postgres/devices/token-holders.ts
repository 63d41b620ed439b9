import type { Attributes } from '../../../domain/attributes.js';
import type { AudienceCandidate } from '../../../domain/audience.js';
import type { DeviceStore } from '../../../ports/device-store.js';
import { ROADS_OF_D } from '../audience/audience-sql.js';
import { USER_OF_D } from '../audience/filter-sql.js';
import type { Sql } from '../engine/sql.js';
import { type DeviceRow, TOPICS_OF_D } from './device-rows.js';

/** A device with all that an audience can ask of it. */
export interface CandidateRow extends DeviceRow {
  topics: string[];
  providers: string[];
  /** Null where nothing was said of the user. */
  user_attributes: Attributes | null;
  user_tags: string[] | null;
  user_locale: string | null;
  user_timezone: string | null;
}

interface HolderRow extends CandidateRow {
  provider: string;
  token_hash: string;
}

/** The devices whose live registrations these push tokens are; see `DeviceStore.holders`. */
export async function readHolders(
  sql: Sql,
  tokens: Parameters<DeviceStore['holders']>[0],
): Promise<ReadonlyMap<string, AudienceCandidate>> {
  const found = await sql.query<HolderRow>(
    `SELECT h.provider, h.token_hash, d.*, ${TOPICS_OF_D} AS topics, ARRAY(SELECT DISTINCT r.provider ${ROADS_OF_D}) AS providers,
       u.attributes AS user_attributes, u.tags AS user_tags, u.locale AS user_locale, u.timezone AS user_timezone
     FROM json_to_recordset($1::json) AS n(app text, provider text, token_hash text)
     JOIN pealbell.registrations h ON h.app = n.app AND h.provider = n.provider AND h.token_hash = n.token_hash
     JOIN pealbell.devices d ON d.app = h.app AND d.id = h.device ${USER_OF_D}
     WHERE h.retired_at IS NULL`,
    [JSON.stringify(tokens.map(({ app, provider, tokenHash }) => ({ app, provider, token_hash: tokenHash })))],
  );
  return new Map(found.rows.map((row) => [`${row.app}|${row.provider}|${row.token_hash}`, toCandidate(row)]));
}

export function toCandidate(row: CandidateRow): AudienceCandidate {
  const { user_attributes: attributes, user_tags: tags, user_locale: locale, user_timezone: timezone } = row;
  return {
    id: row.id,
    providers: row.providers,
    device: {
      user: row.user_id,
      platform: row.platform,
      ...row.fields,
      attributes: row.attributes,
      tags: row.tags,
      topics: row.topics,
    },
    ...(attributes === null
      ? {}
      : {
          user: {
            attributes,
            tags: tags ?? [],
            ...(locale === null ? {} : { locale }),
            ...(timezone === null ? {} : { timezone }),
          },
        }),
  };
}
