import { InvalidInputError } from '../../providers/contract.js';
import type { FieldFault } from '../domain/errors.js';
import type { ConfiguredProvider } from './provider-directory.js';

/**
 * The region of a registration, in its provider's own word for it where the provider has regions; a fault at `pointer`
 * where it is none of those.
 */
export function readRegion(
  region: string | undefined,
  provider: Pick<ConfiguredProvider, 'parseRegion'>,
  pointer: string,
  faults: FieldFault[],
): { readonly region?: string } {
  if (region === undefined) return {};
  try {
    return { region: provider.parseRegion?.(region) ?? region };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    faults.push({ pointer: `${pointer}/region`, code: 'invalid_region', detail: error.message });
    return {};
  }
}
