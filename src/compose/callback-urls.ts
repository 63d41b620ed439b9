/** Which address a vendor is given for its receipts: one that it can reach from where it stands. */
import { callbackUrl } from '../http/callbacks.js';
import type { TokenHasher } from '../ports/token-hasher.js';
import { isLoopback, originsIn } from './simulators.js';

/** The address for a provider with these options; undefined where its vendor could not reach any of ours. */
export type CallbackUrlOf = (app: string, provider: string, options: unknown) => string | undefined;

/**
 * A vendor that stands on this machine, as simulators do, is given this process's own listener; all others the public
 * address, unless that is one of this machine only.
 *
 * @param house.ownUrl of the API's listener, if this process has one
 */
export function createCallbackUrls(house: {
  readonly publicUrl: string;
  readonly ownUrl: string | undefined;
  readonly hasher: Pick<TokenHasher, 'callback'>;
}): CallbackUrlOf {
  const { publicUrl, ownUrl, hasher } = house;
  const isPublic = !isHere(publicUrl);
  return (app, provider, options) => {
    const base = originsIn(options).some(isHere) ? (ownUrl ?? publicUrl) : isPublic ? publicUrl : undefined;
    return base && callbackUrl(base, provider, app, hasher.callback(app, provider));
  };
}

function isHere(url: string): boolean {
  return isLoopback(new URL(url).hostname);
}
