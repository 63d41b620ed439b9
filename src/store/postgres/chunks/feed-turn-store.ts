import type { FeedTurnStore } from '../../../ports/feed-turn-store.js';
import type { Sql } from '../engine/sql.js';

export function createFeedTurnStore(sql: Sql): FeedTurnStore {
  return {
    async take(app, provider, now, until) {
      const taken = await sql.query(
        `INSERT INTO pealbell.feed_turns AS t (app, provider, due_at) VALUES ($1, $2, $4)
         ON CONFLICT (app, provider) DO UPDATE SET due_at = excluded.due_at WHERE t.due_at <= $3 RETURNING app`,
        [app, provider, now, until],
      );
      return taken.rows.length > 0;
    },
    async next(app, provider, at) {
      await sql.query(
        `INSERT INTO pealbell.feed_turns (app, provider, due_at) VALUES ($1, $2, $3)
         ON CONFLICT (app, provider) DO UPDATE SET due_at = excluded.due_at`,
        [app, provider, at],
      );
    },
  };
}
