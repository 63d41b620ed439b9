/** Sends over one pool of connections, a request per target; one access token serves all. */
import type {
  Batch,
  CredentialTest,
  Message,
  Outcome,
  Provider,
  ProviderEnv,
  ProviderLimits,
  Target,
  Testable,
  Validating,
  Validation,
} from '../contract.js';
import { Http2Pool, type Http2PoolOptions, type PoolEvent } from '../shared/http2-pool.js';
import type { HeaderFields, Reply, Transport } from '../shared/transport.js';
import { notSent, unfit, wrongPurpose } from '../shared/unsent.js';
import { AccessTokens, type Grant, type TokenSource } from './access-tokens.js';
import { testCredentials } from './credential-test.js';
import { isTokenRefused, judge } from './outcome.js';
import { type Compiled, compile, encode, encodeTrial } from './payload.js';
import { verdictOf } from './validation.js';

export interface FcmProviderOptions {
  readonly tokens: TokenSource;
  readonly projectId: string;
  /** Origin, such as `https://fcm.googleapis.com`. */
  readonly endpoint: string;
  readonly ca: string | undefined;
  readonly limits: ProviderLimits;
  /** Figures of the connections other than this file's own. */
  readonly pool?: Partial<Http2PoolOptions>;
}

/** Google's front end takes this many at a time on a connection. */
const STREAMS_MAX = 100;
/** Firebase asks for 10 s at least before a request is given up. */
const REQUEST_TIMEOUT_MS = 15_000;
/** Purposes a registration may have that FCM serves. */
const PURPOSES: ReadonlySet<string> = new Set(['alert']);

export class FcmProvider implements Provider, Testable, Validating {
  readonly name: string;
  readonly limits: ProviderLimits;
  readonly #options: FcmProviderOptions;
  readonly #env: ProviderEnv;
  readonly #closed = new AbortController();
  readonly #path: string;
  readonly #tokens: AccessTokens;
  readonly #transport: Transport;
  readonly #sending = new Set<Promise<unknown>>();
  #base: { readonly of: string; readonly headers: HeaderFields } | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: FcmProviderOptions, env: ProviderEnv) {
    this.name = env.name;
    this.limits = options.limits;
    this.#options = options;
    this.#env = env;
    this.#path = `/v1/projects/${encodeURIComponent(options.projectId)}/messages:send`;
    this.#tokens = new AccessTokens(
      options.tokens,
      () => env.now(),
      (outcome) => this.#reportCredential(outcome),
    );
    this.#transport = new Http2Pool({
      streamsMax: STREAMS_MAX,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      ...options.pool,
      origin: options.endpoint,
      ca: options.ca,
      report: (event) => this.#report(event),
    });
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
    return this.#awaited(this.#sendAll(targets, compiled, signal));
  }

  async validate(message: Message, target: Target, signal: AbortSignal): Promise<Validation> {
    if (this.#closing !== undefined) throw new Error(`provider ${this.name} was used after close`);
    if (!PURPOSES.has(target.purpose ?? 'alert')) return verdictOf(wrongPurpose());
    const { compiled, misfits } = compile(message, this.#env.now());
    if (compiled === undefined) return verdictOf(unfit(misfits));
    const body = encodeTrial(compiled, target.pushToken);
    const asking = this.#tokens.current(signal).then((grant) => this.#post(body, grant, signal));
    return verdictOf(await this.#awaited(asking));
  }

  testCredentials(signal: AbortSignal): Promise<CredentialTest> {
    const options = { ...this.#options, path: this.#path };
    return testCredentials(options, () => this.#env.now(), signal, this.#closed.signal);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Sends in flight may still repeat once, so they end before their connections do. */
  async #close(): Promise<void> {
    await Promise.allSettled(this.#sending);
    this.#closed.abort();
    this.#tokens.close();
    await this.#transport.close();
  }

  /** `close` waits for it. */
  async #awaited<T>(sending: Promise<T>): Promise<T> {
    this.#sending.add(sending);
    try {
      return await sending;
    } finally {
      this.#sending.delete(sending);
    }
  }

  async #sendAll(targets: readonly Target[], compiled: Compiled, signal: AbortSignal): Promise<Outcome[]> {
    const grant = await this.#tokens.current(signal);
    return Promise.all(targets.map((target) => this.#sendOne(target, compiled, grant, signal)));
  }

  async #sendOne(target: Target, compiled: Compiled, first: Grant, signal: AbortSignal): Promise<Outcome> {
    if (!PURPOSES.has(target.purpose ?? 'alert')) {
      this.#env.log.warn(
        { provider: this.name, app: this.#env.app, purpose: target.purpose },
        'fcm.target_unsupported',
      );
      return wrongPurpose();
    }
    return this.#post(encode(compiled, target.pushToken), first, signal);
  }

  /** Repeats once, with another access token, where the first was refused. */
  async #post(body: Buffer, first: Grant, signal: AbortSignal): Promise<Outcome> {
    if (first.kind === 'failed') return first.outcome;
    const reply = await this.#request(body, first, signal);
    if (reply.kind !== 'answer' || !isTokenRefused(reply)) return this.#outcomeOf(reply);
    const second = await this.#tokens.renew(first.value, signal);
    if (second.kind === 'failed') return second.outcome;
    if (second.value === first.value) return this.#outcomeOf(reply);
    return this.#outcomeOf(await this.#request(body, second, signal));
  }

  #request(body: Buffer, grant: Grant & { kind: 'token' }, signal: AbortSignal): Promise<Reply> {
    return this.#transport.request({ method: 'POST', path: this.#path, headers: this.#headers(grant), body }, signal);
  }

  /** One frozen object for all requests with the same token. */
  #headers({ value, quotaProject }: Grant & { kind: 'token' }): HeaderFields {
    if (this.#base?.of !== value) {
      const headers = Object.freeze({
        authorization: `Bearer ${value}`,
        'content-type': 'application/json',
        ...(quotaProject === undefined ? {} : { 'x-goog-user-project': quotaProject }),
      });
      this.#base = { of: value, headers };
    }
    return this.#base.headers;
  }

  #outcomeOf(reply: Reply): Outcome {
    switch (reply.kind) {
      case 'answer': {
        const { outcome, isStrange, code } = judge(reply, this.#env.now());
        this.#env.observe({ kind: 'request', code, ms: reply.ms });
        if (isStrange) {
          this.#env.log.error({ provider: this.name, app: this.#env.app, ...outcome.detail }, 'fcm.answer_unexpected');
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

  #reportCredential(outcome: Outcome): void {
    const fields = { provider: this.name, app: this.#env.app, outcome: outcome.kind, ...outcome.detail };
    this.#env.log.warn(fields, 'fcm.no_access_token');
  }

  #report(event: PoolEvent): void {
    const fields = { provider: this.name, app: this.#env.app };
    switch (event.kind) {
      case 'connections':
        this.#env.observe({ kind: 'connections', state: 'open', count: event.open });
        this.#env.observe({ kind: 'connections', state: 'draining', count: event.draining });
        return;
      case 'connect_failed': {
        const retry = Math.round(event.retryInMs);
        this.#env.log.warn({ ...fields, cause: event.cause, retry_in_ms: retry }, 'fcm.connect_failed');
        return;
      }
      case 'connection_draining':
        this.#env.log.info({ ...fields, cause: event.cause }, 'fcm.connection_draining');
        return;
      case 'connection_lost':
        this.#env.log.info({ ...fields, cause: event.cause }, 'fcm.connection_lost');
        return;
      default: {
        event satisfies never;
      }
    }
  }
}
