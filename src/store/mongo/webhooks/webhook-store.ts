import type { WebhookStore } from '../../../ports/webhook-store.js';
import type { LogEnds } from '../events/log-ends.js';
import type { Ground } from '../ground.js';
import { createAdding } from './webhook-adding.js';
import { createWebhookCalls } from './webhook-calls.js';
import { createWebhookEndpoints } from './webhook-endpoints.js';
import { syncFiles } from './webhook-files.js';
import { createHasten } from './webhook-hasten.js';
import { createInterest } from './webhook-interest.js';
import { createRecorder } from './webhook-record.js';
import { createRemoval } from './webhook-removal.js';
import { createReplay } from './webhook-replay.js';
import { createWebhookSecrets } from './webhook-secrets.js';
import { createWebhookSlots } from './webhook-slots.js';
import { createSweeper } from './webhook-sweep.js';
import { createWebhookWork } from './webhook-work.js';

export function createWebhookStore(ground: Ground, ends: LogEnds): WebhookStore {
  const adding = createAdding(ground);
  const interest = createInterest(ground);
  const house = { interest, removal: createRemoval(ground, interest), hasten: createHasten(ground) };
  return {
    ...createWebhookEndpoints(ground, house),
    ...createWebhookSecrets(ground),
    ...createWebhookSlots(ground, ends),
    ...createWebhookWork(ground, adding),
    ...createWebhookCalls(ground, adding),
    ...createRecorder(ground, adding),
    ...createReplay(ground, adding),
    ...createSweeper(ground, interest),
    hasten: house.hasten.hasten,
    syncFiles: (endpoints, now) => syncFiles(ground, house, endpoints, now),
  };
}
