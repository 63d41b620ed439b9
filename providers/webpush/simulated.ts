/** The twin of a Web Push provider: endpoints of every push service lead to the simulated ones. */
import { z } from 'zod';
import { InvalidInputError } from '../contract.js';

/** What is needed of the simulator's `GET /endpoints`; it may tell more. */
const endpointsSchema = z.object({
  /** Base URLs that stand in for the push services, for subscriptions of browsers that are not simulated. */
  stand_ins: z.object({
    google: z.string(),
    mozilla: z.string(),
    apple: z.string(),
    windows: z.string(),
    other: z.string(),
  }),
  ca: z.string(),
  vapid: z.object({ publicKey: z.string(), privateKey: z.string() }),
  subject: z.string(),
});

/** The hosts that the provider knows stay known: their subscriptions are taken, and lead elsewhere. @throws InvalidInputError */
export function simulatedOptions(
  { push_services }: { readonly push_services?: readonly string[] | undefined },
  endpoints: unknown,
) {
  const read = endpointsSchema.safeParse(endpoints);
  if (!read.success) throw new InvalidInputError('the simulator tells of no push services that stand in for others');
  const { stand_ins, ca, vapid, subject } = read.data;
  return {
    ...{ subject, ca, keys: JSON.stringify(vapid), stand_ins },
    ...(push_services === undefined ? {} : { push_services }),
  };
}
