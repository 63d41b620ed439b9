/** What webhooks tell, as it is in their bodies (docs/webhooks.md). */
import type { DeliveryState, Reason } from './types.js';

/** Beside what its type says: what the message of the event was sent with. */
interface OfMessage {
  readonly message: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly tags?: readonly string[];
}

interface Event<Type extends string, Data> {
  /** The same however often the event comes: who remembers it does nothing twice. */
  readonly id: string;
  /** Grows in the order in which things happened in the app; it has gaps. */
  readonly seq: number;
  readonly type: Type;
  /** When it happened, RFC 3339. */
  readonly at: string;
  readonly app: string;
  readonly data: Data;
}

/** One delivery. A bare push token has no device but a `token_hash`. */
export interface DeliveryEventData extends OfMessage {
  readonly device?: string | null;
  readonly token_hash?: string;
  readonly state: DeliveryState;
  readonly provider?: string | null;
  readonly reason?: Reason | null;
  readonly at?: string;
  /** Of `delivery.opened`: the action that the person chose. */
  readonly action?: string;
}

/** At the level `summary`: how many deliveries of one message. */
export interface DeliverySummaryData extends OfMessage {
  readonly count: number;
  readonly reasons?: Readonly<Partial<Record<Reason, number>>>;
}

export type DeliveryEvent = Event<
  | 'delivery.sent'
  | 'delivery.delivered'
  | 'delivery.displayed'
  | 'delivery.opened'
  | 'delivery.failed'
  | 'delivery.expired'
  | 'delivery.suppressed'
  | 'delivery.canceled'
  | 'delivery.recalled',
  DeliveryEventData | DeliverySummaryData
>;

export type MessageWebhookEvent =
  | Event<'message.queued', OfMessage & { readonly class: string; readonly devices?: number }>
  | Event<
      'message.completed',
      OfMessage & {
        readonly status: string;
        readonly counts: Readonly<Partial<Record<DeliveryState, number>>>;
        readonly reached: Readonly<Record<string, number>>;
        readonly reasons: Readonly<Partial<Record<Reason, number>>>;
      }
    >
  | Event<'message.canceled' | 'message.recalled', OfMessage>
  | Event<'message.blocked', OfMessage & { readonly provider: string; readonly reason: Reason }>;

/** By which device, and when it happened there, RFC 3339. */
interface Told {
  readonly device: string;
  readonly at: string;
}

/** What people did, as far as it is no state of a delivery. */
export type ReceiptWebhookEvent =
  | Event<'receipt.dismissed', OfMessage & Told>
  | Event<
      'receipt.converted',
      OfMessage & Told & { readonly name: string; readonly value?: number; readonly currency?: string }
    >
  /** `data` is absent once it was erased. */
  | Event<'receipt.feedback', Partial<OfMessage> & Told & { readonly id: string; readonly data?: unknown }>;

export type DeviceEvent =
  | Event<'device.registered' | 'device.updated' | 'device.removed', { readonly device: string }>
  | Event<
      'device.token_invalid',
      {
        readonly device: string;
        readonly provider: string;
        readonly token_hash: string;
        readonly reason: Reason;
      }
    >;

/** What somebody should look at. */
export type HouseEvent =
  | Event<
      'provider.degraded' | 'provider.recovered',
      {
        readonly provider: string;
        readonly reason?: Reason;
        readonly since?: string;
        /** Only messages of this class are meant. */
        readonly class?: 'transactional' | 'marketing';
      }
    >
  | Event<
      'credential.expiring',
      { readonly provider: string; readonly credential: string; readonly expires_at: string }
    >
  | Event<
      'quota.threshold',
      {
        readonly provider: string;
        readonly class: 'transactional' | 'marketing';
        /** Of the day's quota, above 0, at most 1. */
        readonly share: number;
        readonly used: number;
        /** null: only the vendor knows. */
        readonly max: number | null;
        readonly resets_at: string;
      }
    >
  | Event<'credential.rejected', { readonly provider: string; readonly reason?: Reason }>
  | Event<
      'webhook.failing' | 'webhook.paused',
      { readonly endpoint: string; readonly since?: string; readonly reason?: string }
    >
  | Event<'webhook.test', { readonly endpoint: string }>;

/** What a device said to your server; `data` is absent once it was erased or its week is over. */
export type UpstreamEvent = Event<
  'client.upstream',
  {
    readonly id: string;
    readonly device: string;
    readonly topic: string;
    readonly data?: unknown;
    readonly at?: string;
  }
>;

/** Everything a webhook may tell. A newer gateway may have more: keep a default branch. */
export type WebhookEvent =
  | MessageWebhookEvent
  | DeliveryEvent
  | ReceiptWebhookEvent
  | DeviceEvent
  | HouseEvent
  | UpstreamEvent;
export type WebhookEventType = WebhookEvent['type'];

/** The one body that all webhooks have. */
export interface WebhookBody {
  readonly type: 'events';
  /** When the call was made, RFC 3339; the same in every attempt. */
  readonly timestamp: string;
  readonly data: {
    /** Counts the calls of the endpoint without gaps. */
    readonly endpoint_seq: number;
    readonly events: readonly WebhookEvent[];
  };
}
