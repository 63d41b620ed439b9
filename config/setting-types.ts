/** The types that single settings have: each turns the text of the file into what the program uses. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { parseDataKey } from '../src/domain/data-key.js';
import { isGatewayError } from '../src/domain/errors.js';
import { parseRedisUrl } from '../src/domain/redis-location.js';
import { formatDuration, formatSize, parseDuration, parseRate, parseSize } from './quantity.js';

/** Where a server listens. Port 0 lets the system choose. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** What `queue.url` names. */
export type QueueLocation =
  | { readonly kind: 'store' }
  /** `url` may hold a password: never print it unmasked. */
  | { readonly kind: 'redis'; readonly url: string };

/** What `bus.url` names. */
export type BusLocation =
  | { readonly kind: 'memory' }
  /** `url` may hold a password: never print it unmasked. */
  | { readonly kind: 'redis'; readonly url: string };

/** Where the simulators are that test keys reach. */
export type SimulatorsLocation =
  | { readonly kind: 'off' }
  | { readonly kind: 'embedded' }
  /** `url` is that of the control port of `pealbell simulate`. */
  | { readonly kind: 'remote'; readonly url: string };

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** A duration such as `8s`; the program gets milliseconds. */
export function duration(fallback: string, sentence: string, bounds: Bounds = { min: 1, max: 3_650 * 86_400_000 }) {
  return z
    .string()
    .transform((text, context) => {
      const ms = parseDuration(text);
      const fault =
        ms === undefined
          ? 'must be a duration: a whole number and ms, s, m, h or d, such as 500ms, 8s or 7d'
          : outside(ms, bounds, formatDuration);
      return fault === undefined && ms !== undefined ? ms : refuse(context, fault);
    })
    .prefault(fallback)
    .describe(sentence);
}

/** A size such as `1MB` (powers of 1024); the program gets bytes. */
export function size(fallback: string, sentence: string, bounds: Bounds) {
  return z
    .string()
    .transform((text, context) => {
      const bytes = parseSize(text);
      const fault =
        bytes === undefined
          ? 'must be a size: a whole number and B, KB, MB or GB, such as 64KB or 1MB'
          : outside(bytes, bounds, formatSize);
      return fault === undefined && bytes !== undefined ? bytes : refuse(context, fault);
    })
    .prefault(fallback)
    .describe(sentence);
}

/** A rate such as `2000/s`, or `off`, of which the program gets `undefined`. */
export function rate(fallback: string, sentence: string) {
  return z
    .string()
    .transform((text, context) => {
      if (text === 'off') return undefined;
      const parsed = parseRate(text);
      return parsed ?? refuse(context, 'must be a rate: a whole number per s, m or h, such as 2000/s or 600/m; or off');
    })
    .prefault(fallback)
    .describe(sentence);
}

/** `host:port`, an IPv6 address in brackets. */
export function listenAddress(fallback: string, sentence: string) {
  return z
    .string()
    .transform((text, context): ListenAddress => {
      const [, v6, name, digits] = /^(?:\[([^\]]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text) ?? [];
      const host = v6 ?? name;
      const port = Number(digits);
      if (host === undefined || port > 65_535 || (v6 !== undefined && isIP(v6) !== 6) || looksLikeBrokenIp(name)) {
        return refuse(context, 'must be host:port, such as 127.0.0.1:8080, 0.0.0.0:8080 or [::1]:8080');
      }
      return { host, port };
    })
    .prefault(fallback)
    .describe(sentence);
}

/** An absolute http or https URL without a query; a trailing slash is dropped. */
export function baseUrl(fallback: string, sentence: string) {
  return z
    .string()
    .transform((text, context) => {
      const url = URL.canParse(text) ? new URL(text) : undefined;
      const plain = url !== undefined && url.search === '' && url.hash === '' && url.username === '';
      if (!plain || !/^https?:$/.test(url.protocol)) {
        return refuse(context, 'must be an http:// or https:// URL without user, query or fragment');
      }
      return url.href.replace(/\/$/, '');
    })
    .prefault(fallback)
    .describe(sentence);
}

/** IP addresses and networks in CIDR form. */
export function networks(sentence: string) {
  return z.array(z.string().refine(isNetwork, NETWORK_FAULT)).prefault([]).describe(sentence);
}

/** The queue's URL. */
export function queueUrl(fallback: string, sentence: string) {
  return z
    .string()
    .transform((text, context): QueueLocation => {
      if (text === 'store') return { kind: 'store' };
      if (!/^rediss?[+:]\S*\/\/./.test(text))
        return refuse(context, `must be store, for the database of the store, or ${REDIS}`);
      const location = parseRedisUrl(text);
      return typeof location === 'string' ? refuse(context, location) : { kind: 'redis', url: text };
    })
    .prefault(fallback)
    .describe(sentence);
}

/** The bus's URL. */
export function busUrl(fallback: string, sentence: string) {
  return z
    .string()
    .transform((text, context): BusLocation => {
      if (text === 'memory:') return { kind: 'memory' };
      if (!/^rediss?[+:]\S*\/\/./.test(text))
        return refuse(context, `must be memory:, for one process, or ${REDIS} for several`);
      const location = parseRedisUrl(text);
      return typeof location === 'string' ? refuse(context, location) : { kind: 'redis', url: text };
    })
    .prefault(fallback)
    .describe(sentence);
}

/** `off`, `embedded`, or the control port of a running `pealbell simulate`. */
export function simulatorsLocation(fallback: 'off', sentence: string) {
  return z
    .string()
    .transform((text, context): SimulatorsLocation => {
      if (text === 'off' || text === 'embedded') return { kind: text };
      const url = /^http:\/\//.test(text) && URL.canParse(text) ? new URL(text) : undefined;
      const plain = url?.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
      if (url !== undefined && plain) return { kind: 'remote', url: url.origin };
      return refuse(
        context,
        'must be off, embedded, or the control port of a running `pealbell simulate`, such as http://127.0.0.1:7700',
      );
    })
    .prefault(fallback)
    .describe(sentence);
}

/** The text of a data-key file (`src/domain/data-key.ts`), checked but kept as text. */
export function dataKeyText(sentence: string, example: string) {
  return z
    .string()
    .superRefine((text, context) => {
      try {
        parseDataKey(text);
      } catch (error) {
        if (!isGatewayError(error)) throw error;
        context.addIssue({ code: 'custom', message: `is not a data key. ${error.message}` });
      }
    })
    .optional()
    .describe(sentence)
    .meta({ secret: true, examples: [example] });
}

const REDIS = 'redis://user:password@host (rediss:// over TLS)';
const NETWORK_FAULT = 'must be an IP address or a network such as 10.0.0.0/8 or fd00::/8';

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** `999.0.0.1` would be looked up as a name, which only fails at start: it is told here. */
function looksLikeBrokenIp(name: string | undefined): boolean {
  return name !== undefined && /^[\d.]+$/.test(name) && isIP(name) !== 4;
}

function outside(value: number, { min, max }: Bounds, format: (value: number) => string): string | undefined {
  if (value >= min && value <= max) return undefined;
  return `must be from ${format(min)} to ${format(max)}`;
}

function refuse(context: z.RefinementCtx, message: string | undefined): never {
  context.addIssue({ code: 'custom', message: message ?? 'is invalid' });
  return z.NEVER;
}
