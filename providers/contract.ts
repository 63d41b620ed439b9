/**
 * The provider contract: beside `providers/shared`, the only file of ours that a provider imports.
 * It stands in `contract/`: `kind.ts`, `provider.ts` and `env.ts` are for every provider, the others each for those with that
 * ability; beside them, words of the domain.
 *
 * A provider knows one vendor's protocol and nothing of queues, databases, retries, receipts or
 * HTTP handlers. It reports facts; `usecases/settle` decides consequences.
 */

export type { Platform } from '../src/domain/device.js';
export type { Json, JsonObject } from '../src/domain/json.js';
export type {
  Action,
  Click,
  MediaAttachment,
  Message,
  MessageChannel,
  MessageClass,
  Notification,
  Priority,
} from '../src/domain/message.js';
export type {
  AwayReason,
  DeferReason,
  ObsoleteReason,
  Outcome,
  PushToken,
  RejectReason,
  VendorDetail,
} from '../src/domain/outcome.js';
export type { Reading } from '../src/domain/reading.js';
export type { DoneWithinMs } from '../src/domain/realtime.js';
export type { EpochMs } from '../src/domain/time.js';
export * from './contract/answers.js';
export * from './contract/broadcast-channels.js';
export * from './contract/credentials.js';
export * from './contract/env.js';
export * from './contract/kind.js';
export * from './contract/live-road.js';
export * from './contract/preview.js';
export * from './contract/provider.js';
export * from './contract/quotas.js';
export * from './contract/recall.js';
export * from './contract/receipts.js';
