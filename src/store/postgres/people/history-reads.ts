import type { DeliveryTerms } from '../../../domain/accepted-message.js';
import type { AtRest } from '../../at-rest.js';
import { type HistoryReads, namedInTargets } from '../../shared/user-history.js';
import { type WaitingChunk, waitingIn } from '../../shared/waiting-deliveries.js';
import { type DeliveryRow, toDelivery } from '../deliveries/delivery-rows.js';
import type { Sql } from '../engine/sql.js';
import { type MessageRow, readViews, VIEW_COLUMNS } from '../messages/message-view.js';

export function historyReads(sql: Sql, atRest: AtRest, app: string, user: string): HistoryReads {
  return {
    async openChunks(upTo, limit) {
      const open = await sql.query<{ id: string; message: string }>(
        'SELECT id, message FROM pealbell.chunks WHERE app = $1 AND NOT done AND message <= $2 ORDER BY message DESC LIMIT $3',
        [app, upTo, limit],
      );
      return open.rows;
    },

    async waitingIn(ids) {
      const chunks = await sql.query<WaitingChunk & { created_at: string | number; terms: DeliveryTerms }>(
        `SELECT c.message, c.provider, c.targets, c.progress, m.created_at, m.terms
         FROM pealbell.chunks c JOIN pealbell.messages m ON m.id = c.message
         WHERE c.id = ANY($1::text[]) AND strpos(c.targets, $2) > 0`,
        [ids, namedInTargets(user)],
      );
      return chunks.rows
        .filter((chunk) => chunk.terms.track === 'all')
        .flatMap((chunk) => waitingIn(chunk, atRest, Number(chunk.created_at)))
        .filter((delivery) => delivery.user === user);
    },

    async recorded({ message, key }, limit) {
      const { rows } = await sql.query<DeliveryRow>(
        `SELECT * FROM pealbell.deliveries
         WHERE app = $1 AND user_id = $2 AND message <= $3 AND (message < $3 OR key > $4)
         ORDER BY message DESC, key LIMIT $5`,
        [app, user, message, key, limit],
      );
      return { records: rows.map(toDelivery), owed: [] };
    },

    async messages(ids) {
      const found = await sql.query<MessageRow>(
        `SELECT ${VIEW_COLUMNS} FROM pealbell.messages WHERE id = ANY($1::text[]) AND app = $2`,
        [ids, app],
      );
      return readViews(sql, found.rows);
    },
  };
}
