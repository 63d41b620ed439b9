/** The twin of a Huawei provider: an app that only the simulator knows. */
import { simulatedSettings } from '../shared/simulated-settings.js';
import type { HuaweiOptions } from './options.js';

/** What makes payloads look alike, and opens no door. */
const ALIKE = [
  ...(['categories', 'category', 'high_urgency', 'badge_class', 'deep_links'] as const),
  ...(['test_messages', 'ttl_seconds_min', 'batch', 'quota'] as const),
] as const satisfies readonly (keyof HuaweiOptions)[];

/** @throws InvalidInputError where it is not the simulator's word */
export function simulatedOptions(options: HuaweiOptions, endpoints: unknown): Readonly<Record<string, unknown>> {
  const settings = simulatedSettings('Huawei', endpoints);
  const given: Partial<HuaweiOptions> = options;
  const alike = ALIKE.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]] as const]));
  return { ...Object.fromEntries(alike), ...settings };
}
