/** One OAuth access token for all sends of a provider: kept, renewed before it ends, fetched once for all who wait. */
import type { EpochMs, Outcome } from '../contract.js';
import { credentialFailure, NoTokenError } from './credential-failure.js';

export interface IssuedToken {
  readonly value: string;
  readonly expiresInSeconds: number;
  /** Whom Google bills, where the credentials name somebody: header `x-goog-user-project`. */
  readonly quotaProject?: string;
}

export interface TokenSource {
  /** Always a new one. Rejects with whatever went wrong; ends soon after `signal` aborts. */
  issue(signal: AbortSignal): Promise<IssuedToken>;
}

export type Grant =
  | { readonly kind: 'token'; readonly value: string; readonly quotaProject?: string }
  /** `outcome` holds for every target that would have been sent to. */
  | { readonly kind: 'failed'; readonly outcome: Outcome };

/** Google: tokens live an hour; refreshed at least this long before. Shorter-lived ones at half their life. */
const REFRESH_AHEAD_MS = 5 * 60_000;
/** Too close to its end to be sent with: a request may take that long. */
const LAST_USE_MS = 15_000;
/** After a failure nobody asks again for this long, or as long as `Retry-After` says. */
const FAILURE_HOLD_MS = 1_000;
/** Our clock was set back: the token's end says nothing any more. */
const BACKWARDS_MAX_MS = 60_000;

interface Kept extends IssuedToken {
  readonly issuedAt: EpochMs;
  readonly refreshAt: EpochMs;
  readonly lastUseAt: EpochMs;
}

export class AccessTokens {
  readonly #source: TokenSource;
  readonly #now: () => EpochMs;
  readonly #onFailure: (outcome: Outcome) => void;
  readonly #closed = new AbortController();
  #kept: Kept | undefined;
  #pending: Promise<Grant> | undefined;
  /** Who waits for `#pending`: one listener per signal, not per send. */
  #waits = new WeakMap<AbortSignal, Promise<Grant>>();
  #failure: { readonly outcome: Outcome; readonly from: EpochMs; readonly until: EpochMs } | undefined;

  /** `onFailure` is told of each failed attempt, once. */
  constructor(source: TokenSource, now: () => EpochMs, onFailure: (outcome: Outcome) => void) {
    this.#source = source;
    this.#now = now;
    this.#onFailure = onFailure;
  }

  /** A token that lives, waiting for one only where none does. Never rejects; an abort ends the wait alone. */
  current(signal: AbortSignal): Promise<Grant> {
    const now = this.#now();
    const kept = this.#usable(now);
    if (kept === undefined) return this.#wait(signal);
    if (now >= kept.refreshAt && this.#held(now) === undefined) void this.#refresh();
    return Promise.resolve(grant(kept));
  }

  /** The vendor refused `used` although it lives: another one, fetched once for all who hold the same. */
  renew(used: string, signal: AbortSignal): Promise<Grant> {
    const kept = this.#usable(this.#now());
    if (kept !== undefined && kept.value !== used) return Promise.resolve(grant(kept));
    this.#kept = undefined;
    return this.#wait(signal);
  }

  /** Gives up an attempt under way. */
  close(): void {
    this.#closed.abort();
  }

  #usable(now: EpochMs): Kept | undefined {
    const kept = this.#kept;
    if (kept === undefined || now >= kept.lastUseAt || now < kept.issuedAt - BACKWARDS_MAX_MS) return undefined;
    return kept;
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
    const held = this.#held(this.#now());
    if (held !== undefined) return Promise.resolve({ kind: 'failed', outcome: held });
    if (signal.aborted) return Promise.resolve(GIVEN_UP);
    const pending = this.#refresh();
    let wait = this.#waits.get(signal);
    if (wait === undefined) {
      wait = orGivenUp(pending, signal);
      this.#waits.set(signal, wait);
    }
    return wait;
  }

  #refresh(): Promise<Grant> {
    if (this.#pending === undefined) {
      this.#waits = new WeakMap();
      this.#pending = this.#issue().finally(() => {
        this.#pending = undefined;
      });
    }
    return this.#pending;
  }

  async #issue(): Promise<Grant> {
    try {
      const issued = await this.#source.issue(this.#closed.signal);
      const lifeMs = issued.expiresInSeconds * 1000;
      if (issued.value === '' || !(lifeMs > 0)) throw new NoTokenError('an answer without a token that lives');
      const issuedAt = this.#now();
      this.#kept = {
        ...issued,
        issuedAt,
        refreshAt: issuedAt + Math.max(lifeMs - REFRESH_AHEAD_MS, lifeMs / 2),
        lastUseAt: issuedAt + Math.max(lifeMs - LAST_USE_MS, lifeMs / 2),
      };
      this.#failure = undefined;
      return grant(this.#kept);
    } catch (error) {
      const from = this.#now();
      const outcome = credentialFailure(error, from);
      const holdMs = outcome.kind === 'deferred' ? (outcome.retryAfterMs ?? FAILURE_HOLD_MS) : FAILURE_HOLD_MS;
      this.#failure = { outcome, from, until: from + holdMs };
      this.#onFailure(outcome);
      return { kind: 'failed', outcome };
    }
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

function orGivenUp(pending: Promise<Grant>, signal: AbortSignal): Promise<Grant> {
  return new Promise((resolve) => {
    const onAbort = () => resolve(GIVEN_UP);
    signal.addEventListener('abort', onAbort, { once: true });
    void pending.then((result) => {
      signal.removeEventListener('abort', onAbort);
      resolve(result);
    });
  });
}

function grant({ value, quotaProject }: Kept): Grant {
  return { kind: 'token', value, ...(quotaProject === undefined ? {} : { quotaProject }) };
}
