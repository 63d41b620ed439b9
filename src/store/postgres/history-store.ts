import type { HistoryStore } from '../../ports/history-store.js';
import type { AtRest } from '../at-rest.js';
import { readDeliveriesAfter, readDelivery } from './delivery-list.js';
import type { Sql } from './engine/sql.js';
import { readUserHistory } from './user-history.js';

export function createHistoryStore(sql: Sql, atRest: AtRest): HistoryStore {
  return {
    ofUser: (app, user, page) => readUserHistory(sql, atRest, app, user, page),
    after: (app, message, after, limit) => readDeliveriesAfter(sql, atRest, app, message, after, limit),
    delivery: (app, message, key) => readDelivery(sql, atRest, app, message, key),
  };
}
