/** Encrypts for each subscription and sends over the pool of its push service; one VAPID header serves an origin for hours. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  Batch,
  CredentialTest,
  Outcome,
  Provider,
  ProviderEnv,
  ProviderLimits,
  Target,
  Testable,
} from '../contract.js';
import { Http2Pool, type Http2PoolOptions, type PoolEvent } from '../shared/http2-pool.js';
import type { HeaderFields, Reply, Transport } from '../shared/transport.js';
import { unfit } from '../shared/unsent.js';
import { encrypt } from './encryption.js';
import { KeyPairStock } from './key-pairs.js';
import { KeyStanding } from './key-standing.js';
import { OriginPools, type OriginPoolsOptions } from './origin-pools.js';
import { judge } from './outcome.js';
import { type Compiled, compile } from './payload.js';
import type { ServiceName, ServiceOf } from './push-service.js';
import { readSubscription, type Subscription } from './subscription.js';
import type { VapidHeaders } from './vapid.js';

export interface WebPushProviderOptions {
  readonly vapid: VapidHeaders;
  readonly serviceOf: ServiceOf;
  readonly ca: string | undefined;
  readonly limits: ProviderLimits;
  /** Figures of the connections other than the pool's own. */
  readonly pool?: Partial<Http2PoolOptions>;
  readonly origins?: Pick<OriginPoolsOptions, 'originsMax' | 'idleMs'>;
}

/** Encryptions between two turns of the event loop: some 2 ms of work. */
const SLICE = 16;
/** Push services say little; what a hostile host says at length is cut off. */
const ANSWER_BYTES_MAX = 4096;

export class WebPushProvider implements Provider, Testable {
  readonly name: string;
  readonly limits: ProviderLimits;
  readonly #options: WebPushProviderOptions;
  readonly #env: ProviderEnv;
  readonly #pairs = new KeyPairStock();
  readonly #standing = new KeyStanding();
  readonly #pools: OriginPools;
  readonly #connections = new Map<string, { readonly open: number; readonly draining: number }>();
  readonly #sending = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(options: WebPushProviderOptions, env: ProviderEnv) {
    this.name = env.name;
    this.limits = options.limits;
    this.#options = options;
    this.#env = env;
    this.#pools = new OriginPools({
      ...options.origins,
      open: (origin) => this.#openPool(origin),
      onClosed: (origin) => this.#countConnections(origin, undefined),
    });
  }

  async send(batch: Batch, signal: AbortSignal): Promise<readonly Outcome[]> {
    const { targets } = batch;
    if (this.#closing !== undefined) throw new Error(`provider ${this.name} was used after close`);
    if (targets.length === 0) throw new Error('a batch needs a target');
    if (targets.length > this.limits.batchTargetsMax) {
      throw new Error(`a batch has at most ${this.limits.batchTargetsMax} targets, not ${targets.length}`);
    }
    const { compiled, misfits } = compile(batch.message);
    if (compiled === undefined) {
      const outcome = unfit(misfits);
      return targets.map(() => outcome);
    }
    const sending = this.#sendAll(targets, compiled, signal);
    this.#sending.add(sending);
    try {
      return await sending;
    } finally {
      this.#sending.delete(sending);
    }
  }

  /** There is no vendor behind VAPID: each push service learns of the key with the first message to it. */
  async testCredentials(): Promise<CredentialTest> {
    this.#options.vapid.tryKey();
    return {
      verdict: 'not_askable',
      detail:
        'the VAPID keys belong together and sign; push services judge them with the first message to each browser',
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Sends in flight may still repeat once, so they end before their connections do. */
  async #close(): Promise<void> {
    await Promise.allSettled(this.#sending);
    this.#pairs.close();
    await this.#pools.close();
  }

  async #sendAll(targets: readonly Target[], compiled: Compiled, signal: AbortSignal): Promise<readonly Outcome[]> {
    const bases = new Map<string, HeaderFields>();
    const sends: Promise<Outcome>[] = [];
    for (const target of targets) {
      if (sends.length > 0 && sends.length % SLICE === 0) await nextTurn();
      sends.push(this.#sendOne(target, compiled, bases, signal));
    }
    return Promise.all(sends);
  }

  async #sendOne(
    target: Target,
    compiled: Compiled,
    bases: Map<string, HeaderFields>,
    signal: AbortSignal,
  ): Promise<Outcome> {
    if (signal.aborted) return notSent('aborted', 'given up before it was sent');
    let subscription: Subscription;
    let body: Buffer;
    try {
      subscription = readSubscription(target.pushToken, this.#options.serviceOf);
      body = encrypt(compiled.plaintext, subscription, this.#pairs.take());
    } catch (error) {
      // It was checked when it was registered: kept badly, or its host is in push_services no more.
      const text = error instanceof Error ? error.message : String(error);
      return { kind: 'rejected', reason: 'token_wrong_app', detail: { text: text.slice(0, 256) } };
    }
    const { url, service } = subscription;
    const { origin } = url;
    for (let isRepeat = false; ; isRepeat = true) {
      const authorization = this.#options.vapid.for(origin);
      const reply = await this.#pools.request(
        origin,
        {
          method: 'POST',
          path: url.pathname + url.search,
          headers: baseOf(bases, origin, service, authorization, body.length, compiled),
          body,
        },
        signal,
      );
      if (reply.kind !== 'answer') return this.#unanswered(reply, service);
      const isKeyProven = service === 'other' ? this.#standing.isProven : this.#standing.isProvenAt(origin);
      const judgement = judge(reply, { service, nowMs: this.#env.now(), isKeyProven });
      this.#env.observe({ kind: 'request', code: judgement.code, ms: reply.ms });
      // The body may go again as it is: the push service took nothing, and to the browser it is the same message.
      if (!isRepeat && judgement.isTokenStale && this.#options.vapid.renew(origin, authorization)) continue;
      if (judgement.credentials === 'taken') this.#standing.accepted(origin);
      else if (judgement.credentials === 'refused') this.#standing.refused(origin);
      if (judgement.isStrange) {
        const { detail } = judgement.outcome;
        this.#env.log.error(
          { provider: this.name, app: this.#env.app, service, ...detail },
          'webpush.answer_unexpected',
        );
      }
      return judgement.outcome;
    }
  }

  #unanswered(reply: Exclude<Reply, { kind: 'answer' }>, service: ServiceName): Outcome {
    if (reply.kind === 'not_sent') {
      this.#env.observe({ kind: 'request', code: `${service} not_sent ${reply.reason}`, ms: 0 });
      return notSent(reply.reason, reply.cause);
    }
    this.#env.observe({ kind: 'request', code: `${service} no_answer`, ms: reply.ms });
    return { kind: 'uncertain', detail: { text: reply.cause.slice(0, 256) } };
  }

  #openPool(origin: string): Transport {
    const url = new URL(origin);
    this.#env.egress.checkUrl(url);
    return new Http2Pool({
      bodyBytesMax: ANSWER_BYTES_MAX,
      ...this.#options.pool,
      origin,
      ca: this.#options.ca,
      lookup: this.#env.egress.lookup,
      report: (event) => this.#report(origin, url.host, event),
    });
  }

  #report(origin: string, host: string, event: PoolEvent): void {
    const fields = { provider: this.name, app: this.#env.app, host };
    switch (event.kind) {
      case 'connections':
        this.#countConnections(origin, event);
        return;
      case 'connect_failed':
        this.#env.log.warn(
          { ...fields, cause: event.cause, retry_in_ms: Math.round(event.retryInMs) },
          'webpush.connect_failed',
        );
        return;
      case 'connection_draining':
        this.#env.log.info({ ...fields, cause: event.cause }, 'webpush.connection_draining');
        return;
      case 'connection_lost':
        this.#env.log.info({ ...fields, cause: event.cause }, 'webpush.connection_lost');
        return;
      default: {
        event satisfies never;
      }
    }
  }

  /** The sum over all origins. */
  #countConnections(origin: string, counts: { readonly open: number; readonly draining: number } | undefined): void {
    if (counts === undefined) this.#connections.delete(origin);
    else this.#connections.set(origin, counts);
    let open = 0;
    let draining = 0;
    for (const one of this.#connections.values()) {
      open += one.open;
      draining += one.draining;
    }
    this.#env.observe({ kind: 'connections', state: 'open', count: open });
    this.#env.observe({ kind: 'connections', state: 'draining', count: draining });
  }
}

/** One frozen object for all targets of a batch at one origin. */
function baseOf(
  bases: Map<string, HeaderFields>,
  origin: string,
  service: ServiceName,
  authorization: string,
  bodyBytes: number,
  { headers, ttlSeconds }: Compiled,
): HeaderFields {
  const key = `${origin} ${authorization}`;
  let base = bases.get(key);
  if (base === undefined) {
    // WNS keeps a message unless told not to, and refuses a TTL of 0 beside that.
    const policy = service === 'windows' ? { 'x-wns-cache-policy': ttlSeconds === 0 ? 'no-cache' : 'cache' } : {};
    // The length is told although HTTP/2 needs none: what stands before a push service may speak HTTP/1.1 to it.
    base = Object.freeze({ ...headers, ...policy, 'content-length': String(bodyBytes), authorization });
    bases.set(key, base);
  }
  return base;
}

/** The scope is the target's even where nobody answers: the account reaches other push services. */
function notSent(reason: Extract<Reply, { kind: 'not_sent' }>['reason'], cause: string): Outcome {
  const detail = { text: cause.slice(0, 256) };
  switch (reason) {
    case 'aborted':
      return { kind: 'deferred', scope: 'target', reason: 'timeout', detail };
    case 'unreachable':
    case 'queue_full':
    case 'refused':
    case 'queued_too_long':
    case 'closed':
      return { kind: 'deferred', scope: 'target', reason: 'provider_unavailable', detail };
    case 'invalid':
      // An address that the house does not let out, or one that fits into no request.
      return { kind: 'rejected', reason: 'token_wrong_app', detail };
    default: {
      const never: never = reason;
      return never;
    }
  }
}
