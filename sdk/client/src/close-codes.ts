/** What the gateway's close codes and HTTP refusals mean for a client (docs/realtime-protocol.md, "Close codes"). */

/**
 * `again`: come back. `new_token`: come back with another access token. `empty`: the same, and forget all that was kept.
 * `register`: the device must be registered first. `stop`: do not come back.
 */
export type Verdict = 'again' | 'new_token' | 'empty' | 'register' | 'stop';

const CODES: Readonly<Record<string, number>> = {
  draining: 4000,
  too_slow: 4001,
  silent: 4002,
  token_expired: 4003,
  no_hello: 4004,
  too_many_frames: 4005,
  overloaded: 4006,
  bad_frame: 4500,
  token_refused: 4501,
  not_theirs: 4502,
  unknown_device: 4503,
  no_realtime: 4504,
  foreign_origin: 4505,
  replaced: 4509,
  access_revoked: 4510,
  user_changed: 4511,
  device_removed: 4512,
};

export const SILENT = 4002;
export const TOKEN_EXPIRED = 4003;

export function verdictOf(code: number): Verdict {
  switch (code) {
    case 4003:
    case 4501:
    case 4510:
      return 'new_token';
    case 4511:
      return 'empty';
    case 4503:
    case 4512:
      return 'register';
    default:
      return code >= 4500 && code < 5000 ? 'stop' : 'again';
  }
}

/** The close code that a refusal over HTTP stands for: by its problem's code, or by a status that anybody may answer with. */
export function codeOfProblem(status: number, code: unknown): number | undefined {
  if (typeof code === 'string' && Object.hasOwn(CODES, code)) return CODES[code];
  if (status === 429 || status === 503) return CODES.overloaded;
  return undefined;
}
