import { createHmac, timingSafeEqual } from 'node:crypto';
import type { WebhookBody, WebhookEvent } from './webhook-events.js';

/** Why a call is not believed. */
export type WebhookFault =
  | 'missing_header'
  | 'invalid_header'
  | 'too_old'
  | 'too_new'
  | 'no_matching_signature'
  | 'invalid_body';

/** A call that is not believed: answer it with 400, and do nothing of what it says. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError';
  readonly code: WebhookFault;

  constructor(code: WebhookFault, message: string) {
    super(message);
    this.code = code;
  }
}

/** As Node, Express and `fetch` give them; how a name is spelt does not count. */
export type WebhookHeaders = Pick<Headers, 'get'> | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyOptions {
  /** How far the clocks of sender and receiver may be apart, and how long a call may be repeated. Default 300 s. */
  readonly toleranceSeconds?: number;
  /** Time of day in milliseconds; `Date.now()` when absent. */
  readonly now?: () => number;
}

/** A call that is signed as it should be. */
export interface WebhookCall {
  /** `webhook-id`: the same in every attempt of this call. */
  readonly id: string;
  /** When the call was made, RFC 3339; the same in every attempt. */
  readonly timestamp: string;
  /** Counts the calls of the endpoint without gaps. */
  readonly endpoint_seq: number;
  readonly events: readonly WebhookEvent[];
}

const TOLERANCE_SECONDS = 300;
const PREFIX = 'whsec_';
const HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;

/**
 * Finds out whether a call comes from your gateway (Standard Webhooks 1.0), and reads its events. Remembers nothing: the
 * same call may come again, and an event keeps its `id` then.
 *
 * @param body as it came, byte for byte: what a JSON parser made of it has another signature
 * @param secrets of the endpoint, one or several; one that fits is enough
 * @throws WebhookVerificationError whose `code` says why the call is not believed
 * @throws TypeError for a secret that is none, or a body that was parsed already
 *
 * @example
 * ```ts
 * const { events } = verifyWebhook(request.headers, await request.text(), process.env.HOOK_SECRET ?? '');
 * for (const event of events) {
 *   if (event.type === 'device.token_invalid') console.log(event.data.device, event.data.reason);
 * }
 * ```
 */
export function verifyWebhook(
  headers: WebhookHeaders,
  body: string | Uint8Array,
  secrets: string | readonly string[],
  options: VerifyOptions = {},
): WebhookCall {
  const keys = readSecrets(secrets);
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
    throw new TypeError(
      'verifyWebhook needs the body as it came, a string or bytes, not what a JSON parser made of it',
    );
  }
  const [id, timestamp, signatures] = HEADERS.map((name) => readHeader(headers, name)) as [string, string, string];
  checkTime(timestamp, options);
  if (!isSigned(`${id}.${timestamp}.`, body, signatures, keys)) {
    throw new WebhookVerificationError(
      'no_matching_signature',
      'no signature matches: the secret is another, or something on the way has changed the body',
    );
  }
  const { timestamp: madeAt, data } = parse(body);
  return { id, timestamp: madeAt, endpoint_seq: data.endpoint_seq, events: data.events };
}

/**
 * The keys of secrets.
 *
 * @throws TypeError for one that is none; it is not in the text
 */
export function readSecrets(secrets: string | readonly string[]): readonly Uint8Array[] {
  const list = typeof secrets === 'string' ? [secrets] : secrets;
  if (list.length === 0) throw new TypeError('a secret is needed: whsec_…, as the endpoint showed it when it was made');
  return list.map((secret) => {
    const encoded = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
    if (encoded !== '' && /^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return Buffer.from(encoded, 'base64');
    throw new TypeError(`a secret is ${PREFIX} and base64, as the endpoint showed it when it was made`);
  });
}

function readHeader(headers: WebhookHeaders, name: string): string {
  const value = isLookup(headers) ? headers.get(name) : findHeader(headers, name);
  if (value === undefined || value === null || value === '') {
    throw new WebhookVerificationError('missing_header', `the header ${name} is missing`);
  }
  return value;
}

function isLookup(headers: WebhookHeaders): headers is Pick<Headers, 'get'> {
  return typeof headers.get === 'function';
}

function findHeader(headers: Exclude<WebhookHeaders, Pick<Headers, 'get'>>, name: string): string | undefined {
  const value = headers[name] ?? Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof value === 'object' ? value.join(' ') : value;
}

function checkTime(timestamp: string, { toleranceSeconds = TOLERANCE_SECONDS, now = Date.now }: VerifyOptions): void {
  if (!/^\d{1,12}$/.test(timestamp)) {
    throw new WebhookVerificationError('invalid_header', 'the header webhook-timestamp is no time in seconds');
  }
  const age = Math.floor(now() / 1_000) - Number(timestamp);
  if (age > toleranceSeconds) {
    throw new WebhookVerificationError('too_old', `the call was signed ${age} s ago: an old one, or a clock is wrong`);
  }
  if (-age > toleranceSeconds) {
    throw new WebhookVerificationError('too_new', `the call was signed ${-age} s in the future: a clock is wrong`);
  }
}

function isSigned(head: string, body: string | Uint8Array, signatures: string, keys: readonly Uint8Array[]): boolean {
  const given = signatures.split(' ').flatMap((signature) => {
    const [version, encoded = ''] = signature.split(',', 2);
    return version === 'v1' ? [Buffer.from(encoded)] : [];
  });
  let fits = false;
  for (const key of keys) {
    const expected = Buffer.from(createHmac('sha256', key).update(head).update(body).digest('base64'));
    // Every pair is compared, each in constant time: how long it takes tells nothing.
    for (const one of given) if (one.length === expected.length && timingSafeEqual(one, expected)) fits = true;
  }
  return fits;
}

function parse(body: string | Uint8Array): WebhookBody {
  try {
    const value: unknown = JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body));
    if (isWebhookBody(value)) return value;
  } catch {
    // told below
  }
  throw new WebhookVerificationError('invalid_body', 'it is signed rightly, but its body is not one of Pealbell');
}

function isWebhookBody(value: unknown): value is WebhookBody {
  const body = value as Partial<WebhookBody> | null; // every member is looked at before it is believed
  return body?.type === 'events' && typeof body.timestamp === 'string' && Array.isArray(body.data?.events);
}
