import type { ProviderLimits } from '../contract.js';
import { LIST_TARGETS_MAX } from './options.js';

export const VIVO_LIMITS: ProviderLimits = Object.freeze({
  batchTargetsMax: LIST_TARGETS_MAX,
  requestTargetsMax: LIST_TARGETS_MAX,
  // vivo bounds each field and not the whole: title, body, link and data, four bytes a character.
  payloadBytesMax: 4 * (40 + 100 + 2_048 + 1_024),
  ttlSecondsMax: 86_400,
});
