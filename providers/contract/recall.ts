/** Taking back what devices show. */
import type { VendorDetail } from '../../src/domain/outcome.js';
import type { Batch } from './provider.js';

/**
 * What came of calling one notification back. `recalled`: the vendor has told the device. `impossible`: it never will, for
 * this target. `failed`: not now.
 */
export type RecallOutcome = { readonly kind: 'recalled' | 'impossible' | 'failed' } & {
  readonly detail?: VendorDetail;
};

/** The ability of some providers to take back what devices may be showing. */
export interface Recalling {
  /**
   * At most `limits.batchTargetsMax` targets; one outcome each, in order. Repeating it is harmless. Never rejects for what
   * the vendor or the network does.
   *
   * @param batch.message as it was sent
   */
  recall(batch: Batch, signal: AbortSignal): Promise<readonly RecallOutcome[]>;
}

export function isRecalling(provider: object): provider is Recalling {
  return 'recall' in provider && typeof provider.recall === 'function';
}
