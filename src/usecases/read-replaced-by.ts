import type { InvalidInputError, PushToken } from '../../providers/contract.js';
import type { ProviderDirectory } from './provider-directory.js';

/**
 * A push token that a vendor, or whoever speaks in its name, gives in place of another: as its provider takes one from a
 * device. Undefined where it would not: the other one is dead then, and replaced by nothing.
 */
export function readReplacedBy(
  providers: Pick<ProviderDirectory, 'configured'>,
  app: string,
  provider: string,
  raw: string | undefined,
): PushToken | undefined {
  if (raw === undefined) return undefined;
  try {
    return providers
      .configured(app)
      .find(({ name }) => name === provider)
      ?.parsePushToken(raw);
  } catch (error) {
    if ((error as InvalidInputError).name !== 'InvalidInputError') throw error;
    return undefined;
  }
}
