import type {
  AcceptedMessage,
  DeliveryTerms,
  MessageClass,
  MessageContent,
  MessageStatus,
} from '../domain/accepted-message.js';
import type { ChunkTarget } from '../domain/chunk.js';
import type { Counts, Delivery, Reached } from '../domain/delivery.js';
import type { Platform } from '../domain/device.js';
import type { JsonObject } from '../domain/json.js';
import type { Reason } from '../domain/reason.js';
import type { StatCounts } from '../domain/stats.js';
import type { EpochMs } from '../domain/time.js';
import type { Page, PageRequest } from './page.js';

/** Holds an idempotency key for one app and path until `until`. */
export interface IdempotencyClaim {
  readonly key: string;
  readonly path: string;
  readonly until: EpochMs;
}

/** A chunk as the planner writes it; fence 0, nothing tried. */
export interface NewChunk {
  readonly id: string;
  readonly provider: string | null;
  /** What all its targets run; absent where nobody knows. */
  readonly platform?: Platform;
  /** Place of the targets' step in the message's route; 0 when absent. */
  readonly step?: number;
  /** Key of the message's locales; absent: the notification as it is. */
  readonly rendering?: string;
  readonly targets: readonly ChunkTarget[];
}

export interface NewMessage {
  readonly accepted: AcceptedMessage;
  readonly claim?: IdempotencyClaim;
  /** Hash of the parsed body: the same for another key order or white space. */
  readonly fingerprint: string;
  readonly class: MessageClass;
  readonly terms: DeliveryTerms;
  /** Content; with the audience when `planned` is false. */
  readonly content: MessageContent;
  readonly expiresAt: EpochMs;
  readonly metadata?: JsonObject;
  readonly tags?: readonly string[];
  /** True when `chunks` is the whole plan. */
  readonly planned: boolean;
  readonly chunks: readonly NewChunk[];
  /** True when a job for `chunks` is added right after: the feeder leaves them alone until then. */
  readonly handedUntil?: EpochMs;
}

export type AcceptResult =
  | { readonly kind: 'created' }
  /** The key was used before for a message with this fingerprint and answer. */
  | { readonly kind: 'replayed'; readonly fingerprint: string; readonly accepted: AcceptedMessage };

/** An account that is stopped until an operator acts. */
export interface BlockedAccount {
  readonly provider: string;
  readonly reason: Reason;
  /** Devices of this message that wait for it. */
  readonly devices: number;
  /** Absent when it was unblocked just now. */
  readonly since?: EpochMs;
}

/** What became of a message over one road. */
export interface RoadCounts {
  /** `null`: ended without any. */
  readonly provider: string | null;
  readonly counts: StatCounts;
}

export interface MessageView {
  readonly id: string;
  readonly app: string;
  readonly class: MessageClass;
  /** The channel that the call named. */
  readonly channel?: string;
  /** The route that the call named. */
  readonly route?: string;
  readonly status: MessageStatus;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
  readonly canceledAt?: EpochMs;
  readonly completedAt?: EpochMs;
  /** When somebody first called it back. */
  readonly recalledAt?: EpochMs;
  /** Devices planned so far; all of them once planning has ended. */
  readonly devices: number;
  readonly planned: boolean;
  /** Sums to `devices`. */
  readonly counts: Counts;
  /** Also of deliveries that ended otherwise afterwards; whoever is still queued is not in it. */
  readonly reached: Reached;
  /** The same by the road over which it came so far, or ended; in the order of their names. */
  readonly roads: readonly RoadCounts[];
  readonly reasons: Readonly<Partial<Record<Reason, number>>>;
  /** Accounts that are stopped, with the devices that wait for them. */
  readonly blocked: readonly BlockedAccount[];
  readonly metadata?: JsonObject;
  readonly tags?: readonly string[];
}

/** What the worker needs of a message to attempt it. */
export interface SendableMessage {
  readonly id: string;
  readonly app: string;
  readonly class: MessageClass;
  readonly terms: DeliveryTerms;
  /** Absent once retention has dropped it. */
  readonly content?: MessageContent;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
  readonly canceled: boolean;
}

/** How far the planning of a large audience has come. */
export interface PlanState {
  readonly message: SendableMessage;
  /** Last device key planned; empty before the first page. */
  readonly cursor: string;
  /** Number of the next chunk. */
  readonly nextChunk: number;
  /** Chunks written and not done yet. */
  readonly openChunks: number;
  /** It may have gone to everyone at once already; see `MessageStore.announcing`. */
  readonly isAnnouncing: boolean;
}

/** Messages with their claims, plans and deliveries. Batch-first; every promise has a test in the contract suite. */
export interface MessageStore {
  /**
   * Stores messages with claims, plans and chunks; after it resolves, each is durable. One result per
   * message, in order. Atomic per message: never a claim without its message, nor a message without chunks.
   * A claim that has ended is taken over.
   * @throws GatewayError `idempotency_in_progress` when a twin's write is still open after 5 s.
   */
  accept(messages: readonly NewMessage[], now: EpochMs): Promise<readonly AcceptResult[]>;
  /** The message with its exact counts, or undefined for an unknown id or another app's. */
  view(app: string, id: string): Promise<MessageView | undefined>;
  /** Newest first. */
  list(app: string, page: PageRequest): Promise<Page<MessageView>>;
  /** Ids of messages that were accepted from `from` on and before `to`, oldest first. */
  acceptedIn(
    app: string,
    span: { readonly from: EpochMs; readonly to: EpochMs },
    page: PageRequest,
  ): Promise<Page<string>>;
  /**
   * Deliveries in key order: settled ones as recorded, the others as they stand. With `track` `failures` or
   * `none` only what is kept. Devices not planned yet are not in it.
   */
  deliveries(app: string, id: string, page: PageRequest): Promise<Page<Delivery>>;
  /** Messages to attempt, by id; unknown ids are left out. */
  sendable(ids: readonly string[]): Promise<ReadonlyMap<string, SendableMessage>>;
  /** Those of `ids` that are canceled. */
  canceled(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Those of `ids` that `complete` has marked; unknown ids are left out. Reads only: cheap enough to ask often. */
  completed(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Marks as canceled what is neither canceled nor completed. Its open
   * chunks are due at once and stay so, whatever their holder says; they end when they are next attempted.
   * @returns false for an unknown id or another app's.
   */
  cancel(app: string, id: string, now: EpochMs): Promise<boolean>;
  /** The plan of a message still being planned; undefined when it is planned or unknown. */
  plan(id: string): Promise<PlanState | undefined>;
  /**
   * Writes the next chunks and moves the cursor on, in one step, if it still stands at `from`.
   * @returns false when another planner was faster; nothing is written then.
   */
  extendPlan(
    id: string,
    from: { readonly cursor: string; readonly nextChunk: number },
    step: { readonly chunks: readonly NewChunk[]; readonly cursor: string; readonly planned: boolean },
    now: EpochMs,
  ): Promise<boolean>;
  /**
   * Notes that a message goes to everyone at once, before any device can have it. From then on a recall knows that it was
   * announced, and a cancelation leaves it to the planner to end the planning: only that one knows how many it went to.
   * Repeating is harmless.
   * @returns false when it was planned, or canceled, before; nothing is written then.
   */
  announcing(id: string): Promise<boolean>;
  /**
   * Ends the planning of a message that has gone to everyone at once, without chunks: to `reached` devices that may say
   * that they have it, while `unreached` have failed as `no_registration`. It completes when its TTL ends or it is canceled;
   * whoever has said nothing by then counts as expired, or as canceled.
   * @returns false when it was planned, or canceled before it was `announcing`; nothing is written then.
   */
  announced(id: string, to: { readonly reached: number; readonly unreached: number }): Promise<boolean>;
  /** Messages accepted before `before` whose planning has not ended, at most `limit`. */
  unplanned(before: EpochMs, limit: number): Promise<readonly { readonly id: string; readonly class: MessageClass }[]>;
  /**
   * Marks messages as completed that are planned, have no open chunk, and of whose targets none is on its way to a next
   * step; one that went to everyone at once when its TTL has ended. With ids only those, without ids
   * at most 1,000 of all.
   * @returns ids of the messages newly completed.
   */
  complete(ids: readonly string[] | undefined, now: EpochMs): Promise<readonly string[]>;
  /** Drops what retention has ended, in bounded steps. @returns records removed. */
  sweep(
    before: { readonly content: EpochMs; readonly messages: EpochMs; readonly deliveries: EpochMs },
    limit: number,
  ): Promise<number>;
}
