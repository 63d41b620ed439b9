import type { FieldFault } from '../domain/errors.js';
import { nearest } from '../domain/suggest.js';
import type { ProviderDirectory } from './provider-directory.js';

/** The fault for naming an address on the app's own road, which devices get by themselves. */
export function connectsByItself(name: string, pointer: string): FieldFault {
  const detail = `'${name}' has no push tokens: a device is registered there when it connects (docs/realtime-protocol.md)`;
  return { pointer, code: 'not_registrable', detail };
}

/** The fault for a provider name that the app's file does not have, with what it probably meant. */
export function unknownProvider(providers: ProviderDirectory, app: string, name: string, pointer: string): FieldFault {
  const known = providers.configured(app).map((provider) => provider.name);
  const guess = nearest(name, known);
  const hint =
    guess !== undefined
      ? `did you mean '${guess}'?`
      : known.length === 0
        ? `the app '${app}' has no providers; add them to config/apps/${app}.yaml`
        : `configured are: ${known.join(', ')}`;
  return { pointer, code: 'unknown_provider', detail: `'${name}' is not configured; ${hint}` };
}
