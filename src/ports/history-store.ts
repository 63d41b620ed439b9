import type { Delivery } from '../domain/delivery.js';
import type { MessageView } from './message-store.js';
import type { Page, PageRequest } from './page.js';

/** One message to one of a user's devices. */
export interface UserDelivery {
  readonly delivery: Delivery;
  readonly message: MessageView;
}

/**
 * Deliveries as their readers ask for them. What was tried or has ended is recorded; what was not tried yet stands in open
 * chunks only, and is shown as `queued`. With `track` `failures` or `none` only what is kept is there.
 */
export interface HistoryStore {
  /**
   * What was meant for a user's devices: the newest message first, a message's devices in key order. Empty for an
   * unknown user. What stands there when paging begins is given exactly once, also when it settles meanwhile; newer
   * messages are not.
   *
   * One call looks into at most 2,048 open chunks of the app (more only where a single message has more than 256). Where
   * more lie between the user's deliveries, the page ends there: with fewer than `limit`, perhaps none, and a cursor that
   * goes on.
   */
  ofUser(app: string, user: string, page: PageRequest): Promise<Page<UserDelivery>>;
  /** The next deliveries of a message in key order behind the key `after`; fewer than `limit` (1 to 1,000) only at the end. */
  after(app: string, message: string, after: string, limit: number): Promise<readonly Delivery[]>;
  /** The delivery of a message to one device; undefined where there is none, or none is kept. */
  delivery(app: string, message: string, key: string): Promise<Delivery | undefined>;
}
