import type { DataKey } from '../../domain/data-key.js';
import type { Ownership } from '../../store/postgres/engine/owner.js';
import type { QueuePool } from '../../store/postgres/engine/sql.js';
import type { Store } from '../../store/store.js';

/** A store that is open, and what else its database gives. Whoever uses it does not know which database it is. */
export interface StoreEngine {
  readonly store: Store;
  readonly dataKey: DataKey;
  /** Asks whether it takes work. @throws GatewayError `store_unavailable` */
  ping(): Promise<void>;
  /** What its database would do by itself if it were a server; harmless at any time. */
  maintain(): Promise<void>;
  /** Calls of accept that it does side by side. */
  readonly acceptsAtOnce: number;
  /** Where the queue may live in the same database; absent where it cannot. */
  readonly queuePool: QueuePool | undefined;
  /** Of a store that belongs to this process alone. */
  readonly ownership: Ownership | undefined;
  /** @throws GatewayError `disk_full` when there is no room for more */
  assertRoom(): void;
}
