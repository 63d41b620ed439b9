import { type Attributes, excessOf } from '../../../domain/attributes.js';
import type { EpochMs } from '../../../domain/time.js';
import type { Consent, User } from '../../../domain/user.js';
import type { UserChange, UserChangeResult, UserStore } from '../../../ports/user-store.js';
import { TAG_COLUMNS, tagColumns, tagsChanged } from '../devices/tag-columns.js';
import type { Sql, SqlQuery } from '../engine/sql.js';
import { conflict } from '../writing/conflict.js';
import { applyInRounds } from '../writing/rounds.js';

interface UserRow {
  app: string;
  id: string;
  attributes: Attributes | null;
  tags: string[] | null;
  locale: string | null;
  timezone: string | null;
  consent: Consent | null;
  created_at: string | number | null;
  updated_at: string | number | null;
  devices: string | number;
}

export function createUserStore(sql: Sql): UserStore {
  return {
    change: (changes, now) =>
      applyInRounds(
        sql,
        changes,
        ({ app, id }) => [`${app}|${id}`],
        (tx, round) => applyRound(tx, round, now),
        now,
      ),

    async get(app, id) {
      const user = (await readUsers(sql, [{ app, id }])).get(`${app}|${id}`);
      return user === undefined || (user.createdAt === null && user.devices === 0) ? undefined : user;
    },
  };
}

async function applyRound(tx: SqlQuery, changes: readonly UserChange[], now: EpochMs): Promise<UserChangeResult[]> {
  const input = JSON.stringify(
    changes.map(({ app, id, fields, attributes, tags }) => ({
      app,
      id,
      fields,
      attributes: attributes ?? {},
      ...tagColumns(tags),
    })),
  );
  // Made empty first: whoever makes the same user waits here, and changes what is there by then.
  const made = await tx.query<{ app: string; id: string }>(
    `INSERT INTO pealbell.users (app, id, created_at, updated_at)
     SELECT app, id, $2, $2 FROM json_to_recordset($1::json) AS i(app text, id text) ORDER BY app, id
     ON CONFLICT (app, id) DO NOTHING RETURNING app, id`,
    [input, now],
  );
  const changed = await tx.query(
    `WITH i AS (
       SELECT * FROM json_to_recordset($1::json) AS i(app text, id text, fields jsonb, attributes jsonb, ${TAG_COLUMNS})
     ), locked AS (
       SELECT u.app, u.id FROM pealbell.users u JOIN i ON i.app = u.app AND i.id = u.id
       ORDER BY u.app, u.id FOR UPDATE OF u
     )
     UPDATE pealbell.users u SET
       attributes = jsonb_strip_nulls(u.attributes || i.attributes), tags = ${tagsChanged('u')},
       locale = CASE WHEN i.fields ? 'locale' THEN i.fields->>'locale' ELSE u.locale END,
       timezone = CASE WHEN i.fields ? 'timezone' THEN i.fields->>'timezone' ELSE u.timezone END,
       consent = CASE WHEN i.fields ? 'consent' THEN nullif(i.fields->'consent', 'null') ELSE u.consent END,
       updated_at = $2
     FROM i JOIN locked l ON l.app = i.app AND l.id = i.id WHERE u.app = i.app AND u.id = i.id RETURNING u.id`,
    [input, now],
  );
  if (changed.rows.length < changes.length) throw conflict('a user was removed by somebody else meanwhile');
  const created = new Set(made.rows.map(({ app, id }) => `${app}|${id}`));
  const users = await readUsers(tx, changes);
  return changes.map(({ app, id }) => {
    const user = users.get(`${app}|${id}`);
    if (user === undefined) throw new Error('a user that was just written is not there');
    const excess = excessOf(user);
    if (excess !== undefined) return { kind: 'too_many', excess };
    return { kind: created.has(`${app}|${id}`) ? 'created' : 'updated', user };
  });
}

/** Users with or without a record, keyed `<app>|<id>`. */
async function readUsers(
  tx: SqlQuery,
  wanted: readonly { readonly app: string; readonly id: string }[],
): Promise<Map<string, User>> {
  const found = await tx.query<UserRow>(
    `SELECT w.app, w.id, u.attributes, u.tags, u.locale, u.timezone, u.consent, u.created_at, u.updated_at,
       (SELECT count(*) FROM pealbell.devices d WHERE d.app = w.app AND d.user_id = w.id) AS devices
     FROM json_to_recordset($1::json) AS w(app text, id text)
     LEFT JOIN pealbell.users u ON u.app = w.app AND u.id = w.id`,
    [JSON.stringify(wanted.map(({ app, id }) => ({ app, id })))],
  );
  return new Map(found.rows.map((row) => [`${row.app}|${row.id}`, toUser(row)]));
}

function toUser(row: UserRow): User {
  return {
    app: row.app,
    id: row.id,
    attributes: row.attributes ?? {},
    tags: row.tags ?? [],
    ...(row.locale === null ? {} : { locale: row.locale }),
    ...(row.timezone === null ? {} : { timezone: row.timezone }),
    ...(row.consent === null ? {} : { consent: row.consent }),
    devices: Number(row.devices),
    createdAt: row.created_at === null ? null : Number(row.created_at),
    updatedAt: row.updated_at === null ? null : Number(row.updated_at),
  };
}
