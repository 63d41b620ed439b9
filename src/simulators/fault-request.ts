import { z } from 'zod';
import type { Fault } from '../../providers/simulation.js';
import type { FaultRule } from './fault-plan.js';

const LATENCY_MS_MAX = 3_600_000;
/** SETTINGS_MAX_CONCURRENT_STREAMS is an unsigned 32-bit number (RFC 9113 §6.5.2); Node takes it up to 2^32-1. */
const STREAMS_MAX = 4_294_967_295;
const CONNECTION_FAULTS = ['stall', 'reset', 'goaway', 'half_open'] as const;
const ANSWER_FIELDS = ['status', 'reason', 'retry_after', 'latency_ms', 'timestamp'] as const;

const onlyTrue = z.literal(true, { error: 'must be true; leave it out otherwise' }).optional();

/** The body of `POST /faults`. */
const bodySchema = z.strictObject({
  provider: z.string(),
  token: z.string().min(1).max(4096).optional(),
  rate: z.number().min(0).max(1).optional(),
  times: z.int().min(1).optional(),
  status: z.int().min(200).max(599).optional(),
  reason: z.string().min(1).max(200).optional(),
  retry_after: z.int().min(0).optional(),
  latency_ms: z.int().min(0).max(LATENCY_MS_MAX).optional(),
  timestamp: z.int().min(0).optional(),
  stall: onlyTrue,
  reset: onlyTrue,
  goaway: onlyTrue,
  half_open: onlyTrue,
  max_streams: z.int().min(0).max(STREAMS_MAX).optional(),
});
type FaultBody = z.infer<typeof bodySchema>;

export type ReadFault = { readonly rule: FaultRule } | { readonly mistakes: readonly string[] };

/** Reads a fault as the control port gets it; every mistake is named at once, in the caller's words. */
export function readFault(body: unknown, providers: readonly string[]): ReadFault {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) {
    return { mistakes: parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`) };
  }
  const asked = parsed.data;
  const mistakes = findMistakes(asked, providers);
  if (mistakes.length > 0) return { mistakes };
  return {
    rule: {
      provider: asked.provider,
      match: asked.token === undefined ? { rate: asked.rate ?? 1 } : { token: asked.token },
      ...(asked.times === undefined ? {} : { times: asked.times }),
      fault: toFault(asked),
    },
  };
}

function findMistakes(asked: FaultBody, providers: readonly string[]): string[] {
  const mistakes: string[] = [];
  if (!providers.includes(asked.provider)) mistakes.push(`provider: must be one of ${providers.join(', ')}`);
  if ((asked.token === undefined) === (asked.rate === undefined)) mistakes.push('say either token or rate');
  const kinds = [
    ...CONNECTION_FAULTS.filter((name) => asked[name]),
    ...(asked.max_streams === undefined ? [] : ['max_streams']),
  ];
  const answerFields = ANSWER_FIELDS.filter((name) => asked[name] !== undefined);
  if (kinds.length + Math.min(answerFields.length, 1) !== 1) {
    mistakes.push(
      'say one thing to do: an answer (status, reason, retry_after, latency_ms, timestamp), ' +
        'or one of stall, reset, goaway, half_open, max_streams',
    );
  }
  if (asked.status === undefined) {
    for (const name of ['reason', 'retry_after', 'timestamp'] as const) {
      if (asked[name] !== undefined) mistakes.push(`${name}: needs a status to go with`);
    }
  }
  return mistakes;
}

function toFault(asked: FaultBody): Fault {
  const kind = CONNECTION_FAULTS.find((name) => asked[name]);
  if (kind !== undefined) return { kind };
  if (asked.max_streams !== undefined) return { kind: 'max_streams', streams: asked.max_streams };
  return {
    kind: 'answer',
    ...(asked.status === undefined ? {} : { status: asked.status }),
    ...(asked.reason === undefined ? {} : { reason: asked.reason }),
    ...(asked.retry_after === undefined ? {} : { retryAfterSeconds: asked.retry_after }),
    ...(asked.latency_ms === undefined ? {} : { latencyMs: asked.latency_ms }),
    ...(asked.timestamp === undefined ? {} : { timestampMs: asked.timestamp }),
  };
}
