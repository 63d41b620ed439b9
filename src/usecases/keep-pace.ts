import type { Clock, EpochMs } from '../domain/time.js';
import type { Allowances } from '../ports/allowances.js';
import { type Addressed, groupByWork } from './attempt-window.js';
import type { ProviderDirectory } from './provider-directory.js';

/** Nobody who waits for units looks again sooner: a chunk costs more to take than it has to wait. */
const WAIT_MIN_MS = 500;

/**
 * Keeps accounts to the `rate` of their provider's settings, in devices, over all processes that share allowances. Costs nothing
 * where no provider has one.
 */
export interface PaceKeeper {
  /** Those of a window that may go now; the others wait until as many more have flowed in, or end with their message. */
  hold(window: readonly Addressed[]): Promise<readonly Addressed[]>;
}

export function createPaceKeeper(house: {
  readonly providers: Pick<ProviderDirectory, 'configured'>;
  readonly allowances: Allowances;
  readonly clock: Clock;
}): PaceKeeper {
  const { providers, allowances, clock } = house;

  async function holdAccount(
    app: string,
    provider: string,
    entries: readonly Addressed[],
  ): Promise<readonly Addressed[]> {
    const rate = providers.configured(app).find(({ name }) => name === provider)?.rate;
    if (rate === undefined) return entries;
    const { granted } = await allowances.take(`pace|${app}|${provider}`, rate, entries.length, 'some');
    const missing = entries.length - granted;
    if (missing === 0) return entries;
    const waitMs = Math.max(WAIT_MIN_MS, Math.ceil((missing * rate.windowSeconds * 1_000) / rate.units));
    for (const entry of entries.slice(granted)) wait(entry, clock.now(), clock.now() + waitMs);
    return entries.slice(0, granted);
  }

  return {
    async hold(window) {
      const accounts = new Map<string, Addressed[]>();
      for (const [work, entries] of groupByWork(window)) {
        const account = `${work.message.app}|${work.chunk.provider ?? ''}`;
        const known = accounts.get(account);
        if (known === undefined) accounts.set(account, [...entries]);
        else known.push(...entries);
      }
      const held = await Promise.all(
        [...accounts.values()].map((entries) => {
          const [first] = entries;
          if (first === undefined) return [];
          return holdAccount(first.work.message.app, first.work.chunk.provider ?? '', entries);
        }),
      );
      return held.flat();
    },
  };
}

/** A TTL of 0 means one attempt, whenever it comes. */
function wait({ work, index }: Addressed, now: EpochMs, until: EpochMs): void {
  const { expiresAt, terms } = work.message;
  if (terms.ttlSeconds > 0 && until >= expiresAt) work.settle(index, { state: 'expired', reason: 'expired' }, now);
  else work.unstart(index, until);
}
