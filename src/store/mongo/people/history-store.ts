import type { HistoryStore } from '../../../ports/history-store.js';
import { readUserHistory } from '../../shared/user-history.js';
import { readDeliveriesAfter, readDelivery } from '../deliveries/delivery-list.js';
import type { Ground } from '../ground.js';
import { historyReads } from './history-reads.js';

export function createHistoryStore(ground: Ground): HistoryStore {
  return {
    ofUser: (app, user, page) => readUserHistory(historyReads(ground, app, user), user, page),
    after: (app, message, after, limit) => readDeliveriesAfter(ground, app, message, after, limit),
    delivery: (app, message, key) => readDelivery(ground, app, message, key),
  };
}
