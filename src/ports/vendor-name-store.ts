import type { EpochMs } from '../domain/time.js';

/** A name by which a vendor knows a delivery: the id that it answered with, or ours that it was given. */
export interface VendorName {
  readonly app: string;
  readonly provider: string;
  readonly name: string;
  readonly message: string;
  /** Key of the delivery. */
  readonly key: string;
}

/** What vendors call deliveries, of providers whose vendors tell of receipts. */
export interface VendorNameStore {
  /** A name that is there already stands for the newer delivery from now on. At most 1,000. */
  remember(names: readonly VendorName[], now: EpochMs): Promise<void>;
  /** By name; unknown ones are left out. */
  find(
    app: string,
    provider: string,
    names: readonly string[],
  ): Promise<ReadonlyMap<string, Pick<VendorName, 'message' | 'key'>>>;
  /** Removes names older than `before`, at most `limit`. @returns how many */
  sweep(before: EpochMs, limit: number): Promise<number>;
}
