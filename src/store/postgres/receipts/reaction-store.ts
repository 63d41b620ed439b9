import { REACTION_KINDS } from '../../../domain/reaction.js';
import {
  FEEDBACK_KEPT_MS,
  type ReactionCounts,
  type ReactionStore,
  TOLD_KEPT_MS,
} from '../../../ports/reaction-store.js';
import type { Recorded } from '../../../ports/receipt-store.js';
import type { AtRest } from '../../at-rest.js';
import type { Sql } from '../engine/sql.js';
import { retryConflicts } from '../writing/conflict.js';
import { recordReactions } from './reaction-writes.js';

/** Reactions of one transaction: each may be of a delivery that lies in a chunk of 500 targets. */
const STEP_MAX = 100;

export function createReactionStore(sql: Sql, atRest: AtRest): ReactionStore {
  return {
    async record(reactions, now) {
      const recorded: Recorded[] = [];
      for (let from = 0; from < reactions.length; from += STEP_MAX) {
        const step = reactions.slice(from, from + STEP_MAX);
        recorded.push(...(await retryConflicts(() => sql.transaction((tx) => recordReactions(tx, atRest, step, now)))));
      }
      return recorded;
    },

    async known(ids) {
      if (ids.length === 0) return [];
      const found = await sql.query<{ n: string | number }>(
        `SELECT i.n FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS i (app, teller, id, n)
         JOIN pealbell.told_events t ON t.app = i.app AND t.teller = i.teller AND t.id = i.id`,
        columns(ids),
      );
      const known = new Set(found.rows.map(({ n }) => Number(n)));
      return ids.map((_, index) => known.has(index + 1));
    },

    async remember(ids, now) {
      if (ids.length === 0) return;
      await retryConflicts(() =>
        sql.query(
          `INSERT INTO pealbell.told_events (app, teller, id, at)
           SELECT DISTINCT i.app COLLATE "C", i.teller COLLATE "C", i.id COLLATE "C", $4::bigint
           FROM unnest($1::text[], $2::text[], $3::text[]) AS i (app, teller, id) ORDER BY 1, 2, 3
           ON CONFLICT (app, teller, id) DO NOTHING`,
          [...columns(ids), now],
        ),
      );
    },

    async counts(messages) {
      const found = await sql.query<{ message: string; counts: ReactionCounts }>(
        `SELECT message, json_object_agg(name, n) AS counts FROM (
           SELECT message, name, sum(n) AS n FROM pealbell.delivery_shifts
           WHERE message = ANY($1::text[]) AND name = ANY($2::text[]) GROUP BY message, name
         ) s GROUP BY message`,
        [messages, REACTION_KINDS],
      );
      return new Map(found.rows.map(({ message, counts }) => [message, counts]));
    },

    async erase(app, user, limit) {
      const gone = await sql.query(
        `DELETE FROM pealbell.feedback WHERE (app, id) IN (
           SELECT app, id FROM pealbell.feedback WHERE app = $1 AND user_id = $2 LIMIT $3 FOR UPDATE SKIP LOCKED
         ) RETURNING id`,
        [app, user, limit],
      );
      return gone.rows.length;
    },

    async sweep(now, limit) {
      const ids = await sql.query(
        `DELETE FROM pealbell.told_events WHERE (app, teller, id) IN (
           SELECT app, teller, id FROM pealbell.told_events WHERE at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED
         ) RETURNING id`,
        [now - TOLD_KEPT_MS, limit],
      );
      const feedback = await sql.query(
        `DELETE FROM pealbell.feedback WHERE (app, id) IN (
           SELECT app, id FROM pealbell.feedback WHERE at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED
         ) RETURNING id`,
        [now - FEEDBACK_KEPT_MS, limit],
      );
      return ids.rows.length + feedback.rows.length;
    },
  };
}

function columns(ids: readonly { readonly app: string; readonly teller: string; readonly id: string }[]) {
  return [ids.map(({ app }) => app), ids.map(({ teller }) => teller), ids.map(({ id }) => id)];
}
