/** The twin of a Xiaomi provider: an app that only the simulator knows. */
import { simulatedSettings } from '../shared/simulated-settings.js';
import type { XiaomiOptions } from './options.js';

/** What makes payloads look alike. */
const KEPT = [
  ...(['channels', 'region', 'api_version', 'batch', 'title_max', 'body_max', 'payload_bytes_max'] as const),
  ...(['ttl_seconds_max', 'jobkey_length', 'badge', 'receipts', 'receipt_types', 'recall', 'quota'] as const),
];

/** @throws InvalidInputError */
export function simulatedOptions(options: XiaomiOptions, endpoints: unknown): Readonly<Record<string, unknown>> {
  const kept = KEPT.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]] as const]));
  return { ...Object.fromEntries(kept), ...simulatedSettings('Xiaomi', endpoints) };
}
