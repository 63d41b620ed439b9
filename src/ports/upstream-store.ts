import type { JsonObject } from '../domain/json.js';
import type { EpochMs } from '../domain/time.js';
import type { Page, PageRequest } from './page.js';

/** Messages of one device that are kept at most. */
export const UPSTREAM_ITEMS_MAX = 1_000;
/** And bytes of their data. */
export const UPSTREAM_BYTES_MAX = 1024 * 1024;
/** How long they are kept for the app's server to fetch. */
export const UPSTREAM_KEPT_MS = 7 * 86_400_000;
/** How long a stream is remembered that nothing was added to, and with it what of it came before. */
export const UPSTREAM_STREAM_KEPT_MS = 30 * 86_400_000;
/** Streams that are remembered of one device: the newest. */
export const UPSTREAM_STREAMS_MAX = 16;

/** A message of a device to its app's server. */
export interface UpstreamItem {
  /** Its place in the stream, from 1; `event` frames count in the same stream, so numbers may be left out. */
  readonly n: number;
  readonly topic: string;
  /** Sealed at rest. */
  readonly data: JsonObject;
  readonly at: EpochMs;
}

/** What one device says, in one stream. */
export interface UpstreamBatch {
  readonly app: string;
  readonly device: string;
  /** Whose connection it was. */
  readonly user: string | null;
  readonly stream: string;
  /** In the order of `n`. */
  readonly items: readonly UpstreamItem[];
}

export interface UpstreamAdded {
  /** Highest `n` of the stream that is safe: every item up to it was taken now or before, or is among `full`. */
  readonly safe: number;
  /** Those that were not taken, because the device has sent so much that nobody fetched. They are gone. */
  readonly full: readonly number[];
}

/** As an app's server reads it. */
export interface UpstreamMessage {
  /** `up_` and its position: unique in the app. */
  readonly id: string;
  readonly device: string;
  readonly user: string | null;
  readonly topic: string;
  readonly data: JsonObject;
  /** When the device says it was. */
  readonly at: EpochMs;
  readonly receivedAt: EpochMs;
}

/**
 * Messages from devices to their app's server. Each (device, stream, n) is taken once, however often it comes; bounded by
 * count and bytes for each device, kept for a week.
 */
export interface UpstreamStore {
  /**
   * One answer per batch, in order; two of one stream in a call are harmless. Durable once it resolves. `client.upstream`
   * tells of each message that was taken, in the order of `list`.
   */
  add(batches: readonly UpstreamBatch[], now: EpochMs): Promise<readonly UpstreamAdded[]>;
  /**
   * Highest `n` of each stream that was taken; 0 for one that is not known. Whoever adds has dealt with the events before
   * it in the stream, so all up to it is safe. One answer per stream, in order.
   */
  safe(
    streams: readonly { readonly app: string; readonly device: string; readonly stream: string }[],
  ): Promise<readonly number[]>;
  /** The app's, in the order in which they were taken: whoever reads on from a cursor misses none. */
  list(app: string, page: PageRequest): Promise<Page<UpstreamMessage>>;
  /** Forgets what the user has sent. @returns how many, at most `limit` */
  erase(app: string, user: string, limit: number): Promise<number>;
  /**
   * Removes messages older than {@link UPSTREAM_KEPT_MS}, of which what comes again is still known, and streams that were
   * not used for {@link UPSTREAM_STREAM_KEPT_MS}; at most `limit` of each. @returns rows removed
   */
  sweep(now: EpochMs, limit: number): Promise<number>;
}
