import type { EpochMs } from '../../../domain/time.js';
import { collection } from '../engine/collection.js';

/** What a vendor calls a delivery; `_id` is `app|provider|name`. */
export interface VendorNameDoc {
  readonly _id: string;
  readonly message: string;
  readonly key: string;
  readonly at: EpochMs;
}

export const VENDOR_NAMES = collection<VendorNameDoc>('vendor_names', { message: String, key: String, at: Number }, [
  { name: 'by_age', keys: { at: 1 } },
]);
