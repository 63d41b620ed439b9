/** Sends over one pool of connections per environment, opened when first needed; one provider token serves all. */
import type { Batch, Misfit, Outcome, Provider, ProviderEnv, ProviderLimits, Target } from '../contract.js';
import { Http2Pool, type Http2PoolOptions, type PoolEvent } from '../shared/http2-pool.js';
import type { HeaderFields, Reply, Transport } from '../shared/transport.js';
import { judge, readRefusal } from './outcome.js';
import { type Compiled, compile } from './payload.js';
import type { ProviderToken } from './provider-token.js';
import { PUSH_TYPES } from './push-types.js';

export type Environment = 'production' | 'sandbox';

export interface ApnsProviderOptions {
  readonly token: ProviderToken;
  readonly bundleId: string;
  readonly endpoints: Readonly<Record<Environment, string>>;
  readonly ca: string | undefined;
  readonly limits: ProviderLimits;
  /** Figures of the connections other than the pool's own. */
  readonly pool?: Partial<Http2PoolOptions>;
}

/** Purposes a registration may have that these push types serve. */
const PURPOSES: ReadonlySet<string> = new Set(['alert']);
const BUNDLE_ID = /^[A-Za-z0-9.-]{1,155}$/;
/** Answers that came before or without any judgement on our credentials do not prove that we were let in. */
const ENTRY = new Set([200, 400, 410, 413, 429]);

export class ApnsProvider implements Provider {
  readonly name: string;
  readonly limits: ProviderLimits;
  readonly #options: ApnsProviderOptions;
  readonly #env: ProviderEnv;
  readonly #pools = new Map<Environment, Transport>();
  readonly #sending = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(options: ApnsProviderOptions, env: ProviderEnv) {
    this.name = env.name;
    this.limits = options.limits;
    this.#options = options;
    this.#env = env;
  }

  async send(batch: Batch, signal: AbortSignal): Promise<readonly Outcome[]> {
    const { targets } = batch;
    if (this.#closing !== undefined) throw new Error(`provider ${this.name} was used after close`);
    if (targets.length === 0) throw new Error('a batch needs a target');
    if (targets.length > this.limits.batchTargetsMax) {
      throw new Error(`a batch has at most ${this.limits.batchTargetsMax} targets, not ${targets.length}`);
    }
    const { compiled, misfits } = compile(batch.message, this.#env.now());
    if (compiled === undefined) {
      const outcome = unfit(misfits);
      return targets.map(() => outcome);
    }
    const bases = new Map<string, HeaderFields>();
    const sending = Promise.all(targets.map((target) => this.#sendOne(target, compiled, bases, signal)));
    this.#sending.add(sending);
    try {
      return await sending;
    } finally {
      this.#sending.delete(sending);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Sends in flight may still repeat once, so they end before their connections do. */
  async #close(): Promise<void> {
    await Promise.allSettled(this.#sending);
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
  }

  async #sendOne(
    target: Target,
    compiled: Compiled,
    bases: Map<string, HeaderFields>,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const bundleId = target.bundleId ?? this.#options.bundleId;
    if (!PURPOSES.has(target.purpose ?? 'alert') || !BUNDLE_ID.test(bundleId)) {
      this.#env.log.warn(
        { provider: this.name, app: this.#env.app, purpose: target.purpose },
        'apns.target_unsupported',
      );
      return {
        kind: 'rejected',
        reason: 'payload_rejected',
        detail: { text: 'this registration has a purpose or a bundle id that cannot be sent to' },
      };
    }
    const topic = bundleId + PUSH_TYPES[compiled.pushType].topicSuffix;
    const isOwnTopic = bundleId === this.#options.bundleId;
    for (let isRepeat = false; ; isRepeat = true) {
      const authorization = this.#options.token.current();
      const reply = await this.#pool(target.environment ?? 'production').request(
        {
          method: 'POST',
          path: `/3/device/${target.pushToken}`,
          headers: baseOf(bases, authorization, topic, compiled),
          own: { 'apns-id': target.notificationId },
          body: compiled.body,
        },
        signal,
      );
      if (!isRepeat && this.#deservesRepeat(reply, authorization)) continue;
      return this.#outcomeOf(reply, isOwnTopic);
    }
  }

  /** A refusal that another provider token or another connection mends at once. */
  #deservesRepeat(reply: Reply, authorization: string): boolean {
    if (reply.kind !== 'answer' || reply.status < 400) return false;
    const { reason } = readRefusal(reply.body);
    if (reason === 'Shutdown' || reason === 'IdleTimeout' || reason === 'TooManyProviderTokenUpdates') {
      reply.connection.retire();
    }
    if (reason === 'IdleTimeout') return true;
    return reason === 'ExpiredProviderToken' && this.#options.token.renew(authorization);
  }

  #outcomeOf(reply: Reply, isOwnTopic: boolean): Outcome {
    switch (reply.kind) {
      case 'answer': {
        const { outcome, isStrange, code } = judge(reply, { nowMs: this.#env.now(), isOwnTopic });
        this.#env.observe({ kind: 'request', code, ms: reply.ms });
        if (isStrange) {
          this.#env.log.error({ provider: this.name, app: this.#env.app, ...outcome.detail }, 'apns.answer_unexpected');
        }
        return outcome;
      }
      case 'not_sent':
        this.#env.observe({ kind: 'request', code: `not_sent ${reply.reason}`, ms: 0 });
        return notSent(reply.reason, reply.cause);
      case 'no_answer':
        this.#env.observe({ kind: 'request', code: 'no_answer', ms: reply.ms });
        return { kind: 'uncertain', detail: { text: reply.cause.slice(0, 256) } };
      default: {
        const never: never = reply;
        return never;
      }
    }
  }

  #pool(environment: Environment): Transport {
    let pool = this.#pools.get(environment);
    if (pool === undefined) {
      pool = new Http2Pool({
        ...this.#options.pool,
        origin: this.#options.endpoints[environment],
        ca: this.#options.ca,
        provesEntry: (status) => ENTRY.has(status),
        report: (event) => this.#report(environment, event),
      });
      this.#pools.set(environment, pool);
    }
    return pool;
  }

  #report(environment: Environment, event: PoolEvent): void {
    const fields = { provider: this.name, app: this.#env.app, environment };
    switch (event.kind) {
      case 'connections':
        this.#env.observe({ kind: 'connections', state: 'open', count: event.open });
        this.#env.observe({ kind: 'connections', state: 'draining', count: event.draining });
        return;
      case 'connect_failed':
        this.#env.log.warn(
          { ...fields, cause: event.cause, retry_in_ms: Math.round(event.retryInMs) },
          'apns.connect_failed',
        );
        return;
      case 'connection_draining':
        this.#env.log.info({ ...fields, cause: event.cause }, 'apns.connection_draining');
        return;
      case 'connection_lost':
        this.#env.log.info({ ...fields, cause: event.cause }, 'apns.connection_lost');
        return;
      default: {
        event satisfies never;
      }
    }
  }
}

/** One frozen object for all targets of a batch that share topic and token. */
function baseOf(
  bases: Map<string, HeaderFields>,
  authorization: string,
  topic: string,
  { headers }: Compiled,
): HeaderFields {
  const key = `${topic} ${authorization}`;
  let base = bases.get(key);
  if (base === undefined) {
    base = Object.freeze({ ...headers, 'apns-topic': topic, authorization });
    bases.set(key, base);
  }
  return base;
}

/** What `check` would have refused before accept. */
function unfit(misfits: readonly Misfit[]): Outcome {
  const faults = misfits.filter((misfit) => misfit.severity === 'error');
  const isTooLarge = faults.every((fault) => fault.code === 'payload_too_large');
  return {
    kind: 'rejected',
    reason: isTooLarge ? 'payload_too_large' : 'payload_rejected',
    detail: {
      text: faults
        .map((fault) => fault.detail)
        .join('; ')
        .slice(0, 256),
    },
  };
}

function notSent(reason: Extract<Reply, { kind: 'not_sent' }>['reason'], cause: string): Outcome {
  const detail = { text: cause.slice(0, 256) };
  switch (reason) {
    case 'unreachable':
    case 'queue_full':
      return { kind: 'deferred', scope: 'account', reason: 'provider_unavailable', detail };
    case 'aborted':
      // Its time was up on our side; the account may be in the best of health.
      return { kind: 'deferred', scope: 'target', reason: 'timeout', detail };
    case 'refused':
    case 'queued_too_long':
    case 'closed':
      return { kind: 'deferred', scope: 'target', reason: 'provider_unavailable', detail };
    case 'invalid':
      return { kind: 'rejected', reason: 'payload_rejected', detail };
    default: {
      const never: never = reason;
      return never;
    }
  }
}
