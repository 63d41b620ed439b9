import { InvalidInputError, type PushToken } from '../contract.js';

/** Honor documents neither length nor alphabet; opaque, like Huawei's: without blanks, and what separates lists. */
const PUSH_TOKEN = /^[\x21-\x2b\x2d-\x3a\x3c-\x7e]{8,512}$/;

export function isPushToken(raw: unknown): raw is PushToken {
  return typeof raw === 'string' && PUSH_TOKEN.test(raw);
}

/** As it is. @throws InvalidInputError */
export function parsePushToken(raw: unknown): PushToken {
  if (typeof raw !== 'string') throw new InvalidInputError('an Honor push token is a string');
  if (raw.length < 8 || raw.length > 512) throw new InvalidInputError('an Honor push token has 8 to 512 characters');
  if (!isPushToken(raw)) {
    throw new InvalidInputError('an Honor push token is printable ASCII without blanks, `,` and `;`');
  }
  return raw;
}
