import type { MessageClass } from '../domain/message.js';
import type { Reason } from '../domain/reason.js';
import { backoffMs, type RandomFraction, type RetryPolicy } from '../domain/retry.js';
import type { Clock, EpochMs } from '../domain/time.js';
import type { AccountAcceptance, AccountPause, AccountStore } from '../ports/account-store.js';
import type { Log } from '../ports/log.js';

/** A blocked account is tried again at least this often: the vendor's side may have been mended. */
const BLOCKED_LOOK_MS = 60_000;
/** While one target tries a paused account, the others ask again after this. */
const PROBE_WAIT_MS = 500;
/** A probe that never told its end (its worker's window was lost) is forgotten after this. */
const PROBE_FORGOTTEN_MS = 30_000;
/** The store learns when something last passed no more often than this: people look at it, nothing is decided by it. */
const PASSED_TOLD_EVERY_MS = 10_000;

export interface Trouble {
  readonly reason: Reason;
  /** It concerns the class of the message that met it, and no other; the whole account when absent. */
  readonly isOfClass?: true;
  /** As the vendor gave it; absent where it named none. */
  readonly retryAfterMs?: number;
  /** The credentials or setup are wrong: an operator must act. */
  readonly blocked: boolean;
}

export type Admission =
  | { readonly admitted: number; readonly until?: undefined }
  /** Fewer than asked: the others may ask again at `until`. */
  | {
      readonly admitted: number;
      readonly until: EpochMs;
      readonly reason: Reason;
      /** The class alone is paused. */
      readonly isOfClass: boolean;
      /** Its time has come, and one tries: what has a moment need look for no other road. */
      readonly isTried: boolean;
    };

/**
 * Paces accounts, and the classes of messages in them. A paused account lets nothing pass until its time has come, then
 * one target, and everything once that one got through. A paused class lets the other pass. Pauses are kept in the store, so that
 * a restart or another worker keeps a vendor's Retry-After.
 */
export interface AccountGate {
  admit(app: string, provider: string, of: MessageClass, wanted: number): Admission;
  /** The vendor took a message. */
  passed(app: string, provider: string, of: MessageClass): void;
  /** The vendor judged one message or one device: the account itself is well. */
  answered(app: string, provider: string, of: MessageClass): void;
  /** An attempt ended and proved nothing about the account: if it was the probe, the next may go. */
  unproven(app: string, provider: string, of: MessageClass): void;
  /** @returns when messages of this class may be tried again. */
  troubled(app: string, provider: string, of: MessageClass, trouble: Trouble): EpochMs;
  /** Whether an operator must act before anything passes. */
  isBlocked(app: string, provider: string): boolean;
  /** When something last passed, here. */
  lastPassedAt(app: string, provider: string): EpochMs | undefined;
  /** Learns what other workers found out, and tells the store what passed here, each class of an account at most every 10 s. */
  refresh(): Promise<void>;
  /** A start may come with mended credentials: forgets blocks, keeps every other pause. */
  forgetBlocks(): Promise<void>;
  /**
   * The same for accounts whose settings were replaced while this process runs; what was paused for a quota goes on as well,
   * since the quota may be another.
   */
  unblock(these: readonly { readonly app: string; readonly provider: string }[]): Promise<void>;
}

interface Gate extends AccountPause {
  probingSince: EpochMs | undefined;
}

export function createAccountGate(house: {
  readonly accounts: AccountStore;
  readonly clock: Clock;
  readonly random: RandomFraction;
  readonly retry: RetryPolicy;
  readonly log: Log;
}): AccountGate {
  const { accounts, clock, log } = house;
  const gates = new Map<string, Gate>();
  /** By account and class. */
  const passed = new Map<string, AccountAcceptance>();
  const passedAt = new Map<string, EpochMs>();
  /** What of `passed` the store knows. */
  const toldAt = new Map<string, EpochMs>();
  const accountOf = (app: string, provider: string) => `${app}|${provider}`;
  const keyOf = (app: string, provider: string, of?: MessageClass) => `${app}|${provider}|${of ?? ''}`;
  /** Counts unblockings: what was read from the store before one says nothing about the accounts after it. */
  let unblockings = 0;
  /** Store writes of one account in order, or a late pause would undo a resume. */
  let writes = Promise.resolve();
  const write = (work: () => Promise<void>) => {
    writes = writes.then(work).catch((error: unknown) => log.warn({ error: String(error) }, 'account.not_stored'));
  };

  function openOne(app: string, provider: string, of?: MessageClass): void {
    const key = keyOf(app, provider, of);
    const gate = gates.get(key);
    // An answer to what left before the pause began says nothing about now.
    if (gate === undefined || gate.probingSince === undefined) return;
    gates.delete(key);
    log.info({ app, provider, ...named(of), pausedMs: clock.now() - gate.since }, 'account.resumed');
    write(() => accounts.resume(app, provider, clock.now(), of));
  }

  function open(app: string, provider: string, of: MessageClass): void {
    openOne(app, provider);
    openOne(app, provider, of);
  }

  function unproven(app: string, provider: string, of?: MessageClass): void {
    const gate = gates.get(keyOf(app, provider, of));
    if (gate !== undefined) gate.probingSince = undefined;
  }

  /** What a gate says now; nothing is changed by asking. */
  function ask(gate: Gate, wanted: number, now: EpochMs): Extract<Admission, { until: EpochMs }> {
    const about = { reason: gate.reason, isOfClass: gate.class !== undefined };
    if (now < gate.until) return { admitted: 0, until: gate.until, ...about, isTried: false };
    const triedFor = gate.probingSince === undefined ? PROBE_FORGOTTEN_MS : now - gate.probingSince;
    // A clock that was set back must not make a lost probe be waited for until it has caught up.
    const isTrying = triedFor >= 0 && triedFor < PROBE_FORGOTTEN_MS;
    return { admitted: isTrying ? 0 : Math.min(1, wanted), until: now + PROBE_WAIT_MS, ...about, isTried: true };
  }

  async function tellPassed(): Promise<void> {
    const news = [...passed].filter(([key, { at }]) => {
      const told = toldAt.get(key);
      return told === undefined || at - told >= PASSED_TOLD_EVERY_MS;
    });
    if (news.length === 0) return;
    await accounts.accepted(
      news.map(([, acceptance]) => acceptance),
      clock.now(),
    );
    for (const [key, { at }] of news) toldAt.set(key, at);
  }

  function pauseFor(trouble: Trouble, failures: number): number {
    if (trouble.retryAfterMs !== undefined) return trouble.retryAfterMs;
    const wait = backoffMs(house.retry, failures, house.random);
    return trouble.blocked ? Math.min(wait, BLOCKED_LOOK_MS) : wait;
  }

  return {
    admit(app, provider, of, wanted) {
      const closed = [gates.get(keyOf(app, provider)), gates.get(keyOf(app, provider, of))].filter(
        (gate) => gate !== undefined,
      );
      const now = clock.now();
      const answers = closed.map((gate) => ask(gate, wanted, now));
      const strictest = answers.toSorted((a, b) => a.admitted - b.admitted || b.until - a.until)[0];
      if (strictest === undefined) return { admitted: wanted };
      if (strictest.admitted > 0) for (const gate of closed) gate.probingSince = now;
      return strictest;
    },

    passed(app, provider, of) {
      const at = clock.now();
      passedAt.set(accountOf(app, provider), at);
      passed.set(keyOf(app, provider, of), { app, provider, class: of, at });
      open(app, provider, of);
    },

    answered: open,

    unproven(app, provider, of) {
      unproven(app, provider);
      unproven(app, provider, of);
    },

    troubled(app, provider, of, trouble) {
      const only = trouble.isOfClass === true ? of : undefined;
      // What a vendor says of a class it says of an account that is well; what it says of the account is no word about a class.
      if (only === undefined) unproven(app, provider, of);
      else openOne(app, provider);
      const key = keyOf(app, provider, only);
      const now = clock.now();
      const known = gates.get(key);
      if (known !== undefined && now < known.until) {
        // One of many that were under way together: it is the same trouble, unless the vendor asks for more time.
        const until = Math.max(known.until, trouble.retryAfterMs === undefined ? 0 : now + trouble.retryAfterMs);
        // That an operator must act outweighs whatever else is the matter.
        const reason = trouble.blocked ? trouble.reason : known.reason;
        if (until > known.until || reason !== known.reason) {
          gates.set(key, { ...known, until, reason });
          write(() => accounts.pause({ ...known, until, reason }, now));
          if (reason !== known.reason) log.error({ app, provider, reason, forMs: until - now }, 'account.blocked');
        }
        return until;
      }
      const failures = (known?.failures ?? 0) + 1;
      const pause: AccountPause = {
        app,
        provider,
        ...named(only),
        until: now + pauseFor(trouble, failures),
        reason: trouble.reason,
        failures,
        since: known?.since ?? now,
      };
      gates.set(key, { ...pause, probingSince: undefined });
      const fields = { app, provider, ...named(only), reason: pause.reason, forMs: pause.until - now, failures };
      if (trouble.blocked) log.error(fields, 'account.blocked');
      else log.warn(fields, 'account.paused');
      write(() => accounts.pause(pause, now));
      return pause.until;
    },

    isBlocked: (app, provider) => gates.get(keyOf(app, provider))?.reason === 'credential_rejected',
    lastPassedAt: (app, provider) => passedAt.get(accountOf(app, provider)),

    async refresh() {
      await tellPassed();
      const unblockingsBefore = unblockings;
      const stored = await accounts.pauses();
      if (unblockings !== unblockingsBefore) return;
      const keys = new Set(stored.map((pause) => keyOf(pause.app, pause.provider, pause.class)));
      for (const pause of stored) {
        const key = keyOf(pause.app, pause.provider, pause.class);
        const known = gates.get(key);
        if (known === undefined || pause.until > known.until) gates.set(key, { ...pause, probingSince: undefined });
      }
      const now = clock.now();
      for (const [key, gate] of gates) {
        // Somebody else got through. One begun here a moment ago may not be stored yet.
        if (!keys.has(key) && now - gate.since > 5_000 && gate.until <= now) gates.delete(key);
      }
    },

    async forgetBlocks() {
      for (const pause of await accounts.pauses()) {
        if (pause.reason === 'credential_rejected') await accounts.forget(pause.app, pause.provider);
      }
    },

    async unblock(these) {
      const changed = new Set(these.map(({ app, provider }) => accountOf(app, provider)));
      for (const [key, gate] of gates) {
        const { app, provider, class: only, reason } = gate;
        const isOfSettings = only === undefined ? reason === 'credential_rejected' : reason === 'quota_exceeded';
        if (!isOfSettings || !changed.has(accountOf(app, provider))) continue;
        gates.delete(key);
        log.info({ app, provider, ...named(only), pausedMs: clock.now() - gate.since }, 'account.unblocked');
        write(() => accounts.forget(app, provider, only));
      }
      // Both while the store is being written and after: a look in between would bring the block back.
      unblockings++;
      await writes;
      unblockings++;
    },
  };
}

function named(of: MessageClass | undefined): { readonly class?: MessageClass } {
  return of === undefined ? {} : { class: of };
}
