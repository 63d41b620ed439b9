/** A simulator with a clock, faults and a ledger in plain sight, and a bare client to try it with. */
import { createCipheriv, createHmac, createPrivateKey, type ECDH, randomBytes, sign } from 'node:crypto';
import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import webPush from 'web-push';
import type { Fault, LedgerEntry } from '../../../../providers/simulation.js';
import {
  createVapidKeys,
  type PushSubscriptionJson,
  type ServiceName,
  startWebPushSimulator,
  type VapidKeys,
  type WebPushSimulator,
} from '../../../../providers/webpush/simulator.js';
import { createLoopbackCertificate } from '../../../../src/simulators/certificates.js';

export const START_MS = 1_800_000_000_000;
export const HOUR_MS = 3_600_000;
export const SUBJECT = 'mailto:ops@example.com';
export const PAYLOAD = JSON.stringify({ title: 'hello' });

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Rig {
  readonly simulator: WebPushSimulator;
  readonly vapid: VapidKeys;
  readonly ca: string;
  readonly clock: { now: number };
  readonly ledger: LedgerEntry[];
  /** Faults by endpoint; one is used up by each request. */
  readonly faults: Map<string, Fault[]>;
  /** One subscription, bound to the rig's VAPID key. */
  subscribe(service?: ServiceName): Promise<PushSubscriptionJson>;
  /** An `Authorization` for the origin of an endpoint, good for 12 hours. Claims set to `undefined` are left out. */
  authorization(endpoint: string, changes?: Authorization): string;
  /** A session with the service of an endpoint. */
  connect(endpoint: string): Promise<ClientHttp2Session>;
  close(): Promise<void>;
}

export interface Authorization {
  readonly claims?: object;
  readonly header?: object;
  readonly keys?: VapidKeys;
  /** Said in `k`, whatever signed. */
  readonly k?: string;
}

let certificate: ReturnType<typeof createLoopbackCertificate> | undefined;

export async function openRig(options: { readonly latencyMs?: number } = {}): Promise<Rig> {
  certificate ??= createLoopbackCertificate();
  const { ca, tls } = await certificate;
  const vapid = createVapidKeys();
  const clock = { now: START_MS };
  const ledger: LedgerEntry[] = [];
  const faults = new Map<string, Fault[]>();
  const sessions: ClientHttp2Session[] = [];
  const simulator = await startWebPushSimulator({
    ...options,
    tls,
    ledger: { write: (entry) => ledger.push(entry) },
    faults: { take: (provider, token) => (provider === 'webpush' ? faults.get(token)?.shift() : undefined) },
    now: () => clock.now,
  });
  return {
    simulator,
    vapid,
    ca,
    clock,
    ledger,
    faults,
    subscribe: async (service = 'google') => {
      const [subscription] = await simulator.subscribe({ service, count: 1, vapidKey: vapid.publicKey });
      if (subscription === undefined) throw new Error('no subscription was made');
      return subscription;
    },
    authorization: (endpoint, { claims = {}, header = {}, keys = vapid, k = keys.publicKey } = {}) => {
      const exp = Math.floor(clock.now / 1000) + 12 * 3600;
      const allClaims = { aud: new URL(endpoint).origin, exp, sub: SUBJECT, ...claims };
      return `vapid t=${signJwt({ typ: 'JWT', alg: 'ES256', ...header }, allClaims, keys)}, k=${k}`;
    },
    connect: async (endpoint) => {
      const session = connect(new URL(endpoint).origin, { ca });
      // Tests cut connections on purpose; what a request makes of it is asserted there.
      session.on('error', () => undefined);
      sessions.push(session);
      await once(session, 'remoteSettings');
      return session;
    },
    close: async () => {
      for (const session of sessions) session.destroy();
      await simulator.close();
    },
  };
}

function signJwt(header: object, claims: object, { publicKey, privateKey: d }: VapidKeys): string {
  const point = Buffer.from(publicKey, 'base64url');
  const x = point.subarray(1, 33).toString('base64url');
  const y = point.subarray(33).toString('base64url');
  const key = createPrivateKey({ key: { kty: 'EC', crv: 'P-256', x, y, d }, format: 'jwk' });
  const head = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${head}.${sign('sha256', Buffer.from(head), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/** The body of one message, encrypted by web-push. */
export function encrypt({ keys }: PushSubscriptionJson, plain: string | Buffer = PAYLOAD): Buffer {
  return webPush.encrypt(keys.p256dh, keys.auth, plain, 'aes128gcm').cipherText;
}

/** The same with a key pair of choice, which web-push does not offer (RFC 8291 §3, RFC 8188 §2). */
export function encryptAs(sender: ECDH, { keys }: PushSubscriptionJson, plain = PAYLOAD): Buffer {
  const hmac = (key: Buffer, ...data: (Buffer | string)[]): Buffer =>
    createHmac('sha256', key)
      .update(Buffer.concat(data.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part))))
      .digest();
  const [receiver, auth, salt] = [
    Buffer.from(keys.p256dh, 'base64url'),
    Buffer.from(keys.auth, 'base64url'),
    randomBytes(16),
  ];
  const publicKey = sender.getPublicKey();
  const ikm = hmac(hmac(auth, sender.computeSecret(receiver)), 'WebPush: info\0', receiver, publicKey, '\u0001');
  const prk = hmac(salt, ikm);
  const key = hmac(prk, 'Content-Encoding: aes128gcm\0\u0001').subarray(0, 16);
  const cipher = createCipheriv('aes-128-gcm', key, hmac(prk, 'Content-Encoding: nonce\0\u0001').subarray(0, 12));
  const record = Buffer.concat([cipher.update(`${plain}\u0002`), cipher.final(), cipher.getAuthTag()]);
  return Buffer.concat([salt, Buffer.from([0, 0, 16, 0, publicKey.length]), publicKey, record]);
}

/** Headers that every service would take; a field set to `undefined` is left out. */
export function pushHeaders(
  rig: Rig,
  { endpoint }: PushSubscriptionJson,
  changes: Record<string, string | undefined> = {},
): OutgoingHttpHeaders {
  const { pathname, search } = new URL(endpoint);
  const headers = {
    ':method': 'POST',
    ':path': `${pathname}${search}`,
    authorization: changes.authorization ?? rig.authorization(endpoint),
    ttl: '60',
    'content-encoding': 'aes128gcm',
    'content-type': 'application/octet-stream',
    ...changes,
  };
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
}

/** Sends one request and waits for its answer. Rejects when the stream ends without one. */
export function push(session: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: Buffer): Promise<Answered> {
  return answerOf(session.request(headers).end(body));
}

export function answerOf(stream: ClientHttp2Stream): Promise<Answered> {
  return new Promise((resolve, reject) => {
    let headers: IncomingHttpHeaders | undefined;
    let body = '';
    stream.setEncoding('utf8');
    stream.on('response', (received) => {
      headers = received;
    });
    stream.on('data', (chunk: string) => {
      body += chunk;
    });
    stream.on('error', reject);
    stream.on('close', () => {
      if (headers === undefined) return reject(new Error(`no answer; stream closed with code ${stream.rstCode}`));
      resolve({ status: Number(headers[':status']), headers, body });
    });
  });
}
