/** The twin of an APNs provider: the same app, with credentials that only the simulator knows. */
import { z } from 'zod';
import { InvalidInputError } from '../contract.js';

/** What is needed of the simulator's `GET /endpoints`; it may tell more. */
const endpointsSchema = z.object({
  production: z.string(),
  sandbox: z.string(),
  channels_production: z.string(),
  channels_sandbox: z.string(),
  ca: z.string(),
  /** A key that may push to every app. */
  any_app: z.object({ key: z.string(), key_id: z.string(), team_id: z.string() }),
});

/** @throws InvalidInputError */
export function simulatedOptions({ bundle_id }: { readonly bundle_id: string }, endpoints: unknown) {
  const read = endpointsSchema.safeParse(endpoints);
  if (!read.success) throw new InvalidInputError('the simulator tells of no APNs that every app may use');
  const { ca, any_app: account, ...endpointsOfIt } = read.data;
  return { ...account, bundle_id, endpoints: endpointsOfIt, ca };
}
