import type { Audience } from '../../domain/audience.js';

/** Whether finding members takes more than a look at what each candidate's own record says of its user and platform. */
export function isSelective(audience: Audience): boolean {
  return (
    audience.filter !== undefined ||
    audience.onlyFilter !== undefined ||
    audience.onlyProviders !== undefined ||
    (audience.topics ?? []).length > 0 ||
    (audience.exceptTopics ?? []).length > 0
  );
}

/** Whether candidates are all devices, not only those that names and topics lead to. */
export function scansAll(audience: Audience): boolean {
  return audience.everyone || audience.filter !== undefined;
}
