/** Every provider kind there is, one line each. A new provider is its folder and its line here. */
import { apnsKind } from './apns/kind.js';

export const PROVIDER_KINDS = [apnsKind] as const;
