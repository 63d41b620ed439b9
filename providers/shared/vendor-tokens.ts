/**
 * Access tokens that a vendor gives for credentials: kept, fetched once for all who wait and for all processes, renewed
 * before they end.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { EpochMs, Outcome, ProviderEnv, SharedToken, SharedTokens, TokenClaim } from '../contract.js';
import { AbortWatch } from './abort-watch.js';

export interface IssuedToken {
  readonly value: string;
  readonly lifeSeconds: number;
}

export type Issue =
  | { readonly kind: 'token'; readonly token: IssuedToken }
  /** `outcome` holds for everything that waits for a token: `misconfigured`, or `deferred`. */
  | { readonly kind: 'failed'; readonly outcome: Outcome };

export interface VendorTokensOptions {
  /** Names the credential among those of this provider, without telling it; see {@link tokenKey}. */
  readonly key: string;
  /** Asks the vendor, always for a new one. Never rejects; ends soon after `signal` aborts. */
  issue(signal: AbortSignal): Promise<Issue>;
  /** A token is renewed when so much of its life is left, or a fifth of it where that is more; half of it at most. Default 5 min. */
  readonly renewAheadMs?: number;
  /** And when they are so old, however long they still live: for vendors that want it so. */
  readonly renewEveryMs?: number;
  /** 0 ≤ x < 1; renewal is spread by up to a twentieth of the life. */
  readonly random?: () => number;
}

export type Grant =
  | { readonly kind: 'token'; readonly value: string }
  | { readonly kind: 'failed'; readonly outcome: Outcome };

const RENEW_AHEAD_MS = 5 * 60_000;
/** Too close to its end to be sent with: a request may take that long. */
const LAST_USE_MS = 20_000;
/** Our clock was set back: the token's end says nothing any more. */
const BACKWARDS_MAX_MS = 60_000;
/** After failures nobody asks again for 1 s, then twice as long each time. */
const FAILURE_BASE_MS = 1_000;
const FAILURE_CAP_MS = 60_000;
/** Another process is asking: its answer is waited for so long. */
const OTHERS_WAIT_MS = 5_000;
/** Tokens that are refused as soon as they are given: one is fetched for it each so often. */
const REFUSED_PAUSE_MS = 10_000;
/** For one call to the token endpoint, and to note what it gave. */
const CLAIM_MS = 30_000;

/** A digest by which a credential is known without being told. */
export function tokenKey(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 24);
}

export class VendorTokens {
  readonly #options: VendorTokensOptions;
  readonly #env: Pick<ProviderEnv, 'now' | 'log' | 'name' | 'app'>;
  readonly #shared: SharedTokens;
  readonly #random: () => number;
  readonly #closed = new AbortController();
  readonly #aborts = new AbortWatch();
  /** Refused by the vendor although it lives: whoever keeps it, it is none. */
  readonly #refused = new Set<string>();
  #kept: SharedToken | undefined;
  /** The last that was got in place of a refused one, and when. */
  #replacement: { readonly value: string; readonly at: EpochMs } | undefined;
  #pending: Promise<Grant> | undefined;
  #failures = 0;
  #failure: { readonly outcome: Outcome; readonly from: EpochMs; readonly until: EpochMs } | undefined;

  constructor(options: VendorTokensOptions, env: Pick<ProviderEnv, 'now' | 'log' | 'name' | 'app' | 'tokens'>) {
    this.#options = options;
    this.#env = env;
    this.#shared = env.tokens ?? ownTokens(() => env.now());
    this.#random = options.random ?? Math.random;
  }

  /** A token that lives, waiting for one only where none does. Never rejects; an abort ends the wait alone. */
  current(signal: AbortSignal): Promise<Grant> {
    const now = this.#env.now();
    const kept = this.#usable(now);
    if (kept === undefined) return this.#wait(signal);
    if (now >= this.#renewAt(kept) && this.#held(now) === undefined) void this.#renewal();
    return Promise.resolve({ kind: 'token', value: kept.value });
  }

  /**
   * The vendor refused `used` although it lives: another one, fetched once for all who hold the same. The same again where
   * it was itself got so a moment ago: then the fault is not the token's.
   */
  async renew(used: string, signal: AbortSignal): Promise<Grant> {
    const now = this.#env.now();
    const last = this.#replacement;
    if (last?.value === used && Math.abs(now - last.at) < REFUSED_PAUSE_MS) return { kind: 'token', value: used };
    this.#refused.add(used);
    const kept = this.#usable(now);
    if (kept !== undefined) return { kind: 'token', value: kept.value };
    const grant = await this.#wait(signal);
    if (grant.kind === 'token') this.#replacement = { value: grant.value, at: this.#env.now() };
    return grant;
  }

  /** Gives up an attempt under way. */
  close(): void {
    this.#closed.abort();
  }

  #usable(now: EpochMs): SharedToken | undefined {
    return this.#kept !== undefined && this.#isUsable(this.#kept, now) ? this.#kept : undefined;
  }

  #isUsable({ value, issuedAt, expiresAt }: SharedToken, now: EpochMs): boolean {
    const lastUseAt = Math.max(expiresAt - LAST_USE_MS, (issuedAt + expiresAt) / 2);
    return !this.#refused.has(value) && now < lastUseAt && now >= issuedAt - BACKWARDS_MAX_MS;
  }

  #renewAt({ issuedAt, expiresAt }: SharedToken): EpochMs {
    const life = expiresAt - issuedAt;
    const ahead = Math.min(this.#options.renewAheadMs ?? RENEW_AHEAD_MS, life / 2);
    const age = Math.min(life - Math.max(ahead, life / 5), this.#options.renewEveryMs ?? life);
    return issuedAt + age - this.#random() * (Math.min(life, this.#options.renewEveryMs ?? life) / 20);
  }

  /** The last failure, while it is not time to ask again; its wait is what remains. */
  #held(now: EpochMs): Outcome | undefined {
    const failure = this.#failure;
    if (failure === undefined || now >= failure.until || now < failure.from) return undefined;
    const { outcome } = failure;
    if (outcome.kind !== 'deferred' || outcome.retryAfterMs === undefined) return outcome;
    return { ...outcome, retryAfterMs: failure.until - now };
  }

  #wait(signal: AbortSignal): Promise<Grant> {
    const held = this.#held(this.#env.now());
    if (held !== undefined) return Promise.resolve({ kind: 'failed', outcome: held });
    if (signal.aborted) return Promise.resolve(GIVEN_UP);
    return this.#orGivenUp(this.#renewal(), signal);
  }

  #orGivenUp(pending: Promise<Grant>, signal: AbortSignal): Promise<Grant> {
    return new Promise((resolve) => {
      const endWatch = this.#aborts.add(signal, () => resolve(GIVEN_UP));
      void pending.then((result) => {
        endWatch();
        resolve(result);
      });
    });
  }

  #renewal(): Promise<Grant> {
    this.#pending ??= this.#renew().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  /** What another process has fetched meanwhile, or what the vendor gives to the one that may ask. */
  async #renew(): Promise<Grant> {
    const { key } = this.#options;
    const waitUntil = this.#env.now() + OTHERS_WAIT_MS;
    for (;;) {
      if (this.#closed.signal.aborted) return GIVEN_UP;
      try {
        const known = await this.#news();
        if (known !== undefined) return this.#keep(known);
        const now = this.#env.now();
        const claim = await this.#shared.claim(key, CLAIM_MS);
        if (claim.granted) {
          // Another may have fetched one between the look and the claim.
          const newer = await this.#news();
          if (newer === undefined) return await this.#issue(claim.claim);
          await this.#release(claim.claim, { token: newer });
          return this.#keep(newer);
        }
        const leftMs = claim.lookAgainAt - now;
        if (now >= waitUntil || leftMs > CLAIM_MS)
          return { kind: 'failed', outcome: { ...NO_TURN, retryAfterMs: leftMs } };
        await pause(Math.min(250, Math.max(20, leftMs)), this.#closed.signal);
      } catch (error) {
        // The store is away: better a token of one's own than none.
        this.#env.log.warn(
          { provider: this.#env.name, app: this.#env.app, error: String(error) },
          'provider.tokens_not_shared',
        );
        return this.#issue(undefined);
      }
    }
  }

  /** A token that another process fetched, and that is better than ours. */
  async #news(): Promise<SharedToken | undefined> {
    const known = await this.#shared.read(this.#options.key);
    if (known === undefined || known.value === this.#kept?.value) return undefined;
    const now = this.#env.now();
    return this.#isUsable(known, now) && now < this.#renewAt(known) ? known : undefined;
  }

  async #issue(claim: string | undefined): Promise<Grant> {
    const issued = await this.#options.issue(this.#closed.signal);
    const now = this.#env.now();
    if (issued.kind === 'token' && issued.token.value !== '' && issued.token.lifeSeconds > 0) {
      const token = {
        value: issued.token.value,
        issuedAt: now,
        expiresAt: now + issued.token.lifeSeconds * 1_000,
      };
      await this.#release(claim, { token });
      return this.#keep(token);
    }
    if (this.#closed.signal.aborted) {
      await this.#release(claim, { notBefore: now });
      return GIVEN_UP;
    }
    const outcome: Outcome = issued.kind === 'failed' ? issued.outcome : NO_TOKEN;
    const given = outcome.kind === 'deferred' ? outcome.retryAfterMs : undefined;
    const holdMs = given ?? Math.min(FAILURE_CAP_MS, FAILURE_BASE_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    this.#failure = { outcome, from: now, until: now + holdMs };
    const fields = { provider: this.#env.name, app: this.#env.app, outcome: outcome.kind, ...outcome.detail };
    this.#env.log.warn(fields, 'provider.no_access_token');
    await this.#release(claim, { notBefore: now + holdMs });
    return { kind: 'failed', outcome };
  }

  #keep(token: SharedToken): Grant {
    this.#kept = token;
    this.#refused.clear();
    this.#failures = 0;
    this.#failure = undefined;
    return { kind: 'token', value: token.value };
  }

  async #release(claim: string | undefined, result: Parameters<SharedTokens['release']>[2]): Promise<void> {
    if (claim === undefined) return;
    await this.#shared.release(this.#options.key, claim, result).catch((error: unknown) => {
      const fields = { provider: this.#env.name, app: this.#env.app, error: String(error) };
      this.#env.log.warn(fields, 'provider.tokens_not_shared');
    });
  }
}

const GIVEN_UP: Grant = {
  kind: 'failed',
  outcome: {
    kind: 'deferred',
    scope: 'target',
    reason: 'timeout',
    detail: { text: 'given up while it waited for an access token' },
  },
};

const NO_TURN = {
  kind: 'deferred',
  scope: 'account',
  reason: 'provider_unavailable',
  detail: { text: 'another process could get no access token, or is still asking for one' },
} as const satisfies Outcome;

const NO_TOKEN: Outcome = {
  kind: 'deferred',
  scope: 'account',
  reason: 'provider_unavailable',
  detail: { text: 'an answer without an access token that lives' },
};

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}

/** For one provider in one process: what it promises is that of the shared ones. */
export function ownTokens(now: () => EpochMs): SharedTokens {
  const tokens = new Map<string, SharedToken>();
  const claims = new Map<string, { readonly claim: string; readonly until: EpochMs }>();
  return {
    read: (key) => Promise.resolve(tokens.get(key)),
    claim(key, forMs): Promise<TokenClaim> {
      const held = claims.get(key);
      if (held !== undefined && now() < held.until) {
        return Promise.resolve({ granted: false, lookAgainAt: held.until });
      }
      const claim = randomUUID();
      claims.set(key, { claim, until: now() + forMs });
      return Promise.resolve({ granted: true, claim });
    },
    release(key, claim, result) {
      if (claims.get(key)?.claim !== claim) return Promise.resolve();
      if ('token' in result) {
        tokens.set(key, result.token);
        claims.delete(key);
      } else claims.set(key, { claim: '', until: result.notBefore });
      return Promise.resolve();
    },
  };
}
