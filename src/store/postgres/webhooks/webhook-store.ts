import type { WebhookStore } from '../../../ports/webhook-store.js';
import type { AtRest } from '../../at-rest.js';
import type { Sql } from '../engine/sql.js';
import { createWebhookCalls } from './webhook-calls.js';
import { createWebhookEndpoints } from './webhook-endpoints.js';
import { syncFiles } from './webhook-files.js';
import { recordAttempts } from './webhook-record.js';
import { replayCalls } from './webhook-replay.js';
import { createWebhookSecrets } from './webhook-secrets.js';
import { createWebhookSlots } from './webhook-slots.js';
import { sweepWebhooks } from './webhook-sweep.js';
import { createWebhookWork } from './webhook-work.js';

export function createWebhookStore(sql: Sql, atRest: AtRest): WebhookStore {
  return {
    ...createWebhookEndpoints(sql, atRest),
    ...createWebhookSecrets(sql, atRest),
    ...createWebhookSlots(sql, atRest),
    ...createWebhookWork(sql),
    ...createWebhookCalls(sql, atRest),
    syncFiles: (endpoints, now) => syncFiles(sql, atRest, endpoints, now),
    record: (record, now) => recordAttempts(sql, atRest, record, now),
    replay: (app, endpoint, choice, newId, now) => replayCalls(sql, { app, endpoint, choice }, newId, now),
    sweep: (before, limit, now) => sweepWebhooks(sql, before, limit, now),
  };
}
