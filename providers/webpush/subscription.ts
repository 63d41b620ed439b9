/** A browser's push subscription as a push token: reading, checking, canonical form. */
import { ECDH } from 'node:crypto';
import { InvalidInputError, type PushToken } from '../contract.js';
import { fromBase64url, toBase64url } from './base64url.js';
import type { Recipient } from './encryption.js';
import type { ServiceName, ServiceOf } from './push-service.js';

const ENDPOINT_CHARACTERS_MAX = 2048;
const TOKEN_CHARACTERS_MAX = 4096;

export interface Subscription extends Recipient {
  readonly endpoint: URL;
  /** Where requests for it go: the endpoint itself, unless something stands in for its push service. */
  readonly url: URL;
  readonly service: ServiceName;
}

/**
 * Takes what `PushSubscription.toJSON()` gives, as an object or as text: `{endpoint, keys: {p256dh, auth}}`; other
 * members are left out. The canonical form is JSON text of these three, keys in base64url without padding.
 *
 * @throws InvalidInputError
 */
export function parseSubscription(raw: unknown, serviceOf: ServiceOf): PushToken {
  const { endpoint, p256dh, auth } = readSubscription(raw, serviceOf);
  try {
    ECDH.convertKey(p256dh, 'prime256v1', undefined, undefined, 'uncompressed');
  } catch {
    throw new InvalidInputError('keys.p256dh is a point on the curve P-256');
  }
  // The brand is given here and nowhere else.
  return JSON.stringify({
    endpoint: endpoint.href,
    keys: { p256dh: toBase64url(p256dh), auth: toBase64url(auth) },
  }) as PushToken;
}

/**
 * The same checks over again but for the curve, which the encryption makes: hosts that the operator struck off are
 * refused from then on. @throws InvalidInputError
 */
export function readSubscription(raw: unknown, serviceOf: ServiceOf): Subscription {
  const value = typeof raw === 'string' ? fromJson(raw) : raw;
  if (!isRecord(value)) throw new InvalidInputError(`a Web Push subscription is ${SHAPE}`);
  const { endpoint, keys } = value;
  if (typeof endpoint !== 'string' || !isRecord(keys)) {
    throw new InvalidInputError(`a Web Push subscription is ${SHAPE}`);
  }
  const read = readEndpoint(endpoint);
  const destination = serviceOf(read);
  if (destination === undefined) {
    throw new InvalidInputError(
      'the endpoint belongs to no known push service; the operator can add its host to push_services',
    );
  }
  return { endpoint: read, ...destination, p256dh: readPoint(keys.p256dh), auth: readAuth(keys.auth) };
}

const SHAPE = '{endpoint, keys: {p256dh, auth}}, what PushSubscription.toJSON() gives in the browser';

function readEndpoint(text: string): URL {
  if (text.length > ENDPOINT_CHARACTERS_MAX) {
    throw new InvalidInputError(`an endpoint has at most ${ENDPOINT_CHARACTERS_MAX} characters`);
  }
  if (!URL.canParse(text)) throw new InvalidInputError('the endpoint is no absolute URL');
  const url = new URL(text);
  if (url.protocol !== 'https:') throw new InvalidInputError('the endpoint is an https URL');
  if (url.username !== '' || url.password !== '') throw new InvalidInputError('the endpoint holds no user or password');
  if (text.includes('#')) throw new InvalidInputError('the endpoint has no fragment');
  if (url.href.length > ENDPOINT_CHARACTERS_MAX) {
    throw new InvalidInputError(`an endpoint has at most ${ENDPOINT_CHARACTERS_MAX} characters, percent-encoded`);
  }
  return url;
}

function readPoint(text: unknown): Buffer {
  const point = typeof text === 'string' && text.length <= 100 ? fromBase64url(text) : undefined;
  if (point?.length !== 65 || point[0] !== 4) {
    throw new InvalidInputError('keys.p256dh is an uncompressed point of 65 bytes in base64url');
  }
  return point;
}

function readAuth(text: unknown): Buffer {
  const auth = typeof text === 'string' && text.length <= 32 ? fromBase64url(text) : undefined;
  if (auth?.length !== 16) throw new InvalidInputError('keys.auth is 16 bytes in base64url');
  return auth;
}

function fromJson(text: string): unknown {
  if (text.length > TOKEN_CHARACTERS_MAX) {
    throw new InvalidInputError(`a Web Push subscription has at most ${TOKEN_CHARACTERS_MAX} characters of JSON`);
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
