/** Meizu (Flyme) Push: settings, push tokens, limits, and how a provider is opened. */
import type {
  Interpreting,
  Message,
  Misfit,
  Previewable,
  ProviderKind,
  ProviderLimits,
  QuotaKeeping,
  ReceiptReading,
  Simulated,
} from '../contract.js';
import { quotasOf } from '../shared/vendor-options.js';
import { meizuChannel } from './channel.js';
import { interpret } from './cures.js';
import { NOTHING_TO_SHOW, TTL_SECONDS_MAX } from './misfits.js';
import { type MeizuOptions, meizuOptions, REQUEST_TARGETS } from './options.js';
import { compile, PAYLOAD_DEFAULTS } from './payload.js';
import { MeizuProvider } from './provider.js';
import { parsePushToken } from './push-token.js';
import { readReceipts } from './receipts.js';
import { simulatedOptions } from './simulated.js';

export const MEIZU_LIMITS: ProviderLimits = Object.freeze({
  batchTargetsMax: 1_000,
  requestTargetsMax: REQUEST_TARGETS,
  payloadBytesMax: PAYLOAD_DEFAULTS.payload_max,
  ttlSecondsMax: TTL_SECONDS_MAX,
});

export const meizuKind: ProviderKind<MeizuOptions> &
  Previewable<MeizuOptions> &
  Interpreting &
  Simulated<MeizuOptions> &
  QuotaKeeping<MeizuOptions> &
  ReceiptReading<MeizuOptions> = {
  name: 'meizu',
  options: meizuOptions,
  channel: meizuChannel,
  limits: MEIZU_LIMITS,
  nativeFor: ['android'],
  makers: ['meizu'],
  vendor: 'Meizu',
  interpret,
  check,
  parsePushToken: (raw) => parsePushToken(raw),
  preview: (message, _purpose, _now, options) => compile(message, options).compiled,
  simulatedOptions,
  quotas: ({ quota }) => quotasOf(quota),
  readReceipts,
  receiptsName: 'targets',
  open: async (options, env) =>
    new MeizuProvider(
      options,
      { ...MEIZU_LIMITS, requestTargetsMax: options.batch, payloadBytesMax: options.payload_max },
      env,
    ),
};

/** What this vendor alone cannot show must not keep the message from all the others: it is told, and sent to them. */
function check(message: Message, options?: MeizuOptions): readonly Misfit[] {
  return compile(message, options).misfits.map((misfit) =>
    misfit.code === NOTHING_TO_SHOW ? { ...misfit, severity: 'warning' } : misfit,
  );
}
