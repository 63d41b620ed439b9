import type { EpochMs } from '../../../domain/time.js';
import { collection } from '../engine/collection.js';
import { AGGREGATE, type Aggregate, OUT_INDEX } from './aggregate.js';

/** A message of a device at its place in the app's; see {@link upstreamItemId}. */
export interface UpstreamItemDoc {
  readonly _id: string;
  readonly app: string;
  /** Which message of which stream it is, so that it is placed once: see `keyOf` in `upstream-box.ts`. */
  readonly key: string;
  /** `app|device`. */
  readonly box: string;
  readonly position: number;
  readonly device: string;
  readonly user?: string;
  readonly stream: string;
  readonly n: number;
  readonly topic: string;
  /** Sealed JSON. */
  readonly data: Uint8Array;
  /** Of its JSON. */
  readonly bytes: number;
  readonly at: EpochMs;
  readonly receivedAt: EpochMs;
  /** Whether an endpoint wanted to hear of it when it came. */
  readonly isTold: boolean;
  /** It was erased: there is nothing of it but its position, which nobody may take who has not seen what came since. */
  readonly isGone: boolean;
}

export const UPSTREAM_ITEMS = collection<UpstreamItemDoc>(
  'upstream_items',
  {
    app: String,
    key: String,
    box: String,
    position: Number,
    device: String,
    user: String,
    stream: String,
    n: Number,
    topic: String,
    data: Buffer,
    bytes: Number,
    at: Number,
    receivedAt: Number,
    isTold: Boolean,
    isGone: Boolean,
  },
  [
    { name: 'keys', keys: { key: 1 }, isUnique: true },
    { name: 'by_box', keys: { box: 1, bytes: 1 } },
    { name: 'by_user', keys: { app: 1, user: 1 } },
    { name: 'by_age', keys: { receivedAt: 1 } },
  ],
);

/** Numbers are padded, so that places sort as they do. */
export function upstreamItemId(app: string, position: number): string {
  return `${app}|${String(position).padStart(15, '0')}`;
}

/** What one device has said; `_id` is `app|device`. Whatever it takes it owes to the app until that has its place. */
export interface UpstreamBoxDoc extends Aggregate {
  readonly app: string;
  readonly device: string;
  /** JSON of a list of `Stream`; see `upstream-box.ts`. */
  readonly streams: string;
  /** When the stream was used that was not used for longest. */
  readonly oldestUse: EpochMs;
}

export const UPSTREAM_BOXES = collection<UpstreamBoxDoc>(
  'upstream_boxes',
  { ...AGGREGATE, app: String, device: String, streams: String, oldestUse: Number },
  [{ name: 'by_use', keys: { oldestUse: 1 } }, OUT_INDEX],
);

/** The messages of an app; `_id` is the app. */
export interface UpstreamHeadDoc {
  readonly _id: string;
  /** A position that was given; the newest message may be beyond it, never before. */
  readonly last?: number;
  /** Up to there everything was told that is to be. */
  readonly told?: number;
}

export const UPSTREAM_HEADS = collection<UpstreamHeadDoc>('upstream_heads', { last: Number, told: Number });
