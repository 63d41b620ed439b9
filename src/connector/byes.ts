import type { Refused } from '../usecases/access-tokens.js';

/** How connections end: reasons and close codes of docs/realtime-protocol.md. Below 4500 the client comes back. */
export const BYE_CODES = {
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
} as const;
export type ByeReason = keyof typeof BYE_CODES;

/** Why a connection ends. */
export interface Bye {
  readonly reason: ByeReason;
  /** A sentence for whoever writes the client. */
  readonly detail?: string;
  readonly retryAfterMs?: number;
}

/** The frame that says it. */
export function byeFrame({ reason, detail, retryAfterMs }: Bye): string {
  return JSON.stringify({
    t: 'bye',
    code: BYE_CODES[reason],
    reason,
    ...(detail === undefined ? {} : { detail }),
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
  });
}

/** The end of a connection whose access token does not stand any more. */
export function refusalBye({ code, detail }: Refused): Bye {
  return { reason: code, detail };
}
