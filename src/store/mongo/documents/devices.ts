import type { Platform } from '../../../domain/device.js';
import type { EpochMs } from '../../../domain/time.js';
import { collection, op } from '../engine/collection.js';
import { AGGREGATE, type Aggregate, OUT_INDEX } from './aggregate.js';

/** One device with all that is said of it. Whether an address that it lists is its own is for `registrations` to say. */
export interface DeviceDoc extends Aggregate {
  readonly app: string;
  readonly device: string;
  /** Absent: nobody is logged in. */
  readonly user?: string;
  readonly platform: Platform;
  /** JSON of the other fields of `DeviceFields`. */
  readonly fields: string;
  /** JSON. */
  readonly attributes: string;
  /** Sorted. */
  readonly tags: readonly string[];
  /** Sorted; `topicsAt` has the times of the same places. */
  readonly topics: readonly string[];
  readonly topicsAt: readonly EpochMs[];
  /** JSON of a list of `ListedRegistration`. */
  readonly registrations: string;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
  readonly lastSeenAt: EpochMs;
  /** When somebody last said whether it may show notifications. */
  readonly notificationsAt?: EpochMs;
  /** 0 while it is there. One that was removed stays until what it owes is done: of nobody, without names, and there for nobody. */
  readonly removedAt: EpochMs;
  /** Higher by one each time it is made anew. */
  readonly life: number;
}

export const DEVICES = collection<DeviceDoc>(
  'devices',
  {
    ...AGGREGATE,
    app: String,
    device: String,
    user: String,
    platform: String,
    fields: String,
    attributes: String,
    tags: [String],
    topics: [String],
    topicsAt: [Number],
    registrations: String,
    createdAt: Number,
    updatedAt: Number,
    lastSeenAt: Number,
    notificationsAt: Number,
    removedAt: Number,
    life: Number,
  },
  [
    { name: 'by_user', keys: { app: 1, user: 1, _id: 1 } },
    { name: 'by_topic', keys: { app: 1, topics: 1, _id: 1 } },
    { name: 'removed', keys: { removedAt: 1 } },
    OUT_INDEX,
  ],
);

/** Devices of an app follow each other by id. */
export function deviceKey(app: string, device: string): string {
  return `${app}|${device}`;
}

/** A filter on `_id`: the devices of an app behind the device `after`. */
export function devicesAfter(app: string, after: string) {
  return op({ $gt: deviceKey(app, after), $lt: `${app}}` });
}
