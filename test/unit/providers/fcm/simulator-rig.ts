/** A simulator with a clock, faults and a ledger in plain sight, and bare HTTP clients to try it with. */
import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2';
import {
  createFcmCredentials,
  type FcmAccount,
  type FcmCredentials,
  type FcmSimulator,
  type FcmSimulatorOptions,
  startFcmSimulator,
} from '../../../../providers/fcm/simulator.js';
import type { Fault, LedgerEntry } from '../../../../providers/simulation.js';
import { createLoopbackCertificate } from '../../../../src/simulators/certificates.js';

export const PROJECT_ID = 'shop-example';
export const DEVICE = `fKx0aQ9T3mB1cDe2FgH4iJ:APA91b${'Q'.repeat(134)}`;
export const OTHER_DEVICE = `fKx0aQ9T3mB1cDe2FgH4iJ:APA91b${'Z'.repeat(134)}`;
export const START_MS = 1_800_000_000_000;
export const GOOGLE_TOKEN_URL = 'https://oauth2.googleapis.com/token';
export const MESSAGING = 'https://www.googleapis.com/auth/firebase.messaging';

export interface ErrorBody {
  readonly code: number;
  readonly message: string;
  readonly status: string;
  readonly details?: readonly {
    readonly '@type': string;
    readonly errorCode?: string;
    readonly fieldViolations?: readonly { readonly field: string; readonly description: string }[];
    readonly violations?: unknown;
  }[];
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body when it is JSON. */
  readonly body: {
    readonly name?: string;
    readonly error?: ErrorBody | string;
    readonly error_description?: string;
    readonly access_token?: string;
    readonly expires_in?: number;
    readonly token_type?: string;
  };
}

export interface Rig {
  readonly simulator: FcmSimulator;
  readonly credentials: FcmCredentials;
  readonly ca: string;
  readonly clock: { now: number };
  readonly ledger: LedgerEntry[];
  /** Faults by push token, or by client email; one is used up by each request. */
  readonly faults: Map<string, Fault[]>;
  /** An HTTP/2 session whose SETTINGS have arrived. */
  connect(): Promise<ClientHttp2Session>;
  /** An assertion of the rig's account, valid from now on for an hour. */
  assertion(claims?: object, header?: object, signer?: FcmCredentials): string;
  /** A fresh access token for the rig's account, or another. */
  accessToken(session: ClientHttp2Session, claims?: object, signer?: FcmCredentials): Promise<string>;
  close(): Promise<void>;
}

// An RSA key takes a while to find; tests need no more than these.
let certificate: ReturnType<typeof createLoopbackCertificate> | undefined;
const keys = new Map<string, Promise<FcmCredentials>>();

/** The account of a project, the same for a whole run. */
export function credentialsOf(projectId: string): Promise<FcmCredentials> {
  const known = keys.get(projectId) ?? createFcmCredentials({ projectId });
  keys.set(projectId, known);
  return known;
}

export async function openRig(
  options: Partial<Pick<FcmSimulatorOptions, 'latencyMs' | 'streams' | 'accessTokenSeconds'>> & {
    readonly accounts?: readonly FcmAccount[];
  } = {},
): Promise<Rig> {
  certificate ??= createLoopbackCertificate();
  const { ca, tls } = await certificate;
  const credentials = await credentialsOf(PROJECT_ID);
  const clock = { now: START_MS };
  const ledger: LedgerEntry[] = [];
  const faults = new Map<string, Fault[]>();
  const sessions: ClientHttp2Session[] = [];
  const simulator = await startFcmSimulator({
    ...options,
    tls,
    accounts: [credentials, ...(options.accounts ?? [])],
    ledger: { write: (entry) => ledger.push(entry) },
    faults: {
      take: (provider, token) => faults.get(provider === 'fcm' ? token : `${provider} ${token}`)?.shift(),
    },
    now: () => clock.now,
  });
  const assertion: Rig['assertion'] = (claims = {}, header = {}, signer = credentials) => {
    const iat = Math.floor(clock.now / 1000);
    const usual = { iss: signer.clientEmail, scope: MESSAGING, aud: GOOGLE_TOKEN_URL, iat, exp: iat + 3600 };
    return signJwt({ alg: 'RS256', ...header }, { ...usual, ...claims }, signer.privateKey);
  };
  return {
    simulator,
    credentials,
    ca,
    clock,
    ledger,
    faults,
    assertion,
    connect: async () => {
      const session = connect(simulator.url, { ca });
      // Tests cut connections on purpose; what a request makes of it is asserted there.
      session.on('error', () => undefined);
      sessions.push(session);
      await once(session, 'remoteSettings');
      return session;
    },
    accessToken: async (session, claims, signer) => {
      const answer = await askToken(session, { assertion: assertion(claims, {}, signer) });
      return answer.body.access_token ?? assert.fail(answer.text);
    },
    close: async () => {
      for (const session of sessions) session.destroy();
      await simulator.close();
    },
  };
}

export function signJwt(header: object, claims: object, privateKey: string): string {
  const head = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${head}.${sign('sha256', Buffer.from(head), privateKey).toString('base64url')}`;
}

type Changes = Readonly<Record<string, string | undefined>>;

/** Asks for an access token; a field or header set to `undefined` is left out. */
export function askToken(session: ClientHttp2Session, fields: Changes, headers: Changes = {}): Promise<Answered> {
  const form = without({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', ...fields });
  const head = { ':path': '/token', 'content-type': 'application/x-www-form-urlencoded', ...headers };
  return exchange(session, head, new URLSearchParams(form).toString());
}

export function sendHeaders(accessToken: string | undefined, changes: Changes = {}): Record<string, string> {
  return without({
    ':method': 'POST',
    ':path': `/v1/projects/${PROJECT_ID}/messages:send`,
    authorization: accessToken === undefined ? undefined : `Bearer ${accessToken}`,
    'content-type': 'application/json',
    ...changes,
  });
}

export function exchange(session: ClientHttp2Session, headers: Changes, body: string): Promise<Answered> {
  const stream = session.request({ ':method': 'POST', ...without(headers) });
  stream.end(body === '' ? undefined : body);
  return answerOf(stream);
}

/** Rejects when the stream ends without an answer. */
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
      const isJson = String(headers['content-type']).startsWith('application/json');
      resolve({ status: Number(headers[':status']), headers, text, body: isJson ? JSON.parse(text) : {} });
    });
  });
}

/** `404 NOT_FOUND UNREGISTERED`, with `-` where there is no FcmError; then the fields with mistakes. */
export function errorOf({ status, body: { error }, text }: Answered): string {
  if (status === 200) return '200';
  if (error === undefined || typeof error === 'string') return assert.fail(text);
  assert.equal(error.code, status);
  assert.notEqual(error.message, '');
  const details = error.details ?? [];
  const code = details.find((detail) => detail['@type'].endsWith('google.firebase.fcm.v1.FcmError'))?.errorCode;
  const bad = details.find((detail) => detail['@type'].endsWith('google.rpc.BadRequest'))?.fieldViolations;
  return [status, error.status, code ?? '-', ...(bad ?? []).map(({ field }) => field)].join(' ');
}

function without(fields: Changes): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
