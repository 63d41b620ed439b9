/** vivo Push, also for iQOO: settings, push tokens, limits, and how a provider is opened. */
import {
  type Interpreting,
  InvalidInputError,
  type Message,
  type Previewable,
  type ProviderKind,
  type PushToken,
  type QuotaKeeping,
  type ReceiptReading,
  type Simulated,
} from '../contract.js';
import { SILENT_REFUSED, toldBefore } from '../shared/message-parts.js';
import { quotasOf } from '../shared/vendor-options.js';
import { vivoChannel } from './channel.js';
import { interpret } from './cures.js';
import { VIVO_LIMITS } from './limits.js';
import { VIVO_DEFAULTS, type VivoOptions, vivoOptions } from './options.js';
import { compile, lifeTime } from './payload.js';
import { VivoProvider } from './provider.js';
import { readReceipts } from './receipts.js';
import { simulatedOptions } from './simulated.js';

/** More than vivo's fields hold together, and than any other vendor takes. */
function isBeyondAll({ notification, data }: Message): boolean {
  return Buffer.byteLength(JSON.stringify([notification, data])) > VIVO_LIMITS.payloadBytesMax;
}

/** vivo takes far less data than others do. */
const told = toldBefore(new Set([SILENT_REFUSED, 'data_keys_too_many', 'payload_too_large', 'click_too_long']));

export const vivoKind: ProviderKind<VivoOptions> &
  Previewable<VivoOptions> &
  Interpreting &
  Simulated<VivoOptions> &
  QuotaKeeping<VivoOptions> &
  ReceiptReading<VivoOptions> = {
  name: 'vivo',
  options: vivoOptions,
  channel: vivoChannel,
  limits: VIVO_LIMITS,
  nativeFor: ['android'],
  makers: ['vivo', 'iqoo'],
  vendor: 'vivo',
  interpret,
  check(message, options = VIVO_DEFAULTS) {
    const { misfits } = compile(message, options);
    return isBeyondAll(message) ? misfits : misfits.map(told);
  },
  parsePushToken,
  simulatedOptions,
  preview(message, _purpose, _now, options = VIVO_DEFAULTS) {
    const { compiled } = compile(message, options);
    if (compiled === undefined) return undefined;
    const { notifyId: _, ...body } = compiled.body;
    return { ...body, ...lifeTime(compiled.ttlSeconds, false, options) };
  },
  quotas: ({ quota }) => quotasOf(quota),
  receiptsName: 'targets',
  readReceipts,
  open: async (options, env) => new VivoProvider(options, env),
};

/** 23 characters in the older document, and no length at all in the newer: what cannot be one is refused, and no more. */
function parsePushToken(raw: unknown): PushToken {
  if (typeof raw !== 'string') throw new InvalidInputError('a regId of vivo is a string');
  if (raw.length < 1 || raw.length > 512) throw new InvalidInputError('a regId of vivo has 1 to 512 characters');
  if (!/^[\x21-\x7e]+$/.test(raw) || /[,;]/.test(raw)) {
    throw new InvalidInputError('a regId of vivo has printable characters, no blanks, commas or semicolons');
  }
  return raw as PushToken; // the brand is given here and nowhere else
}
