/** What Huawei's push host answers. Source: Huawei, result codes of both generations' send APIs. */
import type { VendorAnswer } from '../../simulation/vendor-call.js';

/** A refusal in Huawei's words. */
export interface Complaint {
  readonly code: string;
  readonly msg: string;
}

export interface Manner {
  /** Codes are numbers and numbers are texts, as some have seen. */
  readonly isSwapped: boolean;
  /** With which HTTP status a refused access token is told: Huawei's pages leave it open. */
  readonly authStatus: 200 | 401;
}

const AUTH_CODES: ReadonlySet<string> = new Set(['80200001', '80200003', '80200005']);

const WORDS: Readonly<Record<string, string>> = {
  80000000: 'Success',
  80000001: 'System inner error',
  80100001: 'Some request parameters are incorrect',
  80100002: 'A system message takes one token',
  80100003: 'Incorrect message structure',
  80100004: 'The expiration time of the message is wrong',
  80100013: 'The collapse_key field is invalid',
  80100016: 'The message contains sensitive information',
  80100017: 'Too many topic messages at the same time',
  80100018: 'The review signature does not match',
  80100022: 'The image is not verified',
  80200001: 'Oauth authentication error',
  80200003: 'Oauth Token expired',
  80200005: 'JWT Token expired',
  80300002: 'No permission to send messages',
  80300007: 'All tokens are invalid',
  80300008: 'The message body is larger than 4096 bytes without its tokens',
  80300010: 'The number of tokens is wrong',
  80300011: 'No permission for urgency HIGH',
  80300013: 'The receipt address is wrong',
  80300017: 'The tokens belong to several apps',
  80300028: 'The token does not match the app',
  80300029: 'Too many test messages today',
  80300030: 'A test message takes 10 tokens',
  80300032: 'No permission to revoke',
  80300036: 'The JWT is valid for more than a day',
  80300037: 'Restricted by a penalty',
  80600003: 'The OAuth service failed',
  81000001: 'System inner error',
};

export function saying(code: string, msg = WORDS[code] ?? `${code}.`): Complaint {
  return { code, msg };
}

export function pushAnswer(
  { code, msg }: Complaint,
  requestId: string,
  manner: Manner,
  status = usualStatus(code, manner),
): VendorAnswer {
  const said = manner.isSwapped && /^\d{8}$/.test(code) ? Number(code) : code;
  return { status, body: JSON.stringify({ code: said, msg, requestId }) };
}

const PARAMETERS: ReadonlySet<string> = new Set([
  ...['80100001', '80100002', '80100003', '80100004', '80100013', '80100016', '80100018', '80100022'],
  ...['80300008', '80300010', '80300030'],
]);
const INNER: ReadonlySet<string> = new Set(['80000001', '80600003', '81000001']);

/** Huawei: 400 for parameters, 401 for authentication, 500 for its own faults, 200 for what was processed. */
function usualStatus(code: string, { authStatus }: Manner): number {
  if (AUTH_CODES.has(code)) return authStatus;
  if (PARAMETERS.has(code)) return 400;
  return INNER.has(code) ? 500 : 200;
}

/** Of refused push tokens: for HMS Core a list, for HarmonyOS NEXT a list for each reason. */
export function partialMsg(total: number, refused: ReadonlyMap<string, string>, form: 'list' | 'groups'): string {
  const counts = { success: total - refused.size, failure: refused.size };
  if (form === 'list') return JSON.stringify({ ...counts, illegal_tokens: [...refused.keys()] });
  const groups = new Map<string, string[]>();
  for (const [token, reason] of refused) groups.set(reason, [...(groups.get(reason) ?? []), token]);
  return JSON.stringify({ ...counts, illegalTokens: Object.fromEntries(groups) });
}
