import type { Json } from '../domain/json.js';
import type { EpochMs } from '../domain/time.js';
import type { UserChange } from '../ports/user-store.js';
import { toNamesChange } from './attributes-json.js';
import { faultsOf } from './faults.js';
import { given } from './given.js';
import { invalid } from './refusal.js';
import { type UserRequest, userRequest } from './schemas/user-request.js';

/**
 * Turns the body of a user call into a change.
 *
 * @throws Refusal 422 with every fault
 */
export function readUserChange(
  body: Json | undefined,
  target: { readonly app: string; readonly id: string },
  now: EpochMs,
): UserChange {
  const parsed = userRequest.safeParse(body);
  if (!parsed.success) throw invalid(faultsOf(userRequest, parsed.error.issues, body));
  const { attributes, tags, consent, locale, timezone } = parsed.data;
  return {
    ...target,
    fields: given({ locale, timezone, consent: toConsent(consent, now) }),
    ...given({ attributes, tags: toNamesChange(tags) }),
  };
}

function toConsent(consent: UserRequest['consent'], now: EpochMs) {
  if (consent === undefined || consent === null) return consent;
  const { marketing, at, source } = consent;
  return { marketing, at: at === undefined ? now : Date.parse(at), ...given({ source }) };
}
