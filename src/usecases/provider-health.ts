import type { ProviderLimits } from '../../providers/contract.js';
import type { MessageClass } from '../domain/message.js';
import type { Reason } from '../domain/reason.js';
import type { Clock, EpochMs } from '../domain/time.js';
import type { AccountPause, AccountStore } from '../ports/account-store.js';
import type { QuotaStore } from '../ports/quota-store.js';
import type { AccountGate } from './account-gate.js';
import type { ProviderDirectory } from './provider-directory.js';
import { type QuotaState, quotaStates } from './quota-states.js';

/** A class of messages of which the vendor takes none for now. */
export interface ParkedClass {
  readonly class: MessageClass;
  readonly reason: Reason;
  readonly since: EpochMs;
  readonly until: EpochMs;
}

/** How one app's account at a provider fares. */
export interface ProviderHealth {
  readonly name: string;
  readonly kind: string;
  readonly nativeFor: readonly string[];
  readonly limits: ProviderLimits;
  /**
   * `blocked`: the vendor refuses the credentials, and an operator must act. `paused`: it asked for time, or does not
   * answer. `untried`: it never took a message of this app yet.
   */
  readonly state: 'ok' | 'untried' | 'paused' | 'blocked';
  /** Of `paused` and `blocked`. */
  readonly trouble?: {
    readonly reason: Reason;
    readonly since: EpochMs;
    /** When one message is tried again; in the past where none has waited. */
    readonly until: EpochMs;
  };
  /** Classes that wait while the others go on. */
  readonly parked: readonly ParkedClass[];
  /** What its vendor bounds by the day. */
  readonly quotas: readonly QuotaState[];
  /** Up to ten seconds old where another process sends. */
  readonly lastAcceptedAt?: EpochMs;
}

/** Answers in any role: what the workers find out stands in the store. */
export interface ProviderHealthDesk {
  /** In the order of the app's file. */
  list(app: string): Promise<readonly ProviderHealth[]>;
}

export function createProviderHealth(house: {
  readonly providers: Pick<ProviderDirectory, 'configured'>;
  readonly accounts: AccountStore;
  readonly quotas: Pick<QuotaStore, 'uses'>;
  readonly gate: Pick<AccountGate, 'lastPassedAt'>;
  readonly clock: Clock;
}): ProviderHealthDesk {
  const { providers, accounts, gate, clock } = house;
  return {
    async list(app) {
      const now = clock.now();
      const configured = providers.configured(app);
      const isCounted = configured.some(({ quotas }) => quotas !== undefined);
      const [pauses, acceptances, allUses] = await Promise.all([
        accounts.pauses(),
        accounts.acceptances(app),
        isCounted ? house.quotas.uses(now) : [],
      ]);
      const own = pauses.filter((pause) => pause.app === app);
      const pauseOf = new Map(own.flatMap((pause) => (pause.class === undefined ? [[pause.provider, pause]] : [])));
      const acceptedAt = new Map(acceptances.map(({ provider, at }) => [provider, at]));
      return configured.map(({ name, kind, nativeFor, limits, quotas: bounds }) => {
        const pause = pauseOf.get(name);
        const times = [acceptedAt.get(name), gate.lastPassedAt(app, name)].filter((at) => at !== undefined);
        const lastAcceptedAt = times.length === 0 ? undefined : Math.max(...times);
        const paused = own.filter(({ provider }) => provider === name);
        const parked = paused.flatMap((one) => parkedClass(one, now));
        const uses = allUses.filter((use) => use.app === app && use.provider === name);
        const quotas = bounds === undefined ? [] : quotaStates(bounds, uses, paused, now);
        const seen = lastAcceptedAt === undefined ? {} : { lastAcceptedAt };
        const common = { name, kind, nativeFor, limits, parked, quotas, ...seen };
        if (pause === undefined) return { ...common, state: lastAcceptedAt === undefined ? 'untried' : 'ok' };
        const { reason, since, until } = pause;
        const state = reason === 'credential_rejected' ? 'blocked' : 'paused';
        return { ...common, state, trouble: { reason, since, until } };
      });
    },
  };
}

/** Once its time has come the class is as free as any: nobody may be left who waits for it. */
function parkedClass({ class: of, reason, since, until }: AccountPause, now: EpochMs): ParkedClass[] {
  return of === undefined || until <= now ? [] : [{ class: of, reason, since, until }];
}
