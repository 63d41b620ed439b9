/** The twin of an OPPO provider: an app that only the simulator knows. */
import { simulatedSettings } from '../shared/simulated-settings.js';
import type { OppoOptions } from './settings.js';

/** What makes requests look alike. Lengths are the documented ones there: the simulator takes no others. */
const KEPT = [
  ...(['granted_categories', 'transactional_category', 'marketing_category', 'channel_id', 'title'] as const),
  ...(['send', 'broadcast_from', 'batch', 'request_bytes_max', 'auth_token_in'] as const),
  ...(['verify_registration_id', 'duplicate', 'receipts', 'quota'] as const),
];

/** @throws InvalidInputError */
export function simulatedOptions(options: OppoOptions, endpoints: unknown): Readonly<Record<string, unknown>> {
  const kept = KEPT.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]] as const]));
  return { ...Object.fromEntries(kept), ...simulatedSettings('OPPO', endpoints) };
}
