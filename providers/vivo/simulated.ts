import { simulatedSettings } from '../shared/simulated-settings.js';
import type { VivoOptions } from './options.js';

/** What makes payloads look alike, and no address or credential of the file. */
const KEPT = ['categories', 'default_category', 'network', 'deep_links', 'title_fallback', 'stale', 'batch'] as const;

/** See `Simulated`. @throws InvalidInputError */
export function simulatedOptions(options: VivoOptions, endpoints: unknown): Readonly<Record<string, unknown>> {
  const kept = KEPT.flatMap((key) => (options[key] === undefined ? [] : [[key, options[key]]]));
  return { ...simulatedSettings('vivo', endpoints), ...Object.fromEntries(kept) };
}
