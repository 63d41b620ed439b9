import type { ConfigReading } from '../../config/load.js';
import type { ProviderKind } from '../../providers/contract.js';
import type { Clock } from '../domain/time.js';
import type { LiveBus } from '../ports/live-bus.js';
import type { Log } from '../ports/log.js';
import type { BullWorkQueue } from '../queue/bullmq/work-queue.js';
import type { Store } from '../store/store.js';

/** What is different in a test or a demonstration; nothing of it is configuration. */
export interface Variations {
  readonly clock?: Clock;
  readonly log?: Log;
  /** Told of slow steps of a first start, in sentences. */
  readonly onProgress?: (sentence: string) => void;
  /** False leaves out the reconciler: the proof that it is what repairs. */
  readonly reconciler?: boolean;
  /** Sees store, queue and bus before they are used; for counting calls, and for asking a part alone. */
  readonly observeParts?: (parts: {
    readonly store: Store;
    readonly queue: BullWorkQueue;
    readonly bus: LiveBus;
  }) => void;
  /** How long idle connections of callers are kept when it stops, for calls that are on their way. */
  readonly patienceMs?: number;
  /** Take the place of the catalogue's kinds of the same name. */
  readonly kinds?: readonly ProviderKind<unknown>[];
  /** Reads the configuration again; without it the one given is kept for good. */
  readonly readConfig?: () => Promise<ConfigReading>;
}
