import { hasDeadAddressFeed } from '../../providers/contract.js';
import type { RegistrationEffect } from '../domain/chunk.js';
import type { Clock } from '../domain/time.js';
import type { FeedTurnStore } from '../ports/feed-turn-store.js';
import type { Log } from '../ports/log.js';
import type { TokenHasher } from '../ports/token-hasher.js';
import type { ProviderDirectory } from './provider-directory.js';
import type { Retire } from './retire.js';

/** A process that says nothing for so long is taken for dead. */
const TURN_MS = 10 * 60_000;
/** After a failure a vendor is asked again so soon, unless its own interval is shorter. */
const AGAIN_MS = 5 * 60_000;
/** A vendor that does not answer is waited for so long. */
const ANSWER_MS = 60_000;
/** Retired in one go: no statement may take long. */
const STEP = 1_000;

export interface FeedsHouse {
  readonly providers: Pick<ProviderDirectory, 'apps' | 'configured' | 'open'>;
  readonly feedTurns: FeedTurnStore;
  readonly retire: Retire;
  readonly hasher: Pick<TokenHasher, 'pushToken'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Asks vendors which addresses have died, those whose turn has come, and takes these out of use through the brake. To be
 * done now and then, in any number of processes: each vendor is asked by one at a time. What a vendor does not tell is
 * asked for again; it never rejects for that.
 */
export async function readFeeds(house: FeedsHouse, signal: AbortSignal): Promise<void> {
  const { providers } = house;
  for (const app of providers.apps()) {
    for (const { name } of providers.configured(app)) {
      if (signal.aborted) return;
      const provider = providers.open(app, name);
      if (provider !== undefined && hasDeadAddressFeed(provider)) await readFeed(house, app, name, signal);
    }
  }
}

async function readFeed(house: FeedsHouse, app: string, name: string, signal: AbortSignal): Promise<void> {
  const { feedTurns, clock, log } = house;
  const startedAt = clock.now();
  if (!(await feedTurns.take(app, name, startedAt, startedAt + TURN_MS))) return;
  // Looked up once more: another may have its place since.
  const provider = house.providers.open(app, name);
  if (provider === undefined || !hasDeadAddressFeed(provider)) return;
  let waitMs = provider.feedEveryMs;
  try {
    const dead = await provider.fetchDeadAddresses(AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]));
    const effects = dead.map(
      (token): RegistrationEffect => ({
        ...{ kind: 'retire', provider: name, at: startedAt },
        tokenHash: house.hasher.pushToken(app, name, token),
      }),
    );
    for (let from = 0; from < effects.length; from += STEP)
      await house.retire.apply(app, effects.slice(from, from + STEP));
    if (dead.length > 0) log.info({ app, provider: name, addresses: dead.length }, 'feed.read');
  } catch (error) {
    waitMs = Math.min(AGAIN_MS, waitMs);
    const why = error instanceof Error ? error.message : String(error);
    log.warn({ app, provider: name, error: why, againMs: waitMs }, 'feed.failed');
  }
  await feedTurns.next(app, name, clock.now() + waitMs);
}
