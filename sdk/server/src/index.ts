/** The client of Pealbell for servers. Everything a caller needs is exported here. */
export type { SentBatchResult } from './batch.js';
export { Pealbell } from './client.js';
export type { Devices } from './devices.js';
export {
  type ClientCode,
  type ErrorCode,
  type Fault,
  isPealbellError,
  PealbellError,
  type ProblemCode,
} from './errors.js';
export type { EventRange, Events, HappenedEvent, ReceiptEvent, ReceiptEventResult } from './events.js';
export type { FollowOptions, WaitOptions } from './follow.js';
export { ImportInterruptedError, type ImportResult } from './import.js';
export type { DeviceSource } from './import-feed.js';
export type { Messages, SendOptions, SentMessage, TimelineOptions, ValidateOptions } from './messages.js';
export type {
  AcceptedMessage,
  BatchMessage,
  Delivery,
  DeliveryTerms,
  Device,
  DeviceChange,
  DeviceLine,
  Filter,
  Message,
  MessageEvent,
  MessagePlan,
  NewMessage,
  Notification,
  Problem,
  Targets,
  UserDelivery,
  UserExportLine,
  WebhookDelivery,
  WebhookDeliveryDetail,
  WebhookEndpoint,
} from './openapi.js';
export type { CallOptions, PealbellOptions, Retry } from './options.js';
export type { ListOptions, Page, Pages } from './pages.js';
export type { Providers } from './providers.js';
export type { AccessToken, AccessTokenTerms, Realtime, Revoked, UpstreamMessage } from './realtime.js';
export type { Stats, StatsAnswer, StatsQuery, TimeSpan } from './stats.js';
export type { Topics } from './topics.js';
export type {
  Attempt,
  DeliveryState,
  Erased,
  Provider,
  ProviderTest,
  Reason,
  RecalledMessage,
  Registration,
  RetiredRegistration,
  Subscribed,
  Subscriber,
  Subscribers,
  Unsubscribed,
  User,
  UserChange,
} from './types.js';
export type { Users } from './users.js';
export {
  type VerifyOptions,
  verifyWebhook,
  type WebhookCall,
  type WebhookFault,
  type WebhookHeaders,
  WebhookVerificationError,
} from './verify-webhook.js';
export type {
  DeliveryEvent,
  DeliveryEventData,
  DeliverySummaryData,
  DeviceEvent,
  HouseEvent,
  MessageWebhookEvent,
  ReceiptWebhookEvent,
  UpstreamEvent,
  WebhookBody,
  WebhookEvent,
  WebhookEventType,
} from './webhook-events.js';
export {
  type ReceivedRequest,
  type ReceiverAnswer,
  type ReceiverOptions,
  type WebhookReceiver,
  webhookReceiver,
} from './webhook-receiver.js';
export type {
  CreatedWebhookEndpoint,
  NewWebhookEndpoint,
  RepeatableOptions,
  ReplayedWebhooks,
  RotatedWebhookEndpoint,
  WebhookEndpointChange,
  WebhookReplayChoice,
  Webhooks,
} from './webhooks.js';
