/** Any service that is asked over HTTP, by configuration alone. */
import type { Interpreting, NativeByOptions, Previewable, ProviderKind, QuotaKeeping, Simulated } from '../contract.js';
import { quotasOf } from '../shared/vendor-options.js';
import { httpChannel } from './channel.js';
import { interpret } from './cures.js';
import { HTTP_LIMITS, limitsOf } from './limits.js';
import { fitMessage } from './misfits.js';
import { httpOptions } from './options.js';
import { planOf } from './plan.js';
import { openHttpProvider } from './provider.js';
import { parsePushToken } from './push-token.js';
import { shownBody } from './request.js';
import type { HttpOptions } from './settings.js';
import { simulatedOptions } from './simulated.js';

export const httpKind: ProviderKind<HttpOptions> &
  Previewable<HttpOptions> &
  Interpreting &
  Simulated<HttpOptions> &
  QuotaKeeping<HttpOptions> &
  NativeByOptions<HttpOptions> = {
  name: 'http',
  options: httpOptions,
  channel: httpChannel,
  limits: HTTP_LIMITS,
  nativeFor: [],
  nativeBy: ({ native_for, makers }) => ({ nativeFor: native_for, ...(makers === undefined ? {} : { makers }) }),
  vendor: 'the service',
  interpret,
  check: (message, options) => (options === undefined ? [] : fitMessage(message, options, planOf(options), 0).misfits),
  parsePushToken: (raw, options) => parsePushToken(raw, options?.token),
  simulatedOptions,
  quotas: ({ quota }) => quotasOf(quota),
  preview(message, _purpose, now, options) {
    if (options === undefined) return undefined;
    const { filling } = fitMessage(message, options, planOf(options), now);
    return filling === undefined ? undefined : shownBody(filling, now);
  },
  open: async (options, env) => openHttpProvider(options, limitsOf(options), env),
};
