/** A simulator with a clock, faults and a ledger in plain sight, and a bare HTTP/2 client to try it with. */
import { sign } from 'node:crypto';
import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import {
  type ApnsAccount,
  type ApnsCredentials,
  type ApnsSimulator,
  type ApnsSimulatorOptions,
  createApnsCredentials,
  type IssuedCertificate,
  startApnsSimulator,
} from '../../../../providers/apns/simulator.js';
import type { Fault, LedgerEntry } from '../../../../providers/simulation.js';
import { createLoopbackCertificate } from '../../../../src/simulators/certificates.js';

export const BUNDLE_ID = 'com.example.shop';
export const DEVICE = 'a1'.repeat(32);
export const START_MS = 1_800_000_000_000;
export const MINUTE_MS = 60_000;

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly reason?: string; readonly timestamp?: number } | undefined;
}

export interface Rig {
  readonly simulator: ApnsSimulator;
  readonly credentials: ApnsCredentials;
  readonly ca: string;
  readonly clock: { now: number };
  readonly ledger: LedgerEntry[];
  /** Faults by device token; one is used up by each request. */
  readonly faults: Map<string, Fault[]>;
  /** A provider token of the rig's account, issued now; asked for the same again, it is the same token. */
  jwt(claims?: object, header?: object, credentials?: ApnsCredentials): string;
  /** A session whose SETTINGS have arrived. */
  connect(environment?: 'production' | 'sandbox', certificate?: IssuedCertificate): Promise<ClientHttp2Session>;
  close(): Promise<void>;
}

let certificate: ReturnType<typeof createLoopbackCertificate> | undefined;

export async function openRig(
  options: Partial<Pick<ApnsSimulatorOptions, 'latencyMs' | 'streams' | 'authority'>> & {
    readonly accounts?: ApnsAccount[];
  } = {},
): Promise<Rig> {
  certificate ??= createLoopbackCertificate();
  const { ca, tls } = await certificate;
  const credentials = createApnsCredentials({ bundleIds: [BUNDLE_ID] });
  const clock = { now: START_MS };
  const ledger: LedgerEntry[] = [];
  const faults = new Map<string, Fault[]>();
  const sessions: ClientHttp2Session[] = [];
  const jwts = new Map<string, string>();
  const simulator = await startApnsSimulator({
    ...options,
    tls,
    accounts: [credentials, ...(options.accounts ?? [])],
    ledger: { write: (entry) => ledger.push(entry) },
    faults: { take: (_provider, token) => faults.get(token)?.shift() },
    now: () => clock.now,
  });
  return {
    simulator,
    credentials,
    ca,
    clock,
    ledger,
    faults,
    jwt: (claims = {}, header = {}, signer = credentials) => {
      const allHeaders = { alg: 'ES256', kid: signer.keyId, ...header };
      const allClaims = { iss: signer.teamId, iat: Math.floor(clock.now / 1000), ...claims };
      const key = JSON.stringify([allHeaders, allClaims, signer.privateKey]);
      const jwt = jwts.get(key) ?? signJwt(allHeaders, allClaims, signer.privateKey);
      jwts.set(key, jwt);
      return jwt;
    },
    connect: async (environment = 'production', certificate) => {
      const session = connect(simulator.urls[environment], { ca, ...certificate });
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

export function signJwt(header: object, claims: object, privateKey: string): string {
  const head = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = sign('sha256', Buffer.from(head), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${head}.${signature.toString('base64url')}`;
}

/** Headers that Apple would take; a field set to `undefined` is left out. */
export function pushHeaders(
  rig: Rig,
  changes: Record<string, string | string[] | undefined> = {},
): OutgoingHttpHeaders {
  const headers = {
    ':method': 'POST',
    ':path': `/3/device/${DEVICE}`,
    authorization: `bearer ${rig.jwt()}`,
    'apns-topic': BUNDLE_ID,
    'apns-push-type': 'alert',
    'apns-priority': '10',
    ...changes,
  };
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
}

export const ALERT = JSON.stringify({ aps: { alert: 'hello' } });

/** Sends one request and waits for its answer. Rejects when the stream ends without one. */
export function push(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body: string = ALERT,
): Promise<Answered> {
  const stream = session.request(headers);
  stream.end(body === '' ? undefined : body);
  return answerOf(stream);
}

export function answerOf(stream: ClientHttp2Stream): Promise<Answered> {
  return new Promise((resolve, reject) => {
    let headers: IncomingHttpHeaders | undefined;
    let text = '';
    stream.setEncoding('utf8');
    stream.on('response', (received) => {
      headers = received;
    });
    stream.on('data', (chunk: string) => {
      text += chunk;
    });
    stream.on('error', reject);
    stream.on('close', () => {
      if (headers === undefined) return reject(new Error(`no answer; stream closed with code ${stream.rstCode}`));
      resolve({ status: Number(headers[':status']), headers, body: text === '' ? undefined : JSON.parse(text) });
    });
  });
}
