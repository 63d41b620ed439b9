import type { ProviderLimits } from '../contract.js';
import { quotasOf } from '../shared/vendor-options.js';
import type { HttpOptions } from './settings.js';

/** Of the kind; a file may set less. */
export const HTTP_LIMITS: ProviderLimits = Object.freeze({
  batchTargetsMax: 1_000,
  requestTargetsMax: 1_000,
  payloadBytesMax: 1_048_576,
  ttlSecondsMax: 30 * 86_400,
});

export function limitsOf({ batch, payload_bytes_max }: HttpOptions): ProviderLimits {
  return Object.freeze({
    ...HTTP_LIMITS,
    // One request each: the figure bounds how much one call holds.
    ...(batch === 1 ? { batchTargetsMax: 500 } : {}),
    requestTargetsMax: batch,
    payloadBytesMax: payload_bytes_max,
  });
}

/** In minutes after midnight UTC. */
export function dayStartsOf({ quota }: HttpOptions): number {
  return quotasOf(quota).dayStartsMinutes;
}
