import { DEVICE_ID, RESERVED_DEVICE_IDS } from '../domain/device.js';
import { ACCESS_LEEWAY_MS, ACCESS_LIFE_MS_MAX, ACCESS_SCOPES, type AccessScope } from '../domain/realtime.js';
import type { EpochMs } from '../domain/time.js';
import type { Access } from '../usecases/access-tokens.js';

/** As in the bodies of the API. */
const USER_ID_MAX = 256;
const JTI_MAX = 128;
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is looked for; the `u` flag matches lone surrogates only.
const UNSTORABLE = /[\u0000\p{Surrogate}]/u;

export type Claims = Readonly<Record<string, unknown>>;
/** A sentence that says what is wrong. */
export interface BadClaims {
  readonly kind: 'bad';
  readonly detail: string;
}

/** What a token says that is signed by the app's own key; times of it are in seconds. */
export function readClaims(claims: Claims, app: string, keyId: string, now: EpochMs): Access | BadClaims {
  const { device, sub, jti } = claims;
  if (typeof device !== 'string') return bad('it has no claim `device`, the id of the device that it is for');
  if (!DEVICE_ID.test(device) || RESERVED_DEVICE_IDS.has(device)) {
    return bad('its claim `device` is not a device id: 1 to 128 of A-Z a-z 0-9 . _ : -');
  }
  if (sub !== undefined && !isText(sub, USER_ID_MAX)) {
    return bad(
      `its claim \`sub\` is not a user id of 1 to ${USER_ID_MAX} characters; leave it out where nobody is logged in`,
    );
  }
  if (jti !== undefined && !isText(jti, JTI_MAX))
    return bad(`its claim \`jti\` is not text of 1 to ${JTI_MAX} characters`);
  const times = readTimes(claims, now);
  if ('detail' in times) return times;
  const scopes = readScopes(claims.scope);
  if ('detail' in scopes) return scopes;
  return {
    kind: 'access',
    app,
    device,
    user: sub ?? null,
    scopes,
    ...times,
    ...(jti === undefined ? {} : { jti }),
    keyId,
  };
}

function readTimes({ iat, exp }: Claims, now: EpochMs): { issuedAt: EpochMs; expiresAt: EpochMs } | BadClaims {
  if (typeof iat !== 'number' || !Number.isFinite(iat)) return bad('it has no claim `iat`, seconds since 1970');
  if (typeof exp !== 'number' || !Number.isFinite(exp)) return bad('it has no claim `exp`, seconds since 1970');
  const [issuedAt, expiresAt] = [iat * 1_000, exp * 1_000];
  if (issuedAt < 0) return bad('its claim `iat` lies before 1970');
  if (issuedAt > now + ACCESS_LEEWAY_MS) {
    return bad('its claim `iat` lies in the future: is the clock of whoever signs right, and is it in seconds?');
  }
  if (expiresAt <= issuedAt) return bad('its claim `exp` is not after `iat`');
  if (expiresAt - issuedAt > ACCESS_LIFE_MS_MAX) return bad('it lasts longer than 24 h from `iat` to `exp`');
  return { issuedAt, expiresAt };
}

function readScopes(scope: unknown): ReadonlySet<AccessScope> | BadClaims {
  const known = ACCESS_SCOPES.join(' ');
  if (typeof scope !== 'string') return bad(`it has no claim \`scope\`, words of: ${known}`);
  const words = scope.split(' ').filter((word) => word !== '');
  const stranger = words.find((word) => !ACCESS_SCOPES.some((one) => one === word));
  if (stranger !== undefined || words.length === 0) return bad(`its claim \`scope\` must be words of: ${known}`);
  return new Set(ACCESS_SCOPES.filter((one) => words.includes(one)));
}

function isText(value: unknown, max: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= max && !UNSTORABLE.test(value);
}

function bad(detail: string): BadClaims {
  return { kind: 'bad', detail };
}
