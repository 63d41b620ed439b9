/** The twin of an FCM provider: a project and a service account that only the simulator knows. */
import { z } from 'zod';
import { InvalidInputError } from '../contract.js';

/** What is needed of the simulator's `GET /endpoints`; it may tell more. */
const endpointsSchema = z.object({
  base_url: z.string(),
  token_url: z.string(),
  ca: z.string(),
  service_account: z.string(),
});

/** Nothing of the provider's own: a registration token does not tell its project. @throws InvalidInputError */
export function simulatedOptions(_options: unknown, endpoints: unknown) {
  const read = endpointsSchema.safeParse(endpoints);
  if (!read.success) throw new InvalidInputError('the simulator tells of no FCM');
  const { base_url: endpoint, token_url: token_endpoint, ca, service_account } = read.data;
  return { service_account, endpoint, token_endpoint, ca };
}
