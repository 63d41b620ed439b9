/** Every provider kind there is, one line each. A new provider is its folder and its line here. */
import { apnsKind } from './apns/kind.js';
import { fcmKind } from './fcm/kind.js';
import { honorKind } from './honor/kind.js';
import { httpKind } from './http/kind.js';
import { huaweiKind } from './huawei/kind.js';
import { meizuKind } from './meizu/kind.js';
import { oppoKind } from './oppo/kind.js';
import { realtimeKind } from './realtime/kind.js';
import { vivoKind } from './vivo/kind.js';
import { webpushKind } from './webpush/kind.js';
import { xiaomiKind } from './xiaomi/kind.js';

/** Those that an app's file lists under `providers`. */
export const VENDOR_KINDS = [
  apnsKind,
  fcmKind,
  webpushKind,
  huaweiKind,
  honorKind,
  xiaomiKind,
  oppoKind,
  vivoKind,
  meizuKind,
  httpKind,
] as const;
/** And the house's own road, which an app has by its section `realtime`. */
export const PROVIDER_KINDS = [...VENDOR_KINDS, realtimeKind] as const;
