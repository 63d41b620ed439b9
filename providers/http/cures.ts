/** What a service's answers mean. Its codes are its own, so people are helped by what the rules of the file made of them. */
import type { Reading, VendorAnswer } from '../contract.js';

const RULES =
  'Read the attempt’s status, code and text, and add a rule for it under `answer.rules` of the provider in the app’s file.';

const BY_REASON: Readonly<Partial<Record<NonNullable<VendorAnswer['reason']>, Reading>>> = {
  credential_rejected: {
    means: 'the service refuses our credentials',
    cure: 'Check `auth`, `secrets` and `headers` of the provider in the app’s file; a signature also needs the right clock.',
  },
  token_invalid: { means: 'the address is dead' },
  token_wrong_app: {
    means: 'the service does not take this address',
    cure: 'Check how the address was registered, and `token` of the provider in the app’s file.',
  },
  payload_too_large: { means: 'the message is too large', cure: 'Send less text or data.' },
  payload_rejected: {
    means: 'the message is refused',
    cure: 'Compare what the service documents with `json` or `form` of the provider in the app’s file.',
  },
  rate_limited: { means: 'the service takes no more for now; what waits is sent again by itself' },
  quota_exceeded: {
    means: 'the quota is used up; what waits is sent when the day of the service begins',
    cure: 'Raise the quota at the service, or send fewer messages.',
  },
};

const BY_STATUS: Readonly<Record<number, Reading>> = {
  401: { means: 'the service refuses our credentials', cure: 'Check `auth` of the provider in the app’s file.' },
  403: { means: 'the service refuses the request', cure: `Check \`auth\` of the provider in the app’s file. ${RULES}` },
  404: { means: 'there is nothing at this address', cure: 'Check `url` of the provider in the app’s file.' },
  408: { means: 'the request did not arrive in time' },
  413: { means: 'the message is too large', cure: 'Send less text or data.' },
  429: { means: 'the service takes no more for now; what waits is sent again by itself' },
};

/** Rows that `interpret` knows, as the tests name them. */
export const ANSWERS_KNOWN: readonly string[] = [...Object.keys(BY_STATUS), '300', '400', '500'];

/** See `Interpreting.interpret`. */
export function interpret({ status, reason }: VendorAnswer): Reading | undefined {
  const byReason = reason === undefined ? undefined : BY_REASON[reason];
  if (status === undefined) return byReason;
  if (byReason !== undefined) return byReason;
  const row = Object.hasOwn(BY_STATUS, status) ? BY_STATUS[status] : undefined;
  if (row !== undefined) return row;
  if (status >= 500) return { means: 'the service is not available' };
  if (status >= 400) return { means: 'the service refuses the request', cure: RULES };
  if (status < 300) return { means: 'the answer fits no rule of the file', cure: RULES };
  return {
    means: 'the address has moved, and redirects are not followed',
    cure: 'Write the new address into `url` of the provider in the app’s file.',
  };
}
