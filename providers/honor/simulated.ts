import { simulatedSettings } from '../shared/simulated-settings.js';
import type { HonorOptions } from './options.js';

/** What makes payloads look alike; of the rest, the simulator's own. @throws InvalidInputError */
export function simulatedOptions(options: HonorOptions, endpoints: unknown): Readonly<Record<string, unknown>> {
  const { service_class, badge_class, title_max, body_max, ttl_zero } = options;
  return { ...simulatedSettings('Honor', endpoints), service_class, badge_class, title_max, body_max, ttl_zero };
}
