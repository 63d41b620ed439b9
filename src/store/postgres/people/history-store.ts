import type { HistoryStore } from '../../../ports/history-store.js';
import type { AtRest } from '../../at-rest.js';
import { readUserHistory } from '../../shared/user-history.js';
import { readDeliveriesAfter, readDelivery } from '../deliveries/delivery-list.js';
import type { Sql } from '../engine/sql.js';
import { historyReads } from './history-reads.js';

export function createHistoryStore(sql: Sql, atRest: AtRest): HistoryStore {
  return {
    ofUser: (app, user, page) => readUserHistory(historyReads(sql, atRest, app, user), user, page),
    after: (app, message, after, limit) => readDeliveriesAfter(sql, atRest, app, message, after, limit),
    delivery: (app, message, key) => readDelivery(sql, atRest, app, message, key),
  };
}
