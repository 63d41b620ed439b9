import type { AddressNotice } from '../../providers/contract.js';
import type { RegistrationEffect } from '../domain/chunk.js';
import { toStorable } from '../domain/storable.js';
import type { EpochMs } from '../domain/time.js';
import type { AddressStore, NotificationsWord, Replacement } from '../ports/address-store.js';
import type { TokenHasher } from '../ports/token-hasher.js';
import type { ProviderDirectory } from './provider-directory.js';
import { readReplacedBy } from './read-replaced-by.js';
import type { Retire } from './retire.js';

const CODE_CHARACTERS_MAX = 64;

/**
 * Draws the consequences of what vendors say of addresses: dead ones are taken out of use, through the brake; replaced ones
 * become others of the same device; and a device whose person lets the app show nothing is asked no more. Repeating is harmless.
 */
export type HeedNotices = (
  app: string,
  provider: string,
  notices: readonly AddressNotice[],
  now: EpochMs,
) => Promise<void>;

export function createHeedNotices(house: {
  readonly providers: Pick<ProviderDirectory, 'configured'>;
  readonly addresses: AddressStore;
  readonly retire: Retire;
  readonly hasher: Pick<TokenHasher, 'pushToken'>;
}): HeedNotices {
  const { providers, addresses, retire, hasher } = house;
  return async (app, provider, notices, now) => {
    const dead: RegistrationEffect[] = [];
    const replaced: { readonly replacement: Replacement; readonly dies: RegistrationEffect }[] = [];
    const words: NotificationsWord[] = [];
    for (const notice of notices) {
      const at = Math.min(notice.at ?? now, now);
      const tokenHash = hasher.pushToken(app, provider, notice.pushToken);
      if (notice.kind === 'notifications') words.push({ app, provider, tokenHash, state: notice.state, at });
      else {
        const code = notice.code === undefined ? '' : toStorable(notice.code, CODE_CHARACTERS_MAX);
        const dies = { kind: 'retire', provider, tokenHash, at, ...(code === '' ? {} : { vendorCode: code }) } as const;
        const token = readReplacedBy(providers, app, provider, notice.replacedBy);
        if (token === undefined) dead.push(dies);
        else {
          const to = { token, tokenHash: hasher.pushToken(app, provider, token) };
          replaced.push({ replacement: { app, provider, tokenHash, to, asOf: at }, dies });
        }
      }
    }
    if (replaced.length > 0) {
      const answers = await addresses.replace(
        replaced.map(({ replacement }) => replacement),
        now,
      );
      // One address for a thousand devices is a mistake of somebody's, which the brake is for.
      for (const [n, { dies }] of replaced.entries()) if (answers[n] === 'taken') dead.push(dies);
    }
    await retire.apply(app, dead);
    if (words.length > 0) await addresses.notifications(words, now);
  };
}
