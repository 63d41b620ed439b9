import type { EventType, LoggedEvent, NewEvent } from '../domain/event.js';
import type { EpochMs } from '../domain/time.js';
import type { WebhookSecret, WebhookSettings } from '../domain/webhook.js';
import type { SweptEvents } from './event-log.js';
import type { Page, PageRequest } from './page.js';

/** Endpoints that one app may have. */
export const WEBHOOK_ENDPOINTS_MAX = 100;
/** Secrets of one endpoint that sign at the same time. */
export const WEBHOOK_SECRETS_MAX = 5;
/** Of an answer's body this much is kept, in bytes. */
export const WEBHOOK_ANSWER_BYTES_KEPT = 4_096;

/**
 * `active`: calls go out. `paused`: by somebody; what happens waits. `disabled`: by the receiver (410), or after days of
 * nothing but failures; what happens waits as well, for as long as events are kept.
 */
export type EndpointState = 'active' | 'paused' | 'disabled';

export interface WebhookEndpoint extends WebhookSettings {
  readonly id: string;
  readonly app: string;
  /** `file`: it stands in the app's file under `name`, and is changed there alone. */
  readonly source: 'api' | 'file';
  readonly name?: string;
  readonly state: EndpointState;
  /** A sentence for people, of a state that nobody chose. */
  readonly stateReason?: string;
  readonly createdAt: EpochMs;
  /** Higher after each change of its settings, its state or its secret in the file. */
  readonly updatedAt: EpochMs;
  /** Since when every attempt has failed; absent where the last one did not. */
  readonly failingSince?: EpochMs;
  /** When the app's other endpoints were told so. */
  readonly failingToldAt?: EpochMs;
  /** Nothing but tests goes out before this: the receiver asked for time, or failed. */
  readonly holdUntil?: EpochMs;
  readonly lastSuccessAt?: EpochMs;
  /** Events that were dropped because they waited longer than events are kept: how many so far, and when last. */
  readonly lost?: { readonly events: number; readonly at: EpochMs };
  /** Number of the newest call. */
  readonly callSeq: number;
  /** Up to which event calls were made. */
  readonly cursor: number;
}

/**
 * `waiting`: to be tried, now or later. `delivered`: an attempt was answered with 2xx. `parked`: tried as often as it may
 * be; it can be replayed for as long as its events are kept. `skipped`: the receiver asked for it not to come again.
 */
export type CallState = 'waiting' | 'delivered' | 'parked' | 'skipped';

/** One call to one endpoint: a batch of events, the same in every attempt. */
export interface WebhookCall {
  /** `webhook-id`: the same in every attempt. */
  readonly id: string;
  readonly endpoint: string;
  readonly app: string;
  /** Counts the endpoint's calls, without holes. */
  readonly seq: number;
  /** Sequence numbers of the first and last event looked at for it; both 0 for a test. */
  readonly firstEvent: number;
  readonly lastEvent: number;
  /** Which types it was made of; a later change of the endpoint does not change it. */
  readonly types: readonly EventType[];
  /** The level it was made at. */
  readonly level: WebhookSettings['level'];
  readonly events: number;
  readonly createdAt: EpochMs;
  readonly state: CallState;
  readonly attempts: number;
  readonly dueAt: EpochMs;
  readonly settledAt?: EpochMs;
  /** The call that it repeats. */
  readonly replayOf?: string;
}

/** One try of one call. */
export interface WebhookAttempt {
  /** From 1. */
  readonly n: number;
  readonly at: EpochMs;
  /** From the first byte of the connection to the last of the answer that was read, in milliseconds. */
  readonly ms: number;
  /** Absent where no answer came. */
  readonly status?: number;
  /** A sentence, where it failed. */
  readonly error?: string;
  /** The answer's beginning; sealed at rest. */
  readonly answer?: string;
  /** Headers as they were sent, without the signature. */
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly answerHeaders: Readonly<Record<string, string>>;
}

/** An endpoint that one process works for: nobody else makes or records its calls until the lease ends. */
export interface WebhookSlot {
  readonly endpoint: WebhookEndpoint;
  readonly secrets: readonly WebhookSecret[];
  readonly fence: number;
}

/** What came of one attempt, and what is to be known of the call from now on. */
export interface AttemptRecord {
  readonly call: string;
  readonly attempt: WebhookAttempt;
  readonly next:
    | { readonly kind: 'delivered' | 'parked' | 'skipped' }
    | { readonly kind: 'again'; readonly dueAt: EpochMs };
  /** The bytes that were sent; kept (sealed) from the first failure on, so that every attempt sends the same. */
  readonly body?: string;
}

/** What came of attempts (perhaps none), and what is to be known of their endpoint from now on. */
export interface SlotRecord {
  readonly endpoint: string;
  readonly fence: number;
  readonly attempts: readonly AttemptRecord[];
  /** As these three are from now on; absent: not failing, not told, nothing is held up. */
  readonly failingSince?: EpochMs;
  readonly failingToldAt?: EpochMs;
  readonly holdUntil?: EpochMs;
  /** Absent: as it was. */
  readonly lastSuccessAt?: EpochMs;
  /** Disables the endpoint, where it is active, with a sentence. */
  readonly disable?: string;
  /** Go to the log (where an endpoint wants them) in the same step. */
  readonly events?: readonly NewEvent[];
}

/** A new call, with its events looked up already: what is kept of how that was done. */
export interface NewCall {
  readonly id: string;
  readonly firstEvent: number;
  readonly lastEvent: number;
  readonly events: number;
  readonly types: readonly EventType[];
  readonly level: WebhookSettings['level'];
}

/** What is absent stays; an empty description removes it. */
export type EndpointChange = Partial<WebhookSettings>;

/** An endpoint that stands in an app's file. */
export interface FileEndpoint {
  readonly app: string;
  readonly name: string;
  readonly settings: WebhookSettings;
  readonly secret: WebhookSecret;
}

/** Which calls are made anew. */
export type ReplayChoice =
  | { readonly calls: readonly string[] }
  | {
      /** Calls made from then on. */
      readonly since: EpochMs;
      /** Calls made before then. */
      readonly until: EpochMs;
      /** Absent: every state but `waiting`. */
      readonly state?: Exclude<CallState, 'waiting'>;
      /** Only calls with a higher `seq`. */
      readonly after?: number;
    };

export interface Replayed {
  /** How many calls are made anew, at most 1,000. */
  readonly count: number;
  /** `seq` of the last call that was repeated; absent where none was. */
  readonly last?: number;
  /** There are more behind it. */
  readonly more: boolean;
  /** Calls that cannot be made anew, because their events are kept no longer. */
  readonly gone: number;
}

/** Calls of one replay at most. */
export const WEBHOOK_REPLAY_MAX = 1_000;

/**
 * Endpoints of apps and the calls made to them. Every endpoint has its own cursor in the app's log (see EventLog): what
 * happens while it is paused costs nothing, and nothing is lost for as long as events are kept. From the moment that an
 * endpoint is there, events of its types are written to the log; with the last endpoint that wants a type that ends.
 */
export interface WebhookStore {
  /**
   * Begins with what happens from now on. One with this id that is there already is given back as it is.
   * @returns `full` where the app has {@link WEBHOOK_ENDPOINTS_MAX}
   */
  create(
    endpoint: { readonly id: string; readonly app: string; readonly settings: WebhookSettings },
    secret: WebhookSecret,
    now: EpochMs,
  ): Promise<WebhookEndpoint | 'full'>;
  find(app: string, id: string): Promise<WebhookEndpoint | undefined>;
  /** In the order of ids. */
  list(app: string, page: PageRequest): Promise<Page<WebhookEndpoint>>;
  /** @returns undefined for one that is not there */
  update(app: string, id: string, change: EndpointChange, now: EpochMs): Promise<WebhookEndpoint | undefined>;
  /** With its calls. @returns whether it was there */
  remove(app: string, id: string): Promise<boolean>;
  /**
   * `active` makes its waiting calls due at once, and forgets since when it fails and what holds it up. Repeating is
   * harmless.
   * @returns undefined for one that is not there
   */
  setState(
    app: string,
    id: string,
    state: EndpointState,
    reason: string | undefined,
    now: EpochMs,
  ): Promise<WebhookEndpoint | undefined>;
  /** Secrets, newest first; those whose time is over are left out. Undefined for an endpoint that is not there. */
  secrets(app: string, id: string, now: EpochMs): Promise<readonly WebhookSecret[] | undefined>;
  /**
   * A new secret; the others sign as well until `overlapUntil`, or their own end where that comes first.
   * @returns false for an endpoint that is not there; `full` where {@link WEBHOOK_SECRETS_MAX} sign already
   */
  rotate(
    app: string,
    id: string,
    secret: WebhookSecret,
    overlapUntil: EpochMs,
    now: EpochMs,
  ): Promise<boolean | 'full'>;
  /**
   * Makes the endpoints of source `file`, of every app, exactly these. Changed ones keep their cursor, calls and state, but
   * for a disabled one whose `url` changes: that is active again. Another secret replaces what was there at once.
   */
  syncFiles(endpoints: readonly FileEndpoint[], now: EpochMs): Promise<void>;

  /**
   * Takes endpoints for `holder` that nobody holds and that have something to do at `now`. Active ones, once what holds
   * them up is over: a waiting call that is due, or events after their cursor. Every one: a test that is due. Raises each
   * fence; those that waited longest for a claim come first.
   */
  claim(holder: string, now: EpochMs, leaseUntil: EpochMs, limit: number): Promise<readonly WebhookSlot[]>;
  /** As it now is, with the lease extended. One answer per slot, in order; undefined: another has it, or it is gone. */
  renew(
    slots: readonly { readonly endpoint: string; readonly fence: number }[],
    now: EpochMs,
    leaseUntil: EpochMs,
  ): Promise<readonly (WebhookSlot | undefined)[]>;
  release(slots: readonly { readonly endpoint: string; readonly fence: number }[]): Promise<void>;
  /** Ends every lease at once: on start-up of a process that owns the store alone. */
  voidLeases(): Promise<void>;
  /**
   * Makes calls of what was looked at, and moves the endpoint's cursor to `cursor`; in one step, under the fence.
   * @param slot with `updatedAt` of the endpoint by which it was looked: what happened after a change is not passed over by
   *   what the endpoint was before
   * @returns undefined where the fence is old, or the endpoint was changed since: nothing was written; `renew` tells which
   */
  addCalls(
    slot: { readonly endpoint: string; readonly fence: number; readonly updatedAt?: EpochMs },
    calls: readonly NewCall[],
    cursor: number,
    now: EpochMs,
  ): Promise<readonly WebhookCall[] | undefined>;
  /**
   * Waiting calls that are due, at most `limit`: tests first, then in order of `seq`; of an endpoint that is not active, tests
   * only. `oldest`: the oldest that waits, due or not, tests aside.
   */
  due(
    endpoint: string,
    now: EpochMs,
    limit: number,
  ): Promise<{ readonly calls: readonly WebhookCall[]; readonly oldest?: WebhookCall }>;
  /** The bytes kept of calls of an endpoint, by id, where an attempt failed before. */
  bodies(endpoint: string, calls: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Records attempts. @returns false where the fence is old: nothing was recorded */
  record(record: SlotRecord, now: EpochMs): Promise<boolean>;
  /** Waiting calls of the endpoint are due at `now`, and nothing holds them up: its receiver is back. */
  hasten(endpoint: string, now: EpochMs): Promise<void>;

  /** Newest first. */
  calls(
    app: string,
    endpoint: string,
    filter: { readonly state?: CallState },
    page: PageRequest,
  ): Promise<Page<WebhookCall>>;
  call(
    app: string,
    endpoint: string,
    id: string,
  ): Promise<{ readonly call: WebhookCall; readonly attempts: readonly WebhookAttempt[] } | undefined>;
  /** A call without events from the log, for a test; due at once, also of a paused endpoint. One with this id is given back. */
  addTest(app: string, endpoint: string, id: string, now: EpochMs): Promise<WebhookCall | undefined>;
  /**
   * Makes calls anew, in order, as new calls at the end: named ones, or those made in a time. Calls that wait are passed
   * over: they come by themselves. Repeating it with the same `newId` makes none twice.
   * @returns undefined for an endpoint that is not there
   */
  replay(
    app: string,
    endpoint: string,
    which: ReplayChoice,
    newId: (of: string) => string,
    now: EpochMs,
  ): Promise<Replayed | undefined>;
  /**
   * Removes calls that were settled before `before`, with their attempts and bodies; those that have waited since before
   * then, whose events each endpoint has then lost; and what is left of endpoints that were removed.
   */
  sweep(before: EpochMs, limit: number, now: EpochMs): Promise<SweptEvents>;
}

/** Events of a call, looked up again: the same as when it was made. */
export type CallEvents = (call: WebhookCall) => Promise<readonly LoggedEvent[]>;
