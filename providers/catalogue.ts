/** Every provider kind there is, one line each. A new provider is its folder and its line here. */
import { apnsKind } from './apns/kind.js';
import { fcmKind } from './fcm/kind.js';
import { webpushKind } from './webpush/kind.js';

export const PROVIDER_KINDS = [apnsKind, fcmKind, webpushKind] as const;
