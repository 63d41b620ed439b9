import type { ProviderLimits } from '../../providers/contract.js';
import type { Reason } from '../domain/reason.js';
import type { EpochMs } from '../domain/time.js';
import type { AccountStore } from '../ports/account-store.js';
import type { AccountGate } from './account-gate.js';
import type { ProviderDirectory } from './provider-directory.js';

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
  readonly gate: Pick<AccountGate, 'lastPassedAt'>;
}): ProviderHealthDesk {
  const { providers, accounts, gate } = house;
  return {
    async list(app) {
      const [pauses, acceptances] = await Promise.all([accounts.pauses(), accounts.acceptances(app)]);
      const pauseOf = new Map(pauses.flatMap((pause) => (pause.app === app ? [[pause.provider, pause]] : [])));
      const acceptedAt = new Map(acceptances.map(({ provider, at }) => [provider, at]));
      return providers.configured(app).map(({ name, kind, nativeFor, limits }) => {
        const pause = pauseOf.get(name);
        const times = [acceptedAt.get(name), gate.lastPassedAt(app, name)].filter((at) => at !== undefined);
        const lastAcceptedAt = times.length === 0 ? undefined : Math.max(...times);
        const common = { name, kind, nativeFor, limits, ...(lastAcceptedAt === undefined ? {} : { lastAcceptedAt }) };
        if (pause === undefined) return { ...common, state: lastAcceptedAt === undefined ? 'untried' : 'ok' };
        const { reason, since, until } = pause;
        const state = reason === 'credential_rejected' ? 'blocked' : 'paused';
        return { ...common, state, trouble: { reason, since, until } };
      });
    },
  };
}
