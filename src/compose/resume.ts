import type { Log } from '../ports/log.js';
import type { Replacement } from '../routing/provider-pool.js';

export interface Account {
  readonly app: string;
  readonly provider: string;
}

/**
 * Lets accounts go on whose providers were opened anew: at once, and again when the last answers to the old credentials
 * are in, since each of them may have blocked anew.
 *
 * @param unblock lets go on what was stopped because of these accounts' credentials; repeating it is harmless
 */
export function createResume(
  unblock: (accounts: readonly Account[]) => Promise<void>,
  log: Log,
): (replacement: Replacement) => Promise<void> {
  return async ({ changes, drained }) => {
    const accounts = changes.flatMap(({ app, provider, change }) =>
      provider === undefined || change === 'removed' ? [] : [{ app, provider }],
    );
    if (accounts.length === 0) return;
    const tryUnblock = () =>
      unblock(accounts).catch((error: unknown) =>
        log.warn({ accounts, error: String(error) }, 'account.not_unblocked'),
      );
    await tryUnblock();
    void drained.then(tryUnblock);
  };
}
