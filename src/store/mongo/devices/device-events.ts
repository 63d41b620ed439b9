import type { Wanted } from '../events/event-writer.js';
import type { Telling } from '../events/telling.js';

/** What is told of a device, where somebody wants to hear of it. */
export function deviceTelling(
  wanted: Wanted,
  type: 'device.registered' | 'device.updated' | 'device.removed',
  app: string,
  device: string,
): readonly Telling[] {
  return wanted(app, type) ? [{ app, type, common: {}, entry: { device } }] : [];
}

/** What is told of a push token that was taken out of use. */
export function tokenTelling(
  wanted: Wanted,
  retired: {
    readonly app: string;
    readonly device: string;
    readonly provider: string;
    readonly tokenHash: string;
    readonly reason: string;
  },
): readonly Telling[] {
  const { app, device, provider, tokenHash, reason } = retired;
  const type = 'device.token_invalid';
  if (!wanted(app, type)) return [];
  return [{ app, type, common: { provider, reason }, entry: { device, token_hash: tokenHash } }];
}
