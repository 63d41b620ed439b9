import type { Clock } from '../domain/time.js';
import type { Posted, Poster } from '../egress/post.js';
import type { WebhookAttempt, WebhookCall, WebhookSlot } from '../ports/webhook-store.js';
import { WEBHOOK_ANSWER_BYTES_KEPT } from '../ports/webhook-store.js';
import { type Judgement, judge } from './judge.js';
import { signatureHeaders } from './sign.js';

/** One try of a call, over. */
export interface Tried {
  readonly call: WebhookCall;
  readonly attempt: WebhookAttempt;
  readonly judgement: Judgement;
  readonly body: string;
  /** A word of a closed list, for counting. */
  readonly outcome: string;
}

export interface AttemptHouse {
  readonly poster: Poster;
  readonly clock: Clock;
  /** `user-agent` of calls. */
  readonly agent: string;
}

/** Of an answer's headers: so many, so long; what it wants to be remembered by is not kept. */
const HEADERS_MAX = 32;
const HEADER_CHARACTERS_MAX = 256;
const NOT_KEPT = new Set(['set-cookie']);

/** @returns undefined where it was broken off by `signal`: nobody knows what came of it, and it counts for nothing */
export async function tryCall(
  { call, body, slot, signal }: { call: WebhookCall; body: string; slot: WebhookSlot; signal: AbortSignal },
  { poster, clock, agent }: AttemptHouse,
): Promise<Tried | undefined> {
  const at = clock.now();
  const bytes = Buffer.from(body);
  const { 'webhook-signature': signature, ...shown } = signatureHeaders(call.id, bytes, slot.secrets, at);
  const requestHeaders = { 'content-type': 'application/json', 'user-agent': agent, ...shown };
  const headers = { ...requestHeaders, 'webhook-signature': signature };
  const result = await poster.post(slot.endpoint.url, headers, bytes, signal);
  if (result.kind === 'aborted') return undefined;
  const judgement = judge(result, clock.now());
  return {
    call,
    body,
    judgement,
    outcome: judgement.kind === 'failed' && result.kind === 'failed' ? result.reason : judgement.kind,
    attempt: {
      n: call.attempts + 1,
      at,
      ms: result.ms,
      ...(result.status === undefined ? {} : { status: result.status }),
      ...(judgement.kind === 'delivered' ? {} : { error: judgement.why }),
      ...(result.kind === 'answered' && result.answer !== ''
        ? { answer: result.answer.slice(0, WEBHOOK_ANSWER_BYTES_KEPT) }
        : {}),
      requestHeaders,
      answerHeaders: result.kind === 'answered' ? keptHeaders(result.headers) : {},
    },
  };
}

function keptHeaders(headers: Extract<Posted, { kind: 'answered' }>['headers']): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !NOT_KEPT.has(name));
  return Object.fromEntries(
    kept.slice(0, HEADERS_MAX).map(([name, value]) => [name, String(value ?? '').slice(0, HEADER_CHARACTERS_MAX)]),
  );
}
