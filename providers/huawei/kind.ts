/** Huawei Push Kit, both generations: settings, push tokens, limits, and how a provider is opened. */
import {
  type Interpreting,
  InvalidInputError,
  type Json,
  type Message,
  type Misfit,
  type Previewable,
  type ProviderEnv,
  type ProviderKind,
  type ProviderLimits,
  type PushToken,
  type QuotaKeeping,
  type ReceiptReading,
  type Simulated,
} from '../contract.js';
import { quotasOf } from '../shared/vendor-options.js';
import { huaweiChannel } from './channel.js';
import { PAYLOAD_BYTES_MAX, TTL_SECONDS_MAX } from './content.js';
import { interpret } from './cures.js';
import { openHuawei } from './open.js';
import { BATCH_MAX, generationsOf, type HuaweiOptions, huaweiOptions, MESSAGE_DEFAULTS } from './options.js';
import { compileV1 } from './payload-v1.js';
import { compileV3 } from './payload-v3.js';
import { readReceipts } from './receipts.js';
import { simulatedOptions } from './simulated.js';

export const HUAWEI_LIMITS: ProviderLimits = Object.freeze({
  batchTargetsMax: BATCH_MAX,
  requestTargetsMax: BATCH_MAX,
  payloadBytesMax: PAYLOAD_BYTES_MAX,
  ttlSecondsMax: TTL_SECONDS_MAX,
});

type HuaweiKind = ProviderKind<HuaweiOptions> &
  Previewable<HuaweiOptions> &
  Interpreting &
  Simulated<HuaweiOptions> &
  QuotaKeeping<HuaweiOptions> &
  ReceiptReading<HuaweiOptions>;

export const huaweiKind: HuaweiKind = {
  name: 'huawei',
  options: huaweiOptions,
  channel: huaweiChannel,
  limits: HUAWEI_LIMITS,
  nativeFor: ['android', 'harmonyos'],
  makers: ['huawei'],
  vendor: 'Huawei',
  interpret,
  check,
  parsePushToken,
  preview,
  simulatedOptions,
  quotas: ({ quota }) => quotasOf(quota),
  receiptsName: 'targets',
  readReceipts,
  open: async (options, env: ProviderEnv) => openHuawei(options, env, HUAWEI_LIMITS),
};

/** Whatever does not fit one of the generations that the message may go to: its devices are not known yet. */
function check(message: Message, options?: HuaweiOptions): readonly Misfit[] {
  const settings = options ?? MESSAGE_DEFAULTS;
  const generations = options === undefined ? (['v1', 'v3'] as const) : generationsOf(options);
  const found = new Map<string, Misfit>();
  for (const generation of generations) {
    const { misfits } = generation === 'v1' ? compileV1(message, settings) : compileV3(message, settings);
    for (const misfit of misfits) {
      const key = `${misfit.code} ${misfit.pointer ?? ''} ${misfit.code === 'payload_too_large' ? '' : misfit.detail}`;
      if (!found.has(key)) found.set(key, misfit);
    }
  }
  return [...found.values()];
}

function preview(message: Message, _purpose: string, _now: number, options?: HuaweiOptions): Json | undefined {
  const settings = options ?? MESSAGE_DEFAULTS;
  const generations = options === undefined ? (['v1', 'v3'] as const) : generationsOf(options);
  const shown: [string, Json][] = [];
  for (const generation of generations) {
    if (generation === 'v1') {
      const { compiled } = compileV1(message, settings);
      if (compiled === undefined) return undefined;
      shown.push(['v1', { message: compiled.message }]);
    } else {
      const { compiled } = compileV3(message, settings);
      if (compiled === undefined) return undefined;
      shown.push(['v3', { 'push-type': compiled.pushType, ...compiled.body }]);
    }
  }
  return Object.fromEntries(shown);
}

/** As it is: Huawei documents neither length nor shape, and lengthens tokens without notice. */
function parsePushToken(raw: unknown): PushToken {
  if (typeof raw !== 'string') throw new InvalidInputError('a push token of Huawei’s is a string');
  if (raw.length < 1 || raw.length > 512) {
    throw new InvalidInputError('a push token of Huawei’s has 1 to 512 characters');
  }
  if (!/^[\x21-\x7e]+$/.test(raw) || /[,;]/.test(raw)) {
    throw new InvalidInputError(
      'a push token of Huawei’s has printable characters, without blanks, commas and semicolons',
    );
  }
  return raw as PushToken; // the brand is given here and nowhere else
}
