import { createHmac } from 'node:crypto';
import type { AtRest } from '../at-rest.js';

/** Under which a device's registration for realtime is known; its push token is the device's id. */
export function realtimeTokenHash(atRest: AtRest, app: string, device: string): string {
  const pepper = atRest.pepper('realtime registrations');
  return createHmac('sha256', pepper).update(`${app}|${device}`).digest().subarray(0, 20).toString('base64url');
}
