import { InvalidInputError, type PushToken } from '../contract.js';

const LENGTH_MAX = 512;
/** Printable, without blanks, quotes and what OPPO puts between ids. */
const FORM = /^[!#-+\--:<-~]+$/;

export function isRegistrationId(raw: unknown): raw is PushToken {
  return typeof raw === 'string' && raw.length > 0 && raw.length <= LENGTH_MAX && FORM.test(raw);
}

/** As it is: OPPO tells no length, and lengthens them without notice. @throws InvalidInputError */
export function parsePushToken(raw: unknown): PushToken {
  if (typeof raw !== 'string') throw new InvalidInputError('a registration id of OPPO is a string');
  if (raw.length === 0 || raw.length > LENGTH_MAX) {
    throw new InvalidInputError(`a registration id of OPPO has 1 to ${LENGTH_MAX} characters`);
  }
  if (!isRegistrationId(raw)) {
    throw new InvalidInputError('a registration id of OPPO has no blanks, quotes, commas or semicolons');
  }
  return raw;
}
