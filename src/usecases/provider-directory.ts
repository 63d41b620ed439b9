import type {
  CallbackReading,
  CallbackRequest,
  CredentialEnd,
  Interpreting,
  Message,
  Misfit,
  Previewable,
  Provider,
  ProviderLimits,
  PushToken,
  Quotas,
  Regional,
} from '../../providers/contract.js';
import type { Channel } from '../domain/channel.js';
import type { Rate } from '../domain/rate.js';
import type { Route } from '../domain/route.js';

/** A provider as an app's file configures it. */
export interface ConfiguredProvider extends Partial<Previewable>, Partial<Interpreting>, Partial<Regional> {
  readonly name: string;
  /** Name of the kind, such as `apns`. */
  readonly kind: string;
  readonly nativeFor: readonly string[];
  /** Makers whose devices alone get addresses at it; absent: every maker's. */
  readonly makers?: readonly string[];
  /** Devices get their address at it by connecting; nobody hands one in. */
  readonly isOwnRoad?: true;
  readonly limits: ProviderLimits;
  /** Devices that may be asked for in a time, by the app's file; absent: as many as there are. */
  readonly rate?: Rate;
  /** Of a kind whose vendor bounds what it takes in a day. */
  readonly quotas?: Quotas;
  /** Of a credential that ends. */
  readonly credentialEnd?: CredentialEnd;
  /** Of a kind whose vendor tells what became of deliveries. */
  readReceipts?(request: CallbackRequest): CallbackReading;
  /** As `ReceiptReading.receiptsName`. */
  readonly receiptsName?: 'targets';
  check(message: Message): readonly Misfit[];
  /** `purpose`: `alert` when absent. @throws InvalidInputError */
  parsePushToken(raw: unknown, purpose?: string): PushToken;
}

/** Which provider serves which app. Answers from what is open now; nothing is opened by asking. */
export interface ProviderDirectory {
  hasApp(app: string): boolean;
  apps(): readonly string[];
  /** In the order of the app's file. Empty for an unknown app. */
  configured(app: string): readonly ConfiguredProvider[];
  /** Channels of the app's file, in its order. Empty for an unknown app. */
  channels(app: string): readonly Channel[];
  /** Routes of the app's file, in its order. Empty for an unknown app. */
  routes(app: string): readonly Route[];
  /**
   * The open provider, or undefined when the app's file no longer names it. To be used at once, with nothing awaited
   * in between, and not kept: another may have its place by then, and this one be closed.
   */
  open(app: string, name: string): Provider | undefined;
}
