/**
 * The provider contract: beside `providers/shared`, the only file of ours that a provider imports.
 *
 * A provider knows one vendor's protocol and nothing of queues, databases, retries, receipts or
 * HTTP handlers. It reports facts; `usecases/settle` decides consequences.
 */
import type { LookupFunction } from 'node:net';
import type { ZodType } from 'zod';
import type { Platform } from '../src/domain/device.js';
import type { Json } from '../src/domain/json.js';
import type { Message, MessageClass } from '../src/domain/message.js';
import type { Outcome, PushToken, VendorDetail } from '../src/domain/outcome.js';
import type { Reading } from '../src/domain/reading.js';
import type { Reason } from '../src/domain/reason.js';
import type { EpochMs } from '../src/domain/time.js';

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

export interface Provider {
  /** The provider's name in this app's file; used in logs only. */
  readonly name: string;
  readonly limits: ProviderLimits;
  /** Sending the same message to the same target again does no harm, however far the first time came. */
  readonly isRepeatable?: true;
  /**
   * Sends one message to many targets, at most `limits.batchTargetsMax`.
   *
   * Resolves with exactly one outcome per target, in target order, and does so too when `signal`
   * aborts: a target never written is `deferred`, one written but unanswered is `uncertain`.
   * Whatever the vendor or the network does is an outcome. Many small sends in flight are normal;
   * the bound on concurrency is the provider's.
   *
   * @throws only for a caller's mistake: an empty or oversized batch, use after `close`.
   */
  send(batch: Batch, signal: AbortSignal): Promise<readonly Outcome[]>;
  /** Lets requests in flight finish, then frees connections. Calling it twice is harmless. */
  close(): Promise<void>;
}

export interface ProviderLimits {
  readonly batchTargetsMax: number;
  /** Targets that one request to the vendor may name, all with the same content; 1 when absent. */
  readonly requestTargetsMax?: number;
  readonly payloadBytesMax: number;
  readonly ttlSecondsMax: number;
}

export interface Batch {
  /** Rendered for this batch; its `ttlSeconds` is what remains at this attempt. */
  readonly message: Message;
  readonly targets: readonly Target[];
  /** Of all targets; absent for bare push tokens, of which nobody knows it. */
  readonly platform?: Platform;
}

export interface Target {
  readonly pushToken: PushToken;
  /** A UUID, the same for every attempt of this (message, device): apns-id, tag, notify id. */
  readonly notificationId: string;
  /** `production` when absent. */
  readonly environment?: 'sandbox' | 'production';
  /** alert, voip, live_activity …; `alert` when absent. */
  readonly purpose?: string;
  readonly bundleId?: string;
  readonly region?: string;
  /** Whom the message is meant for; `null`: nobody in particular. Absent for a bare push token. No vendor is told. */
  readonly user?: string | null;
  /** Set where an earlier attempt was `awaited`: since when. */
  readonly handedAt?: EpochMs;
  /** It had said then that it has it. */
  readonly got?: true;
  /** Of a recall: what the vendor called this when it took it (`Outcome` `accepted`), where that is known. */
  readonly vendorId?: string;
}

/** Why a message does not fit this provider. An `error` refuses the call; a `warning` is told in the answer. */
export interface Misfit {
  readonly severity: 'error' | 'warning';
  /** Stable, snake_case: `payload_too_large`, `body_truncated` … */
  readonly code: string;
  /** A sentence that says what to do. */
  readonly detail: string;
  /** JSON pointer into the request body where there is one, such as `/notification/actions`. */
  readonly pointer?: string;
}

/** One thing worth counting. Labels have few values; never a token. */
export type ProviderObservation =
  | { readonly kind: 'request'; readonly code: string; readonly ms: number }
  | { readonly kind: 'connections'; readonly state: 'open' | 'draining'; readonly count: number };

export interface ProviderLog {
  info(fields: Readonly<Record<string, unknown>>, event: string): void;
  warn(fields: Readonly<Record<string, unknown>>, event: string): void;
  error(fields: Readonly<Record<string, unknown>>, event: string): void;
}

/**
 * The house's guard for addresses that others chose, such as the endpoint in a Web Push subscription. Addresses that
 * the operator wrote into the configuration need no guard.
 */
export interface EgressGuard {
  /** To be asked before the first connection to an origin. @throws an `Error` whose text may be told, for one refused. */
  checkUrl(url: URL): void;
  /** For every connection, in place of the system's look-up: gives checked addresses only. Not asked about IP literals. */
  readonly lookup: LookupFunction;
}

/** An access token of a vendor as all processes share it. */
export interface SharedToken {
  readonly value: string;
  readonly issuedAt: EpochMs;
  readonly expiresAt: EpochMs;
}

/** The right to ask a vendor for a new access token; where it was not given, when to look again. */
export type TokenClaim =
  | { readonly granted: true; readonly claim: string }
  | { readonly granted: false; readonly lookAgainAt: EpochMs };

/**
 * Access tokens of one app at one provider, shared by all processes, so that each is fetched once. What is kept is sealed.
 * `key` names the credential that a token belongs to, and must not tell it: a digest, such as `tokenKey` makes.
 */
export interface SharedTokens {
  /** The newest token that was kept under this key; it may have ended. */
  read(key: string): Promise<SharedToken | undefined>;
  /** Nobody else is granted it until `release`, or for `forMs` where that never comes. */
  claim(key: string, forMs: number): Promise<TokenClaim>;
  /** Keeps the token, if there is one, and lets the claim go; nobody is granted another before `notBefore`. */
  release(
    key: string,
    claim: string,
    result: { readonly token: SharedToken } | { readonly notBefore: EpochMs },
  ): Promise<void>;
}

/** What the house lends a provider for as long as it is open. */
export interface ProviderEnv {
  /** The provider's name in this app's file. */
  readonly name: string;
  readonly app: string;
  now(): EpochMs;
  readonly log: ProviderLog;
  observe(observation: ProviderObservation): void;
  readonly egress: EgressGuard;
  /** The house's own connections to devices; absent where the app has no realtime road. */
  readonly live?: LiveRoad;
  /** Absent where the provider is opened for a look only: it keeps its access tokens to itself then. */
  readonly tokens?: SharedTokens;
  /**
   * Where this provider's vendor can tell of receipts, with the secret in it; absent where the gateway has no public
   * address, or the kind reads none.
   */
  readonly callbackUrl?: string;
}

/**
 * How far a device has come with a letter, as in `ports/live-bus.ts`; or why it is not in the mailbox: the device has none,
 * it is somebody else's, a newer letter took its place, it was withdrawn, or the mailbox was full.
 */
export type HandedState =
  | 'offline'
  | 'handed'
  | 'got'
  | 'done'
  | 'no_mailbox'
  | 'not_theirs'
  | 'replaced'
  | 'withdrawn'
  | 'lost';

/** A letter as devices get it over their own connection. */
export interface LiveLetter {
  readonly message: string;
  /**
   * What a `push` frame says besides what belongs to one connection (docs/realtime-protocol.md), as JSON text. The same
   * text each time the letter is handed: by it the mailbox knows the letter again.
   */
  readonly body: string;
  readonly collapseKey?: string;
  readonly expiresAt: EpochMs;
  /** False: it is not put into the mailbox of a device that is offline. */
  readonly keep: boolean;
}

/** Mailboxes and connections of the app's devices, for the provider that sends over them. */
export interface LiveRoad {
  /**
   * Puts a letter into mailboxes, offers it to connections and waits up to `waitMs` for the devices' word. One answer per
   * device, in order. Repeating it sends nothing twice, and tells how far each device has come.
   *
   * @throws only where the mailboxes cannot be reached
   */
  hand(
    letter: LiveLetter,
    to: readonly { readonly device: string; readonly user: string | null }[],
    waitMs: number,
    signal: AbortSignal,
  ): Promise<readonly HandedState[]>;
  /**
   * Sends a letter to every device of the app that has ever connected: now to those that are, the others find it when they
   * come. It costs the same whatever their number. Repeating it is harmless.
   *
   * @returns how many devices those are
   * @throws only where the mailboxes cannot be reached
   */
  announce(letter: Omit<LiveLetter, 'keep'>): Promise<number>;
}

/** The ability of the house's own road: a message to everybody at once, however many they are. */
export interface Announcing {
  /**
   * Sends the message to every device of the app that this road reaches. Repeating it is harmless.
   *
   * @returns how many devices those are; undefined where the message cannot go this way
   * @throws where the house's stores cannot be reached
   */
  announce(message: Message): Promise<number | undefined>;
}

export function isAnnouncing(provider: object): provider is Announcing {
  return 'announce' in provider && typeof provider.announce === 'function';
}

/** Input that can never become what it should be; the text is shown to the caller. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError';
}

export interface ProviderKind<Options> {
  readonly name: string;
  /** Source of types, JSON Schema, example file and errors. */
  readonly options: ZodType<Options>;
  /** What an app's channel may say to this kind: the source of `Message.channel.settings`. Its output is JSON. */
  readonly channel: ZodType;
  /** The payload bytes, batch and TTL bounds that hold for every message of this kind. */
  readonly limits: ProviderLimits;
  /** Platforms whose native road this kind is, such as `ios`; empty for none. */
  readonly nativeFor: readonly string[];
  /**
   * Makers whose devices alone get addresses from this vendor, in lower case, such as `redmi`. Absent: every maker's.
   * On a device of theirs it goes before kinds for every maker.
   */
  readonly makers?: readonly string[];
  /** The house itself is the other side: no file configures it among providers, nobody simulates it. */
  readonly isOwnRoad?: true;
  /**
   * Can this message fit? Pure; asked before accept. `options` are those of the app's provider, for a kind of which they
   * decide what fits; without them the kind's defaults count.
   */
  check(message: Message, options?: Options): readonly Misfit[];
  /**
   * Canonical form of a push token. `options` are those of the app's provider, for a kind whose addresses depend on
   * them; without them the kind's defaults count. `purpose` is that of the address, `alert` when absent.
   *
   * @throws InvalidInputError when it cannot be one.
   */
  parsePushToken(raw: unknown, options?: Options, purpose?: string): PushToken;
  open(options: Options, env: ProviderEnv): Promise<Provider>;
}

/** The ability of kinds that are a native road only where the app's file says so, in place of `nativeFor` and `makers`. */
export interface NativeByOptions<Options> {
  /** Pure. */
  nativeBy(options: Options): Pick<ProviderKind<Options>, 'nativeFor' | 'makers'>;
}

export function isNativeByOptions<Options>(
  kind: ProviderKind<Options>,
): kind is ProviderKind<Options> & NativeByOptions<Options> {
  return 'nativeBy' in kind && typeof kind.nativeBy === 'function';
}

/** The ability of some kinds to show what they would send. */
export interface Previewable<Options = unknown> {
  /**
   * What would go out for this message to a registration of this purpose, as readable JSON: all but addresses,
   * credentials and the ids of the delivery. Pure.
   *
   * @param options of the app's provider, as for `check`
   * @returns undefined where the message does not fit
   */
  preview(message: Message, purpose: string, now: EpochMs, options?: Options): Json | undefined;
}

export function isPreviewable(kind: object): kind is Previewable {
  return 'preview' in kind && typeof kind.preview === 'function';
}

/** What came of asking a vendor about our credentials. */
export interface CredentialTest {
  /**
   * `accepted`: the vendor let us in. `refused`: it did not, or not for this app. `unreachable`: no answer that says
   * either. `not_askable`: there is nobody to ask, or nothing was asked.
   */
  readonly verdict: 'accepted' | 'refused' | 'unreachable' | 'not_askable';
  /** One sentence for people, without a full stop; never holds a credential or a push token. */
  readonly detail: string;
  /** What the vendor said, where it said something. */
  readonly vendor?: VendorDetail;
  /** One sentence that says what to do; always there for `refused`. */
  readonly cure?: string;
  /** The vendor's clock as its answer told it (`date`, RFC 9110 §6.6.1: whole seconds). */
  readonly vendorTime?: EpochMs;
}

/** The ability of some providers to ask their vendor whether it accepts the credentials. */
export interface Testable {
  /**
   * Reaches no device, and leaves what the provider sends with untouched: connections and access tokens are of its own.
   * Ends soon after `signal` aborts, as `unreachable`. Never rejects for what the vendor or the network does.
   */
  testCredentials(signal: AbortSignal): Promise<CredentialTest>;
}

export function isTestable(provider: object): provider is Testable {
  return 'testCredentials' in provider && typeof provider.testCredentials === 'function';
}

/** The ability of kinds whose vendor keeps addresses by region, each known in its own only. */
export interface Regional {
  /**
   * Canonical name of the region that a registration names.
   *
   * @throws InvalidInputError where there is no such region
   */
  parseRegion(raw: string): string;
}

export function isRegional(kind: object): kind is Regional {
  return 'parseRegion' in kind && typeof kind.parseRegion === 'function';
}

/** What a vendor said, with the word that the outcome made of it where it is known. */
export interface VendorAnswer extends VendorDetail {
  readonly reason?: Reason;
}

/** The ability of some kinds to tell people what their vendor's answers mean, and what to do about them. */
export interface Interpreting {
  /** Who answers, as a sentence names it: `Apple`, `the push service`. */
  readonly vendor: string;
  /**
   * Reads an answer by its code, or by its status where there is no code that is known. A code alone is enough. Pure.
   *
   * @returns undefined for an answer that says nothing to this kind, such as one that never came
   */
  interpret(answer: VendorAnswer): Reading | undefined;
}

export function isInterpreting(kind: object): kind is Interpreting {
  return 'interpret' in kind && typeof kind.interpret === 'function';
}

/** The ability of kinds whose vendor has a simulator here: the same provider, opened against that. */
export interface Simulated<Options> {
  /**
   * Settings of the twin of a provider, as its file would have them. Nothing of `options` that opens a door at the
   * vendor is in them, only what makes push tokens and payloads look alike; every address is the simulator's. Pure.
   *
   * @param endpoints what the simulator tells of itself under this kind's name in `GET /endpoints`
   * @throws InvalidInputError where that is not what this kind needs
   */
  simulatedOptions(options: Options, endpoints: unknown): Readonly<Record<string, unknown>>;
}

export function isSimulated<Options>(kind: ProviderKind<Options>): kind is ProviderKind<Options> & Simulated<Options> {
  return 'simulatedOptions' in kind && typeof kind.simulatedOptions === 'function';
}

/** What a vendor said of a message that it was only shown. */
export interface Validation {
  /**
   * `accepted`: it would take the message. `refused`: it would not, or not for this address or with these credentials.
   * `unreachable`: no answer that says either. `not_askable`: there is no address to ask about.
   */
  readonly verdict: 'accepted' | 'refused' | 'unreachable' | 'not_askable';
  /** One sentence for people, without a full stop; never holds a credential or a push token. */
  readonly detail: string;
}

/** The ability of some providers to show a message to their vendor, which judges it and sends it to nobody. */
export interface Validating {
  /** Ends soon after `signal` aborts. Never rejects for what the vendor or the network does. */
  validate(message: Message, target: Target, signal: AbortSignal): Promise<Validation>;
}

export function isValidating(provider: object): provider is Validating {
  return 'validate' in provider && typeof provider.validate === 'function';
}

/** Which app's channels, in which environment. */
export interface ChannelScope {
  readonly environment: 'sandbox' | 'production';
  /** The provider's own when absent. */
  readonly bundleId?: string;
}

/** Whether a channel keeps its most recent message for those who come later. */
export type ChannelStorage = 'none' | 'most_recent';

export interface BroadcastChannel {
  /** The push token of a bare target of purpose `broadcast`. */
  readonly id: string;
  readonly storage: ChannelStorage;
}

export type ChannelAnswer<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** There is no such channel (any more). */
  | { readonly kind: 'missing' }
  /** One sentence for people, without a full stop; `cure` says what to do. */
  | { readonly kind: 'refused' | 'unreachable'; readonly detail: string; readonly cure?: string };

/**
 * The ability of some providers to manage broadcast channels at their vendor. Never rejects for what the vendor or the
 * network does; ends soon after `signal` aborts.
 */
export interface ChannelKeeper {
  /** Not repeatable: `unreachable` may have made one all the same, which `listChannels` shows. */
  createChannel(
    scope: ChannelScope,
    storage: ChannelStorage,
    signal: AbortSignal,
  ): Promise<ChannelAnswer<BroadcastChannel>>;
  readChannel(scope: ChannelScope, id: string, signal: AbortSignal): Promise<ChannelAnswer<BroadcastChannel>>;
  /** For good. */
  deleteChannel(scope: ChannelScope, id: string, signal: AbortSignal): Promise<ChannelAnswer<undefined>>;
  /** Ids in the vendor's order. */
  listChannels(scope: ChannelScope, signal: AbortSignal): Promise<ChannelAnswer<readonly string[]>>;
}

export function isChannelKeeper(provider: object): provider is ChannelKeeper {
  return 'createChannel' in provider && typeof provider.createChannel === 'function';
}

/** A call of a vendor that tells of receipts, as it came. */
export interface CallbackRequest {
  /** Names in lower case; of one that came more than once the values, joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** What follows the `?`, as it came; empty without one. */
  readonly query: string;
  /** The bytes that were sent: what a vendor signs. At most 1 MB. */
  readonly body: Uint8Array;
  readonly receivedAt: EpochMs;
}

/** How a delivery ended that the vendor had taken. */
export type LateEnd =
  | 'token_invalid'
  | 'quota_exceeded'
  | 'superseded'
  | 'expired'
  | 'payload_rejected'
  | 'rate_limited';

/**
 * What a vendor says of one delivery. It names the delivery by its own id, by our `notificationId`, or, where its ids are
 * of a whole request, by the message's id and the push token.
 */
export interface VendorReceipt {
  readonly vendorId?: string;
  readonly notificationId?: string;
  readonly target?: { readonly message: string; readonly pushToken: PushToken };
  /** `failed`: the vendor had taken it, and never showed it. */
  readonly state: 'delivered' | 'displayed' | 'opened' | 'failed';
  /** Of `failed`. */
  readonly reason?: LateEnd;
  /** The vendor's own word for it, of `failed`. */
  readonly vendor?: VendorDetail;
  /** When the vendor says it was; when it was told, when absent. */
  readonly at?: EpochMs;
  /** The vendor's own name of this receipt: one that comes again says nothing new. At most 128 characters. */
  readonly id?: string;
}

/** An answer in the form that the vendor expects, or it calls again and again. */
export interface CallbackAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Receipts in one call: more than a body of 1 MB holds in most vendors' forms. */
export const RECEIPTS_MAX = 20_000;

/** What a vendor says of an address, whichever message it learnt that by. */
export type AddressNotice = { readonly pushToken: PushToken; readonly at?: EpochMs } & (
  | { readonly kind: 'unregistered'; readonly replacedBy?: PushToken; readonly code?: string }
  /** The person let the app show nothing (any more), or something again. The address is fine. */
  | { readonly kind: 'notifications'; readonly state: 'on' | 'off' }
);

export type CallbackReading =
  | {
      readonly kind: 'receipts';
      readonly receipts: readonly VendorReceipt[];
      readonly notices?: readonly AddressNotice[];
      readonly answer: CallbackAnswer;
    }
  /** Not the vendor's: a signature that is missing or wrong, or signed too long ago. Nothing is changed. */
  | { readonly kind: 'forged' }
  /** The vendor's, for all that is known, but in no form that this kind understands; a sentence about it. */
  | { readonly kind: 'unreadable'; readonly detail: string };

/**
 * The ability of kinds whose vendor tells what became of deliveries, at `/callbacks/{provider}/{app}/{secret}`. Whoever
 * calls there knows a secret already; where the vendor signs, that is judged here as well.
 */
export interface ReceiptReading<Options> {
  /**
   * `targets`: receipts name deliveries by their `target` alone, so that nothing need be remembered of each delivery.
   * Absent: they may name them by `vendorId` and `notificationId` as well.
   */
  readonly receiptsName?: 'targets';
  /**
   * Pure, and never throws for what was sent. At most {@link RECEIPTS_MAX} receipts, and as many notices; a vendor that sends more is
   * `unreadable`.
   */
  readReceipts(request: CallbackRequest, options: Options): CallbackReading;
}

export function isReceiptReading<Options>(
  kind: ProviderKind<Options>,
): kind is ProviderKind<Options> & ReceiptReading<Options> {
  return 'readReceipts' in kind && typeof kind.readReceipts === 'function';
}

/** A credential that its vendor refuses from some time on. */
export interface CredentialEnd {
  /** What it is, as a sentence names it: `certificate`. */
  readonly credential: string;
  readonly endsAt: EpochMs;
}

/** The ability of kinds some of whose credentials end. */
export interface CredentialEnding<Options> {
  /** Undefined for credentials that go on. Pure. */
  credentialEnd(options: Options): CredentialEnd | undefined;
}

export function isCredentialEnding<Options>(
  kind: ProviderKind<Options>,
): kind is ProviderKind<Options> & CredentialEnding<Options> {
  return 'credentialEnd' in kind && typeof kind.credentialEnd === 'function';
}

/** How many messages of a class a vendor lets through in a day of its own. */
export interface DayQuota {
  readonly class: MessageClass;
  /** `device`: to each device; `account`: in all. */
  readonly per: 'device' | 'account';
  /** Inclusive. */
  readonly max: number;
}

export interface Quotas {
  /** When the vendor's day begins, in minutes after midnight UTC: 960 for 00:00 in Beijing. */
  readonly dayStartsMinutes: number;
  readonly quotas: readonly DayQuota[];
  /** Shares of a quota of the account, 0 to 1, at which people are told. */
  readonly tellAt: readonly number[];
}

/** The ability of kinds whose vendor bounds what it takes in a day. The house counts, and sends no more. */
export interface QuotaKeeping<Options> {
  /** Pure. */
  quotas(options: Options): Quotas;
}

export function isQuotaKeeping<Options>(
  kind: ProviderKind<Options>,
): kind is ProviderKind<Options> & QuotaKeeping<Options> {
  return 'quotas' in kind && typeof kind.quotas === 'function';
}

/** The ability of some providers to ask their vendor which addresses have died, apart from any send. */
export interface DeadAddressFeed {
  /** How often it is worth asking, in milliseconds. */
  readonly feedEveryMs: number;
  /** Those that died since somebody last asked. @throws Error with a sentence where the vendor does not tell */
  fetchDeadAddresses(signal: AbortSignal): Promise<readonly PushToken[]>;
}

export function hasDeadAddressFeed(provider: object): provider is DeadAddressFeed {
  return 'fetchDeadAddresses' in provider && typeof provider.fetchDeadAddresses === 'function';
}

/**
 * What came of calling one notification back. `recalled`: the vendor has told the device. `impossible`: it never will, for
 * this target. `failed`: not now.
 */
export type RecallOutcome = { readonly kind: 'recalled' | 'impossible' | 'failed' } & {
  readonly detail?: VendorDetail;
};

/** The ability of some providers to take back what devices may be showing. */
export interface Recalling {
  /**
   * At most `limits.batchTargetsMax` targets; one outcome each, in order. Repeating it is harmless. Never rejects for what
   * the vendor or the network does.
   *
   * @param batch.message as it was sent
   */
  recall(batch: Batch, signal: AbortSignal): Promise<readonly RecallOutcome[]>;
}

export function isRecalling(provider: object): provider is Recalling {
  return 'recall' in provider && typeof provider.recall === 'function';
}
