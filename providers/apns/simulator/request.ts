import { randomUUID } from 'node:crypto';
import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Fault, FaultSource, LedgerSink } from '../../simulation.js';
import { ACCEPTED, type Answer, type ApnsEnvironment, type Refusal, USUAL_REASON } from './answers.js';
import { refuseBroadcast, refuseBroadcastPayload } from './broadcast-rules.js';
import type { Channels } from './channels.js';
import type { ApnsAuthority } from './client-certificate.js';
import type { ApnsConnection } from './connection.js';
import type { DeviceStates } from './device-states.js';
import { refuseMismatch } from './payload-rules.js';
import type { ProviderTokenVerifier, VerifiedToken } from './provider-token.js';
import {
  type ApnsTarget,
  isCanonicalId,
  type RequestHeaders,
  readTarget,
  refuseHeaders,
  refusePayload,
  refuseToken,
  type Sender,
} from './request-rules.js';

/** The most of a body that is kept; the rest is counted and dropped. */
const BODY_KEPT_BYTES_MAX = 65_536;

/** What every request of one listener is judged with. */
export interface Desk {
  readonly environment: ApnsEnvironment;
  readonly verifier: ProviderTokenVerifier;
  /** Issued the client certificates that count; no certificate is asked for when absent. */
  readonly authority: ApnsAuthority | undefined;
  readonly devices: DeviceStates;
  readonly channels: Channels;
  readonly ledger: LedgerSink;
  readonly faults: FaultSource;
  readonly latencyMs: number;
  now(): number;
}

/** `unanswered`: the name of the fault that keeps the answer back. */
type Fate = { readonly answer: Answer; readonly latencyMs: number } | { readonly unanswered: string };

/** What came before the body. */
export interface RequestHead {
  readonly method: string;
  readonly path: string;
  /** Without pseudo headers. */
  readonly headers: RequestHeaders;
  /** Some header came more than once. */
  readonly hasDuplicates: boolean;
}

/** One request from its headers to its answer. */
export class ApnsRequest {
  readonly #desk: Desk;
  readonly #connection: ApnsConnection;
  readonly #stream: ServerHttp2Stream;
  readonly #head: RequestHead;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(desk: Desk, connection: ApnsConnection, stream: ServerHttp2Stream, head: RequestHead) {
    this.#desk = desk;
    this.#connection = connection;
    this.#stream = stream;
    this.#head = head;
  }

  /** Takes in a piece of the body. */
  add(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= BODY_KEPT_BYTES_MAX) this.#chunks.push(chunk);
    else this.#chunks = [];
  }

  /** Decides the fate of the request, writes it down, and answers in due time. */
  finish(): void {
    const now = this.#desk.now();
    const target = readTarget(this.#head.method, this.#head.path);
    const givenId = this.#head.headers[idNameOf(target)];
    const id = givenId !== undefined && isCanonicalId(givenId) ? givenId : randomUUID();
    const text = this.#bodyText();
    const json = text === undefined || !isJsonObject(text) ? undefined : text;
    const fate = this.#decide(target, json, now);
    this.#desk.ledger.write({
      provider: 'apns',
      token: this.#addressIn(target),
      id,
      headers: this.#head.headers,
      payloadJson: json ?? (text === undefined ? null : JSON.stringify(text)),
      answer: 'answer' in fate ? fate.answer : { status: null, reason: fate.unanswered },
      accepted: 'answer' in fate && fate.answer.status === 200,
      at: now,
    });
    if (!('answer' in fate)) return;
    const { answer, latencyMs } = fate;
    const named = { [idNameOf(target)]: id };
    if (latencyMs === 0) this.#answer(named, answer);
    // Unreferenced: while the listener is open it keeps the process alive, and afterwards nobody waits.
    else setTimeout(() => this.#answer(named, answer), latencyMs).unref();
  }

  #decide(target: ApnsTarget | Refusal, json: string | undefined, now: number): Fate {
    const { faults, latencyMs } = this.#desk;
    const streamId = this.#stream.id ?? 0;
    if (this.#connection.isSilent) return { unanswered: 'half_open' };
    if (!this.#connection.serves(streamId)) return { unanswered: 'goaway' };
    if (!('kind' in target)) return this.#refused(target);
    const refusal = this.#refuse(target, json, now);
    if (refusal !== undefined) return this.#refused(refusal);
    const fault = faults.take('apns', this.#addressIn(target) ?? '');
    const unanswered = this.#disrupt(fault);
    if (unanswered !== undefined) return { unanswered };
    this.#connection.noteDecided(streamId);
    const asked = fault?.kind === 'answer' ? fault : undefined;
    const answer = askedAnswer(asked, now) ?? this.#unreachable(target) ?? ACCEPTED;
    return { answer, latencyMs: asked?.latencyMs ?? latencyMs };
  }

  #refused(refusal: Refusal): Fate {
    this.#connection.noteDecided(this.#stream.id ?? 0);
    return { answer: refusal, latencyMs: this.#desk.latencyMs };
  }

  /** Why Apple does not know the address, which is well-formed. */
  #unreachable(target: ApnsTarget): Refusal | undefined {
    const { channels, devices, environment } = this.#desk;
    const { headers } = this.#head;
    if (target.kind === 'device') return devices.refuse(target.token, headers, environment);
    const id = headers['apns-channel-id'] ?? '';
    return channels.refuse(id, target.bundleId, environment, headers['apns-expiration']);
  }

  /** What the ledger and faults call whom it is for: a device token, or a channel id. */
  #addressIn(target: ApnsTarget | Refusal): string | null {
    if (!('kind' in target)) return null;
    return target.kind === 'device' ? target.token : (this.#head.headers['apns-channel-id'] ?? null);
  }

  #refuse(target: ApnsTarget, json: string | undefined, now: number): Refusal | undefined {
    if (this.#head.hasDuplicates) return { status: 400, reason: 'DuplicateHeaders' };
    const headers = this.#head.headers;
    const sender = this.#sender(now);
    if ('reason' in sender) return sender;
    const id = headers[idNameOf(target)];
    if (id !== undefined && !isCanonicalId(id)) return { status: 400, reason: 'BadMessageId' };
    if (target.kind === 'broadcast') {
      return refuseBroadcast(headers, sender, target.bundleId) ?? refuseBroadcastPayload(this.#bytes, json);
    }
    return (
      refuseToken(target.token) ??
      refuseHeaders(headers, sender) ??
      refusePayload(this.#bytes, json, headers['apns-push-type']) ??
      refuseMismatch(json ?? '{}', headers['apns-push-type'])
    );
  }

  /** Over a connection with a certificate the `authorization` header is ignored. */
  #sender(now: number): Sender | Refusal {
    const { authority, environment, verifier } = this.#desk;
    const { certificate } = this.#connection;
    if (authority !== undefined && certificate !== undefined) return authority.judge(certificate, environment, now);
    const verified = verifier.verify(this.#head.headers.authorization, now);
    if (!isVerified(verified)) return verified;
    return this.#connection.admit(verified, now) ?? verified.account;
  }

  /** Does what a fault asks of stream or connection. Returns its name when the request will get no answer. */
  #disrupt(fault: Fault | undefined): string | undefined {
    switch (fault?.kind) {
      case undefined:
      case 'answer':
        return undefined;
      case 'max_streams':
        this.#connection.allowStreams(fault.streams);
        return undefined;
      case 'stall':
        return fault.kind;
      case 'reset':
        this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
        return fault.kind;
      case 'half_open':
        this.#connection.fallSilent();
        return fault.kind;
      case 'goaway':
        this.#connection.goAway('Shutdown', this.#stream.id ?? 0);
        return this.#connection.serves(this.#stream.id ?? 0) ? undefined : fault.kind;
      default:
        return fault satisfies undefined;
    }
  }

  #answer(named: Readonly<Record<string, string>>, answer: Answer): void {
    const stream = this.#stream;
    if (this.#connection.isSilent || stream.destroyed || stream.closed) return;
    const headers: Record<string, string | number> = { ':status': answer.status, ...named };
    if (this.#desk.environment === 'sandbox') headers['apns-unique-id'] = randomUUID();
    if (answer.retryAfterSeconds !== undefined) headers['retry-after'] = answer.retryAfterSeconds;
    if (answer.reason === null) {
      stream.respond(headers, { endStream: true });
      return;
    }
    headers['content-type'] = 'application/json';
    stream.respond(headers);
    const { reason, timestampMs: timestamp } = answer;
    stream.end(JSON.stringify(timestamp === undefined ? { reason } : { reason, timestamp }));
  }

  #bodyText(): string | undefined {
    const [first] = this.#chunks;
    if (first === undefined) return undefined;
    return (this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks)).toString('utf8');
  }
}

/** The header field that carries the sender's id for a request, and comes back. */
function idNameOf(target: ApnsTarget | Refusal): 'apns-id' | 'apns-request-id' {
  return 'kind' in target && target.kind === 'broadcast' ? 'apns-request-id' : 'apns-id';
}

function askedAnswer(fault: (Fault & { kind: 'answer' }) | undefined, now: number): Answer | undefined {
  if (fault?.status === undefined) return undefined;
  const { status } = fault;
  return {
    status,
    reason: status === 200 ? null : (fault.reason ?? USUAL_REASON[status] ?? null),
    ...(status === 410 ? { timestampMs: fault.timestampMs ?? now } : {}),
    ...(fault.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: fault.retryAfterSeconds }),
  };
}

function isVerified(token: VerifiedToken | Refusal): token is VerifiedToken {
  return 'account' in token;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
