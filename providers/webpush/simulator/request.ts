import { randomBytes } from 'node:crypto';
import type { Fault, FaultSource, LedgerSink } from '../../simulation.js';
import type { Complaint } from './complaint.js';
import { decryptPush, UndecryptableError } from './encryption.js';
import type { Exchange } from './exchange.js';
import { findFault, grantedTtlSeconds } from './request-rules.js';
import type { SenderKeys } from './sender-keys.js';
import type { PushServiceProfile, Refusal } from './services/profile.js';
import type { Subscription, SubscriptionRegister } from './subscriptions.js';
import type { VapidVerifier } from './vapid.js';

const MESSAGE_ID_BYTES = 16;

/** Begins the path of what is for a browser that is not simulated; no subscription of ours is there. */
export const ABROAD = '/abroad';

/** What every request of one push service is judged with. */
export interface Desk {
  readonly origin: string;
  readonly profile: PushServiceProfile;
  readonly subscriptions: SubscriptionRegister;
  readonly verifier: VapidVerifier;
  readonly senderKeys: SenderKeys;
  readonly ledger: LedgerSink;
  readonly faults: FaultSource;
  readonly latencyMs: number;
  now(): number;
}

interface Answer {
  readonly status: number;
  /** What the service says on the wire; `null` with an acceptance. */
  readonly refusal: Refusal | null;
  /** What the ledger says. */
  readonly reason: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** `unanswered`: the name of the fault that keeps the answer back. */
type Fate = { readonly answer: Answer; readonly latencyMs: number } | { readonly unanswered: string };

/** A request that passed every rule, or what is wrong with it. */
type Reading =
  /** No subscription: it is for a browser that is not here. */
  | { readonly subscription: Subscription | undefined; readonly plain: Buffer | undefined }
  | { readonly complaint: Complaint; readonly why?: string };

/** Decides the fate of a request whose body is whole, writes it down, and answers in due time. */
export function serve(desk: Desk, exchange: Exchange, chunks: readonly Buffer[], bytes: number): void {
  const now = desk.now();
  const id = randomBytes(MESSAGE_ID_BYTES).toString('base64url');
  const { path, headers } = exchange.head;
  const isCut = exchange.isSilent || !exchange.isServed;
  const reading = isCut ? undefined : read(desk, exchange, chunks, bytes, now);
  const fate = decide(desk, exchange, reading, id);
  desk.ledger.write({
    provider: 'webpush',
    token: path === '/' ? null : `${desk.origin}${path}`,
    id,
    headers,
    payloadJson: reading !== undefined && 'plain' in reading ? jsonOf(reading.plain) : null,
    answer:
      'answer' in fate
        ? { status: fate.answer.status, reason: fate.answer.reason }
        : { status: null, reason: fate.unanswered },
    accepted: 'answer' in fate && fate.answer.refusal === null,
    at: now,
  });
  if (!('answer' in fate)) return;
  const { answer, latencyMs } = fate;
  if (latencyMs === 0) reply(desk, exchange, id, answer);
  // Unreferenced: while the listener is open it keeps the process alive, and afterwards nobody waits.
  else setTimeout(() => reply(desk, exchange, id, answer), latencyMs).unref();
}

function read(desk: Desk, exchange: Exchange, chunks: readonly Buffer[], bytes: number, now: number): Reading {
  const { method, path, headers } = exchange.head;
  if (method !== 'POST') return { complaint: 'method' };
  const isAbroad = path.startsWith(`${ABROAD}/`);
  const subscription = desk.subscriptions.find(path);
  if (subscription === undefined && !isAbroad) return { complaint: 'unknown_subscription' };
  if (subscription?.isGone) return { complaint: 'gone' };
  const vapid = desk.verifier.verify(headers.authorization, now);
  if (typeof vapid === 'string') return { complaint: vapid };
  if (subscription?.vapidKey !== undefined && subscription.vapidKey !== vapid.publicKey) {
    return { complaint: 'other_key' };
  }
  const complaint = findFault(headers, bytes, desk.profile);
  if (complaint !== undefined) return { complaint };
  if (bytes === 0 || subscription === undefined) return { subscription, plain: undefined };
  return open(desk, subscription, vapid.publicKey, Buffer.concat(chunks));
}

/**
 * Reads the body as the browser would. A real push service cannot, and takes what no browser will ever show; here it is
 * refused, so that the mistake is seen.
 */
function open(desk: Desk, subscription: Subscription, vapidKey: string, body: Buffer): Reading {
  try {
    const { plain, sender } = decryptPush(body, subscription);
    // RFC 8292 §2 with RFC 8291 §3.1: the key that signs is not the key that encrypts.
    if (sender.toString('base64url') === vapidKey) return undecryptable('the VAPID key was used to encrypt');
    if (!desk.senderKeys.isFresh(sender, body)) return undecryptable('a key pair was used twice');
    return { subscription, plain };
  } catch (error) {
    if (error instanceof UndecryptableError) return undecryptable(error.message);
    throw error;
  }
}

function undecryptable(why: string): Reading {
  return { complaint: 'undecryptable', why };
}

function decide(desk: Desk, exchange: Exchange, reading: Reading | undefined, id: string): Fate {
  if (reading === undefined) return { unanswered: exchange.isSilent ? 'half_open' : 'goaway' };
  if ('complaint' in reading) {
    exchange.noteDecided();
    return { answer: refusedFor(desk.profile, reading.complaint, reading.why), latencyMs: desk.latencyMs };
  }
  const fault = desk.faults.take('webpush', `${desk.origin}${exchange.head.path}`);
  const unanswered = disrupt(exchange, fault);
  if (unanswered !== undefined) return { unanswered };
  exchange.noteDecided();
  const asked = fault?.kind === 'answer' ? fault : undefined;
  const answer = askedAnswer(desk, exchange, asked, reading.subscription, id) ?? accepted(desk, exchange, id, 201);
  return { answer, latencyMs: asked?.latencyMs ?? desk.latencyMs };
}

/** Does what a fault asks of request or connection. Returns its name when the request will get no answer. */
function disrupt(exchange: Exchange, fault: Fault | undefined): string | undefined {
  switch (fault?.kind) {
    case undefined:
    case 'answer':
      return undefined;
    case 'max_streams':
      exchange.allowStreams(fault.streams);
      return undefined;
    case 'stall':
      return fault.kind;
    case 'reset':
      exchange.reset();
      return fault.kind;
    case 'half_open':
      exchange.fallSilent();
      return fault.kind;
    case 'goaway':
      exchange.goAway();
      return exchange.isServed ? undefined : fault.kind;
    default:
      return fault satisfies undefined;
  }
}

function refusedFor(profile: PushServiceProfile, complaint: Complaint, why?: string): Answer {
  const refusal = profile.refusals[complaint];
  const reason = why === undefined ? (refusal.word ?? complaint) : `${complaint}: ${why}`;
  return { status: refusal.status, refusal, reason, headers: {} };
}

/** RFC 8030 §5: 201 with the message's own address, and the TTL that was granted. */
function accepted(desk: Desk, exchange: Exchange, id: string, status: number): Answer {
  const ttl = String(grantedTtlSeconds(exchange.head.headers, desk.profile));
  return { status, refusal: null, reason: null, headers: { location: `${desk.origin}/m/${id}`, ttl } };
}

function askedAnswer(
  desk: Desk,
  exchange: Exchange,
  fault: (Fault & { kind: 'answer' }) | undefined,
  subscription: Subscription | undefined,
  id: string,
): Answer | undefined {
  if (fault?.status === undefined) return undefined;
  const { status, retryAfterSeconds } = fault;
  if (status < 300) return accepted(desk, exchange, id, status);
  const retryAfter = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  const word = fault.reason ?? desk.profile.usualWord[status] ?? null;
  // A redirect leads to an endpoint that works: a sender that follows it is found out by the ledger.
  const isMoved = status < 400 && subscription !== undefined;
  const location = isMoved ? { location: desk.subscriptions.move(subscription) } : {};
  return { status, refusal: { status, word }, reason: word, headers: { ...retryAfter, ...location } };
}

function reply(desk: Desk, exchange: Exchange, id: string, answer: Answer): void {
  const { profile } = desk;
  const { headers, body } =
    answer.refusal === null ? profile.renderAccepted(id) : profile.renderRefusal(answer.refusal);
  exchange.answer(answer.status, { ...headers, ...answer.headers }, body);
}

/** The plaintext as JSON text; what is no JSON becomes a JSON string. */
function jsonOf(plain: Buffer | undefined): string | null {
  if (plain === undefined) return null;
  const text = plain.toString('utf8');
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}
