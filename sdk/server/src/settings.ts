import type { PealbellOptions } from './options.js';
import { VERSION } from './version.js';

/** The options of a client, checked and complete. */
export interface Settings {
  /** Without a slash at its end. */
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly maxRetryWaitMs: number;
  readonly fetch: typeof fetch;
  readonly onRetry: NonNullable<PealbellOptions['onRetry']>;
}

/** @throws TypeError with what to give instead */
export function readSettings(options: PealbellOptions): Settings {
  const { key, app } = options;
  if (typeof key !== 'string' || !/^[\x21-\x7e]+$/.test(key))
    throw new TypeError("new Pealbell: 'key' must be a server key, pealbell_key_…, without spaces around it");
  return {
    base: readUrl(options.url),
    headers: {
      'user-agent': `pealbell-server/${VERSION}`,
      ...options.headers,
      authorization: `Bearer ${key}`,
      ...(app === undefined ? {} : { 'x-app': app }),
    },
    timeoutMs: count(options.timeoutMs ?? 30_000, 'timeoutMs'),
    retries: count(options.retries ?? 4, 'retries'),
    maxRetryWaitMs: count(options.maxRetryWaitMs ?? 30_000, 'maxRetryWaitMs'),
    // Not bound to the options: a global `fetch` that is replaced later, as tests do, is the one that is used.
    fetch: options.fetch ?? ((...call) => fetch(...call)),
    onRetry: options.onRetry ?? (() => {}),
  };
}

function readUrl(given: string | URL): string {
  const text = String(given);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new TypeError(`new Pealbell: 'url' must be such as https://push.example.com, not '${text}'`);
  if (url.username !== '' || url.password !== '')
    throw new TypeError("new Pealbell: 'url' must not hold a name or a password; the gateway takes a key only");
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function count(value: number, name: string): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new TypeError(`new Pealbell: '${name}' must be a number from 0 on, not ${value}`);
}
