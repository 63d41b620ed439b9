import type { EpochMs } from '../domain/time.js';
import type { Page, PageRequest } from './page.js';

export interface Subscriber {
  readonly device: string;
  /** Whose the device is now. */
  readonly user: string | null;
  readonly subscribedAt: EpochMs;
}

/** Devices by name, and all devices that users have at the moment of the call. */
export interface Subscribers {
  readonly devices: readonly string[];
  readonly users: readonly string[];
}

export type SubscribeResult =
  | {
      readonly kind: 'subscribed';
      /** Devices that were not subscribed before. */
      readonly added: number;
      /** Devices that do not exist, and users with neither a record nor a device; in the order they were named. */
      readonly unknown: Subscribers;
    }
  /** The device has as many topics as it may; nobody was subscribed. */
  | { readonly kind: 'too_many'; readonly device: string; readonly max: number };

/** Who is subscribed to which topic. A topic exists as long as somebody is subscribed to it. */
export interface TopicStore {
  /** Subscribers in device order. */
  subscribers(app: string, topic: string, page: PageRequest): Promise<Page<Subscriber>>;
  /**
   * Subscribes all or, when one device has no room, none. A subscription that exists keeps its time. `device.updated`
   * tells of those that were not subscribed.
   */
  subscribe(app: string, topic: string, who: Subscribers, now: EpochMs): Promise<SubscribeResult>;
  /** Ends subscriptions, of which `device.updated` tells; what is not there is not missed. @returns how many there were. */
  unsubscribe(app: string, topic: string, who: Subscribers, now: EpochMs): Promise<number>;
}
