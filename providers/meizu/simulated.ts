import { simulatedSettings } from '../shared/simulated-settings.js';
import type { MeizuOptions } from './options.js';

/** What makes payloads look alike; of the rest, the simulator's own. @throws InvalidInputError */
export function simulatedOptions(options: MeizuOptions, endpoints: unknown): Readonly<Record<string, unknown>> {
  const { service_class, title_max, body_max, payload_max } = options;
  return { ...simulatedSettings('Meizu', endpoints), service_class, title_max, body_max, payload_max };
}
