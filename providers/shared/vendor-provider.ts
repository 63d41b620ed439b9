/**
 * The frame of a provider whose vendor takes many targets in one request and is asked over HTTP/1.1: batches, connections,
 * access tokens with one repeat after a refusal, observations, closing. What a vendor's requests and answers look like is
 * its {@link VendorWire}.
 */
import { setMaxListeners } from 'node:events';
import type { Batch, EpochMs, Misfit, Outcome, Provider, ProviderEnv, ProviderLimits, Target } from '../contract.js';
import { Http1Pool, type Http1PoolEvent, type Http1PoolOptions } from './http1-pool.js';
import type { Answer, OutgoingRequest, Transport } from './transport.js';
import { notSent, unfit, wrongPurpose } from './unsent.js';
import type { VendorTokens } from './vendor-tokens.js';

/** What a wire made of an answer. */
export interface Judged<T> {
  readonly value: T;
  /** The vendor's word, with few values: what is counted. */
  readonly code: string;
  /** An answer that nobody has documented: an alarm is raised. */
  readonly isStrange?: boolean;
  /** The access token was refused: another one is fetched, and the request repeated, once. */
  readonly isTokenRefused?: boolean;
}

export type Asked<T> =
  | { readonly kind: 'judged'; readonly value: T }
  /** There was no answer to judge: this holds for every target of the request. */
  | { readonly kind: 'outcome'; readonly outcome: Outcome };

export interface VendorRequest extends OutgoingRequest {
  /** Where it goes, if not to the provider's origin. */
  readonly origin?: string;
}

/** One question to the vendor. */
export interface Question<T> {
  /** `token` is empty for a wire without access tokens. */
  request(token: string): VendorRequest;
  judge(answer: Answer): Judged<T>;
  /** It reaches no device: unanswered, it is as if it had not been asked. */
  readonly isHarmless?: boolean;
  /** Whose access tokens it is asked with, if not the provider's: a vendor may give others in each region. */
  readonly tokens?: VendorTokens;
}

/** What a wire is lent for one request. */
export interface Talk {
  /** Never rejects, if `judge` does not throw. */
  ask<T>(question: Question<T>): Promise<Asked<T>>;
  now(): EpochMs;
  /** Whether the vendor has taken a message of this account within so many milliseconds, over this provider. */
  hasPassedWithin(ms: number): boolean;
}

/** The vendor's protocol. Everything but `send` is pure. */
export interface VendorWire<Compiled> {
  readonly limits: ProviderLimits;
  /** What it says of an address does not depend on whose credentials these are. */
  readonly knowsAddresses?: true;
  /** Purposes that a registration may have; `alert` alone when absent. */
  readonly purposes?: ReadonlySet<string>;
  /** `compiled` is absent where a misfit of severity `error` is. */
  compile(
    batch: Omit<Batch, 'targets'>,
    now: EpochMs,
  ): { readonly compiled?: Compiled; readonly misfits: readonly Misfit[] };
  /**
   * How targets are put together: those with the same key may stand in one request. All may, when absent.
   */
  groupOf?(target: Target): string;
  /** Sends to the targets of one request, each push token once; one outcome each, in order. Never rejects. */
  send(compiled: Compiled, targets: readonly Target[], talk: Talk): Promise<readonly Outcome[]>;
}

export interface VendorProviderOptions<Compiled> {
  readonly wire: VendorWire<Compiled>;
  /** Names the events in the log: `huawei` gives `huawei.answer_unexpected`. */
  readonly kind: string;
  readonly origin: string;
  readonly ca?: string | undefined;
  readonly tokens?: VendorTokens;
  /** Figures of the connections other than their own. */
  readonly pool?: Partial<Http1PoolOptions>;
}

const ALERT = new Set(['alert']);
/** So long an acceptance shows that the credentials are those of the app whose push tokens these are. */
const PROOF_MS = 86_400_000;

export class VendorProvider<Compiled> implements Provider {
  readonly name: string;
  readonly limits: ProviderLimits;
  protected readonly env: ProviderEnv;
  readonly #options: VendorProviderOptions<Compiled>;
  /** By origin: a vendor may have one for each region. */
  readonly #pools = new Map<string, Transport>();
  readonly #connections = new Map<string, number>();
  readonly #sending = new Set<Promise<unknown>>();
  /** All that were asked with. */
  readonly #tokens = new Set<VendorTokens>();
  #passedAt: EpochMs | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: VendorProviderOptions<Compiled>, env: ProviderEnv) {
    this.name = env.name;
    this.env = env;
    this.limits = options.wire.limits;
    this.#options = options;
  }

  async send(batch: Batch, signal: AbortSignal): Promise<readonly Outcome[]> {
    const { targets, ...rest } = batch;
    const { wire } = this.#options;
    this.checkBatch(targets);
    setMaxListeners(0, signal); // many sends share one, and each of them listens
    const { compiled, misfits } = wire.compile(rest, this.env.now());
    if (compiled === undefined) {
      const outcome = unfit(misfits);
      return targets.map(() => outcome);
    }
    return this.awaited(this.#sendAll(compiled, targets, signal));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Sends in flight may still repeat once, so they end before their connections do. */
  async #close(): Promise<void> {
    await Promise.allSettled(this.#sending);
    for (const tokens of this.#tokens) tokens.close();
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
  }

  /** @throws for a caller's mistake */
  protected checkBatch(targets: readonly Target[]): void {
    if (this.#closing !== undefined) throw new Error(`provider ${this.name} was used after close`);
    if (targets.length === 0) throw new Error('a batch needs a target');
    if (targets.length > this.limits.batchTargetsMax) {
      throw new Error(`a batch has at most ${this.limits.batchTargetsMax} targets, not ${targets.length}`);
    }
  }

  /** `close` waits for it. */
  protected async awaited<T>(sending: Promise<T>): Promise<T> {
    this.#sending.add(sending);
    try {
      return await sending;
    } finally {
      this.#sending.delete(sending);
    }
  }

  /** What a wire needs to talk to the vendor until `signal` aborts. */
  protected talk(signal: AbortSignal): Talk {
    return {
      ask: (question) => this.#ask(question, signal),
      now: () => this.env.now(),
      hasPassedWithin: (ms) => this.#passedAt !== undefined && this.env.now() - this.#passedAt < ms,
    };
  }

  async #sendAll(compiled: Compiled, targets: readonly Target[], signal: AbortSignal): Promise<Outcome[]> {
    const { wire } = this.#options;
    const purposes = wire.purposes ?? ALERT;
    const outcomes = new Map<Target, Outcome>();
    /** By group and push token: some vendors show a token that stands in a request twice twice. */
    const groups = new Map<string, Map<string, Target[]>>();
    for (const target of targets) {
      if (!purposes.has(target.purpose ?? 'alert')) {
        outcomes.set(target, wrongPurpose());
        continue;
      }
      const key = wire.groupOf?.(target) ?? '';
      const group = groups.get(key) ?? new Map<string, Target[]>();
      groups.set(key, group);
      group.set(target.pushToken, [...(group.get(target.pushToken) ?? []), target]);
    }
    const size = wire.limits.requestTargetsMax ?? 1;
    const talk = this.talk(signal);
    const requests = [...groups.values()].flatMap((group) => inPieces([...group.values()], size));
    await Promise.all(
      requests.map(async (twins) => {
        const firsts = twins.flatMap(([first]) => first ?? []);
        const said = await this.#sendOne(compiled, firsts, talk);
        if (said.some(({ kind }) => kind === 'accepted')) this.#passedAt = this.env.now();
        const answers = talk.hasPassedWithin(PROOF_MS) || wire.knowsAddresses === true ? said : said.map(doubted);
        for (const [place, same] of twins.entries()) {
          for (const target of same) outcomes.set(target, answers[place] ?? { kind: 'uncertain' });
        }
      }),
    );
    return targets.map((target) => outcomes.get(target) ?? { kind: 'uncertain' });
  }

  /** A wire that breaks is our mistake: nobody knows what it sent, and other requests have nothing to do with it. */
  async #sendOne(compiled: Compiled, targets: readonly Target[], talk: Talk): Promise<readonly Outcome[]> {
    const { wire, kind } = this.#options;
    try {
      return await wire.send(compiled, targets, talk);
    } catch (error) {
      // Without its message, which may quote what was sent or answered.
      const at = error instanceof Error ? error.stack?.match(/^\s+at .*$/m)?.[0].trim() : undefined;
      const name = error instanceof Error ? error.name : typeof error;
      this.env.log.error({ ...this.#fields(), error: name, at, targets: targets.length }, `${kind}.broken`);
      return [];
    }
  }

  async #ask<T>(question: Question<T>, signal: AbortSignal): Promise<Asked<T>> {
    const { tokens = this.#options.tokens } = question;
    if (tokens === undefined) return (await this.#askOnce(question, '', signal)).asked;
    this.#tokens.add(tokens);
    const first = await tokens.current(signal);
    if (first.kind === 'failed') return { kind: 'outcome', outcome: first.outcome };
    const { asked, isTokenRefused } = await this.#askOnce(question, first.value, signal);
    if (!isTokenRefused) return asked;
    const second = await tokens.renew(first.value, signal);
    if (second.kind === 'failed') return { kind: 'outcome', outcome: second.outcome };
    if (second.value === first.value) return asked;
    return (await this.#askOnce(question, second.value, signal)).asked;
  }

  async #askOnce<T>(
    question: Question<T>,
    token: string,
    signal: AbortSignal,
  ): Promise<{ readonly asked: Asked<T>; readonly isTokenRefused: boolean }> {
    const request = question.request(token);
    const reply = await this.#pool(request.origin ?? this.#options.origin).request(request, signal);
    switch (reply.kind) {
      case 'answer': {
        const { value, code, isStrange, isTokenRefused = false } = question.judge(reply);
        this.env.observe({ kind: 'request', code, ms: reply.ms });
        if (isStrange === true) {
          const { kind } = this.#options;
          // Without its text, which may name push tokens.
          this.env.log.error({ ...this.#fields(), status: reply.status, code }, `${kind}.answer_unexpected`);
        }
        return { asked: { kind: 'judged', value }, isTokenRefused };
      }
      case 'not_sent':
        this.env.observe({ kind: 'request', code: `not_sent ${reply.reason}`, ms: 0 });
        return { asked: { kind: 'outcome', outcome: notSent(reply.reason, reply.cause) }, isTokenRefused: false };
      case 'no_answer': {
        this.env.observe({ kind: 'request', code: 'no_answer', ms: reply.ms });
        const detail = { text: reply.cause.slice(0, 256) };
        const outcome: Outcome =
          question.isHarmless === true
            ? { kind: 'deferred', scope: 'target', reason: 'provider_unavailable', detail }
            : { kind: 'uncertain', detail };
        return { asked: { kind: 'outcome', outcome }, isTokenRefused: false };
      }
      default:
        return reply satisfies never;
    }
  }

  #pool(origin: string): Transport {
    let pool = this.#pools.get(origin);
    if (pool === undefined) {
      const { ca, pool: figures } = this.#options;
      pool = new Http1Pool({ ...figures, origin, ca, report: (event) => this.#report(origin, event) });
      this.#pools.set(origin, pool);
    }
    return pool;
  }

  #report(origin: string, event: Http1PoolEvent): void {
    switch (event.kind) {
      case 'connections': {
        this.#connections.set(origin, event.open);
        const count = [...this.#connections.values()].reduce((sum, open) => sum + open, 0);
        this.env.observe({ kind: 'connections', state: 'open', count });
        return;
      }
      case 'connect_failed': {
        const { host } = new URL(origin);
        const fields = { ...this.#fields(), host, cause: event.cause, retry_in_ms: Math.round(event.retryInMs) };
        this.env.log.warn(fields, `${this.#options.kind}.connect_failed`);
        return;
      }
      default: {
        event satisfies never;
      }
    }
  }

  #fields() {
    return { provider: this.name, app: this.env.app };
  }
}

/** With credentials of another app every address looks dead. */
function doubted(outcome: Outcome): Outcome {
  return outcome.kind === 'unregistered' ? { ...outcome, isDoubtful: true } : outcome;
}

function inPieces<T>(items: readonly T[], size: number): T[][] {
  const pieces: T[][] = [];
  for (let from = 0; from < items.length; from += size) pieces.push(items.slice(from, from + size));
  return pieces;
}
