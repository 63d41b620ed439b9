/** Hands messages to the house's mailboxes and connections, and reads how far each device has come. */
import type {
  Announcing,
  Batch,
  EpochMs,
  HandedState,
  LiveLetter,
  LiveRoad,
  Message,
  Misfit,
  Outcome,
  Provider,
  ProviderEnv,
  ProviderLimits,
  Target,
} from '../contract.js';
import { DONE_WITHIN_MS, toOutcome } from './outcome.js';
import { BODY_BYTES_MAX, compile, TTL_SECONDS_MAX } from './payload.js';

export const REALTIME_LIMITS: ProviderLimits = Object.freeze({
  batchTargetsMax: 500,
  payloadBytesMax: BODY_BYTES_MAX,
  ttlSecondsMax: TTL_SECONDS_MAX,
});

/** For the device's `got` where neither the message nor the route says. */
const ACK_TIMEOUT_DEFAULT_MS = 8_000;
/** A device that is there and quick has said `done` by then; for the others this attempt ends, and they are asked again. */
const INLINE_WAIT_MS = 300;

const GIVEN_UP: Outcome = { kind: 'deferred', scope: 'target', reason: 'timeout' };
const MAILBOXES_AWAY: Outcome = { kind: 'deferred', scope: 'account', reason: 'provider_unavailable' };
const NO_ROAD: Outcome = { kind: 'misconfigured', what: 'this process has no way to the connections of devices' };

/** Targets that share a letter. */
interface Part {
  readonly handedAt: EpochMs | undefined;
  readonly indexes: number[];
}

export function createRealtimeProvider(env: ProviderEnv): Provider & Announcing {
  const sending = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;

  async function send({ message, targets }: Batch, signal: AbortSignal): Promise<readonly Outcome[]> {
    const { live } = env;
    if (live === undefined || signal.aborted) return targets.map(() => (live === undefined ? NO_ROAD : GIVEN_UP));
    const outcomes: Outcome[] = new Array(targets.length);
    const parts = partsOf(targets, message.ttlSeconds > 0);
    await Promise.all(
      parts.map(async (part) => {
        const found = await hand(live, message, targets, part, signal);
        for (const [n, index] of part.indexes.entries()) outcomes[index] = found[n] ?? MAILBOXES_AWAY;
      }),
    );
    return outcomes;
  }

  async function hand(
    live: LiveRoad,
    message: Message,
    targets: readonly Target[],
    { handedAt, indexes }: Part,
    signal: AbortSignal,
  ): Promise<readonly Outcome[]> {
    const startedAt = env.now();
    const ackTimeoutMs = message.ackTimeoutMs ?? ACK_TIMEOUT_DEFAULT_MS;
    const written = letterOf(message, (handedAt ?? startedAt) + ackTimeoutMs + DONE_WITHIN_MS, startedAt);
    if ('misfits' in written) return indexes.map(() => toRejected(written.misfits));
    const to = indexes.map((index) => addresseeOf(targets[index]));
    const begun = performance.now();
    let states: readonly HandedState[];
    try {
      states = await live.hand(
        written,
        to,
        handedAt === undefined ? Math.min(INLINE_WAIT_MS, ackTimeoutMs) : 0,
        signal,
      );
    } catch (error) {
      env.log.warn({ error: String(error) }, 'realtime.mailboxes_away');
      env.observe({ kind: 'request', code: 'unreachable', ms: performance.now() - begun });
      return [];
    }
    const ms = performance.now() - begun;
    const now = env.now();
    return states.map((state, n) => {
      env.observe({ kind: 'request', code: state, ms });
      const { handedAt: before, got = false } = targets[indexes[n] ?? -1] ?? {};
      return toOutcome(state, {
        ...{ since: before ?? startedAt, isFirst: before === undefined, hadGot: got },
        ...{ now, ackTimeoutMs, isKept: written.keep },
      });
    });
  }

  return {
    name: env.name,
    limits: REALTIME_LIMITS,
    isRepeatable: true,
    async send(batch, signal) {
      if (closing !== undefined) throw new Error('the realtime provider is closed');
      const { length } = batch.targets;
      if (length === 0 || length > REALTIME_LIMITS.batchTargetsMax) {
        throw new RangeError(`a batch has 1 to ${REALTIME_LIMITS.batchTargetsMax} targets, not ${length}`);
      }
      const running = send(batch, signal).finally(() => sending.delete(running));
      sending.add(running);
      return running;
    },
    async announce(message) {
      // Now or never is for those who are there: the mailboxes keep it for all.
      if (env.live === undefined || message.ttlSeconds === 0) return undefined;
      const written = letterOf(message, env.now(), env.now());
      return 'misfits' in written ? undefined : env.live.announce(written);
    },
    close() {
      closing ??= Promise.allSettled(sending).then(() => undefined);
      return closing;
    },
  };
}

/**
 * @param endsAt of a letter that is not kept: now or never, it outlives the time to answer it by nothing
 */
function letterOf(
  message: Message,
  endsAt: EpochMs,
  now: EpochMs,
): LiveLetter | { readonly misfits: readonly Misfit[] } {
  const keep = message.ttlSeconds > 0;
  const expiresAt = keep ? (message.expiresAt ?? now + message.ttlSeconds * 1_000) : endsAt;
  const { body, misfits } = compile({ ...message, expiresAt });
  if (body === undefined) return { misfits };
  const { id, collapseKey } = message;
  return { message: id, body, expiresAt, keep, ...(collapseKey === undefined ? {} : { collapseKey }) };
}

/**
 * Those handed over for the first time are waited for a little, the others only asked about. A letter that is not kept
 * names the time of its own first attempt, so that only those of one time share it.
 */
function partsOf(targets: readonly Target[], isKept: boolean): Part[] {
  const parts = new Map<string, Part>();
  for (const [index, { handedAt }] of targets.entries()) {
    const key = isKept ? String(handedAt !== undefined) : String(handedAt);
    const part = parts.get(key);
    if (part === undefined) parts.set(key, { handedAt, indexes: [index] });
    else part.indexes.push(index);
  }
  return [...parts.values()];
}

function addresseeOf(target: Target | undefined) {
  return { device: String(target?.pushToken), user: target?.user ?? null };
}

function toRejected(misfits: readonly Misfit[]): Outcome {
  const tooLarge = misfits.find(({ code }) => code === 'payload_too_large');
  const text = (tooLarge ?? misfits[0])?.detail ?? '';
  return {
    kind: 'rejected',
    reason: tooLarge === undefined ? 'payload_rejected' : 'payload_too_large',
    detail: { text: text.slice(0, 256) },
  };
}
