import { z } from 'zod';
import { InvalidInputError } from '../contract.js';

/** What a vendor's simulator tells of itself in `GET /endpoints`; it may tell more. */
const endpointsSchema = z.object({ settings: z.record(z.string(), z.unknown()), ca: z.string() });

/**
 * The twin of a vendor's provider: an account that only the simulator knows.
 *
 * @throws InvalidInputError
 */
export function simulatedSettings(vendor: string, endpoints: unknown): Readonly<Record<string, unknown>> {
  const read = endpointsSchema.safeParse(endpoints);
  if (!read.success) throw new InvalidInputError(`the simulator tells of no ${vendor}`);
  return { ...read.data.settings, ca: read.data.ca };
}
