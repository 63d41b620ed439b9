/** Honor Push: settings, push tokens, limits, and how a provider is opened. */
import type {
  Interpreting,
  Previewable,
  ProviderKind,
  ProviderLimits,
  QuotaKeeping,
  ReceiptReading,
  Simulated,
} from '../contract.js';
import { quotasOf } from '../shared/vendor-options.js';
import { honorChannel } from './channel.js';
import { interpret } from './cures.js';
import { TTL_SECONDS_MAX } from './misfits.js';
import { type HonorOptions, honorOptions, REQUEST_TARGETS_MAX } from './options.js';
import { compile, PAYLOAD_BYTES_MAX } from './payload.js';
import { HonorProvider } from './provider.js';
import { parsePushToken } from './push-token.js';
import { readReceipts } from './receipts.js';
import { simulatedOptions } from './simulated.js';

export const HONOR_LIMITS: ProviderLimits = Object.freeze({
  batchTargetsMax: 1_000,
  requestTargetsMax: REQUEST_TARGETS_MAX,
  payloadBytesMax: PAYLOAD_BYTES_MAX,
  ttlSecondsMax: TTL_SECONDS_MAX,
});

export const honorKind: ProviderKind<HonorOptions> &
  Previewable<HonorOptions> &
  Interpreting &
  Simulated<HonorOptions> &
  QuotaKeeping<HonorOptions> &
  ReceiptReading<HonorOptions> = {
  name: 'honor',
  options: honorOptions,
  channel: honorChannel,
  limits: HONOR_LIMITS,
  nativeFor: ['android'],
  makers: ['honor', 'hihonor'],
  vendor: 'Honor',
  interpret,
  check: (message, options) => compile(message, options).misfits,
  parsePushToken: (raw) => parsePushToken(raw),
  preview: (message, _purpose, _now, options) => compile(message, options).compiled,
  simulatedOptions,
  quotas: ({ quota }) => quotasOf(quota),
  readReceipts,
  receiptsName: 'targets',
  open: async (options, env) => new HonorProvider(options, { ...HONOR_LIMITS, requestTargetsMax: options.batch }, env),
};
