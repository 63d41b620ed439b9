/** OPPO (HeyTap) Push, which serves OnePlus and realme too: settings, limits, and how a provider is opened. */
import type {
  Interpreting,
  Previewable,
  ProviderKind,
  ProviderLimits,
  QuotaKeeping,
  ReceiptReading,
  Simulated,
} from '../contract.js';
import { SILENT_REFUSED, toldBefore } from '../shared/message-parts.js';
import { quotasOf } from '../shared/vendor-options.js';
import { oppoChannel, PARAMETER_MISSING } from './channel.js';
import { interpret } from './cures.js';
import { TTL_SECONDS_MAX } from './misfits.js';
import { compile, PARAMETERS_MAX } from './payload.js';
import { OppoProvider } from './provider.js';
import { parsePushToken } from './push-token.js';
import { readReceipts } from './receipts.js';
import { type OppoOptions, oppoOptions } from './settings.js';
import { simulatedOptions } from './simulated.js';

export const OPPO_LIMITS: ProviderLimits = Object.freeze({
  batchTargetsMax: 1_000,
  requestTargetsMax: 1_000,
  payloadBytesMax: PARAMETERS_MAX,
  ttlSecondsMax: TTL_SECONDS_MAX,
});

const told = toldBefore(new Set([SILENT_REFUSED, PARAMETER_MISSING]));

export const oppoKind: ProviderKind<OppoOptions> &
  Previewable<OppoOptions> &
  Interpreting &
  Simulated<OppoOptions> &
  QuotaKeeping<OppoOptions> &
  ReceiptReading<OppoOptions> = {
  name: 'oppo',
  options: oppoOptions,
  channel: oppoChannel,
  limits: OPPO_LIMITS,
  nativeFor: ['android'],
  makers: ['oppo', 'oneplus', 'realme'],
  vendor: 'OPPO',
  interpret,
  check: (message, options) => compile(message, options).misfits.map(told),
  parsePushToken: (raw) => parsePushToken(raw),
  preview: (message, _purpose, _now, options) => compile(message, options).compiled?.notification,
  simulatedOptions,
  quotas: ({ quota }) => quotasOf(quota),
  receiptsName: 'targets',
  readReceipts: (request) => readReceipts(request),
  open: async (options, env) => new OppoProvider(options, { ...OPPO_LIMITS, requestTargetsMax: options.batch }, env),
};
