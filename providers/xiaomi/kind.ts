/** Xiaomi's push service (MiPush), for Xiaomi, Redmi and POCO: limits, push tokens, and how a provider is opened. */
import {
  type Interpreting,
  InvalidInputError,
  type Previewable,
  type ProviderKind,
  type ProviderLimits,
  type PushToken,
  type QuotaKeeping,
  type ReceiptReading,
  type Regional,
  type Simulated,
} from '../contract.js';
import { quotasOf } from '../shared/vendor-options.js';
import { xiaomiChannel } from './channel.js';
import { interpret } from './cures.js';
import { REQUEST_TARGETS_MAX, type XiaomiOptions, xiaomiOptions } from './options.js';
import { compile } from './payload.js';
import { RecallingXiaomiProvider, XiaomiProvider } from './provider.js';
import { readReceipts } from './receipts.js';
import { REGIONS, regionOf } from './regions.js';
import { simulatedOptions } from './simulated.js';

/** What holds where the app's file says nothing else. */
const DEFAULTS = xiaomiOptions.parse({ package_name: 'com.example.app', app_secret: 'none' });

export const XIAOMI_LIMITS: ProviderLimits = Object.freeze(limitsOf(DEFAULTS));

export const xiaomiKind: ProviderKind<XiaomiOptions> &
  Previewable<XiaomiOptions> &
  Interpreting &
  Simulated<XiaomiOptions> &
  QuotaKeeping<XiaomiOptions> &
  ReceiptReading<XiaomiOptions> &
  Regional = {
  name: 'xiaomi',
  options: xiaomiOptions,
  channel: xiaomiChannel,
  limits: XIAOMI_LIMITS,
  nativeFor: ['android'],
  makers: ['xiaomi', 'redmi', 'poco'],
  vendor: 'Xiaomi',
  interpret,
  check: (message, options = DEFAULTS) => compile(message, options).misfits,
  parsePushToken,
  parseRegion,
  simulatedOptions,
  quotas: ({ quota }) => quotasOf(quota),
  receiptsName: 'targets',
  readReceipts,
  preview(message, _purpose, _now, options = DEFAULTS) {
    const { compiled } = compile(message, options);
    return compiled === undefined ? undefined : { ...compiled.form };
  },
  open: async (options, env) => {
    const Provider = options.recall ? RecallingXiaomiProvider : XiaomiProvider;
    return new Provider(options, limitsOf(options), env);
  },
};

function limitsOf({ batch, payload_bytes_max, ttl_seconds_max }: XiaomiOptions): ProviderLimits {
  return {
    batchTargetsMax: REQUEST_TARGETS_MAX,
    requestTargetsMax: batch,
    payloadBytesMax: payload_bytes_max,
    ttlSecondsMax: Math.max(ttl_seconds_max.transactional, ttl_seconds_max.marketing),
  };
}

const PUSH_TOKEN_CHARS_MAX = 512;

/** As it is: base64 text as far as is known, of no documented length. In requests commas part one from the next. */
function parsePushToken(raw: unknown): PushToken {
  if (typeof raw !== 'string') throw new InvalidInputError('a regId of Xiaomi is a string');
  if (raw.length === 0 || raw.length > PUSH_TOKEN_CHARS_MAX) {
    throw new InvalidInputError(`a regId of Xiaomi has 1 to ${PUSH_TOKEN_CHARS_MAX} characters`);
  }
  if (!/^[\x21-\x7e]+$/.test(raw) || /[,;]/.test(raw)) {
    throw new InvalidInputError('a regId of Xiaomi has neither blanks, commas nor semicolons; is it one regId?');
  }
  return raw as PushToken; // the brand is given here and nowhere else
}

function parseRegion(raw: string): string {
  const region = regionOf(raw);
  if (region !== undefined) return region;
  throw new InvalidInputError(`Xiaomi has no region ${JSON.stringify(raw)}: it is one of ${REGIONS.join(', ')}`);
}
