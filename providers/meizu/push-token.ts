import { InvalidInputError, type PushToken } from '../contract.js';

/** Meizu documents neither length nor alphabet; seen are letters and digits, some 45. `,` separates them in a request. */
const PUSH_TOKEN = /^[\x21-\x2b\x2d-\x3a\x3c-\x7e]{4,512}$/;

export function isPushToken(raw: unknown): raw is PushToken {
  return typeof raw === 'string' && PUSH_TOKEN.test(raw);
}

/** As it is. @throws InvalidInputError */
export function parsePushToken(raw: unknown): PushToken {
  if (typeof raw !== 'string') throw new InvalidInputError('a Meizu push id is a string');
  if (raw.length < 4 || raw.length > 512) throw new InvalidInputError('a Meizu push id has 4 to 512 characters');
  if (!isPushToken(raw)) {
    throw new InvalidInputError('a Meizu push id is printable ASCII without blanks, `,` and `;`');
  }
  return raw;
}
