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
  /**
   * Keys of deliveries that are named by message and push token. A device is found by its registration with that token, live
   * or retired, whatever it was sent; a bare push token by the record of its delivery, which goes first. Keyed
   * `<message>|<tokenHash>`; those of which neither is known are left out.
   */
  findTargets(
    app: string,
    provider: string,
    targets: readonly { readonly message: string; readonly tokenHash: string }[],
  ): Promise<ReadonlyMap<string, string>>;
  /** Removes names older than `before`, at most `limit`. @returns how many */
  sweep(before: EpochMs, limit: number): Promise<number>;
}
