/** What a push token of a service looks like: the file says. */
import { InvalidInputError, type PushToken } from '../contract.js';

export const TOKEN_FORMS = ['any', 'e164', 'email'] as const;

export type TokenOption = (typeof TOKEN_FORMS)[number] | { readonly pattern: string; readonly max: number };

const ANY_MAX = 4_096;
/** ITU-T E.164 §6.2.1: a country code, which begins with 1 to 9, and the number; 15 digits at most. */
const E164 = /^\+[1-9]\d{6,14}$/;
/** RFC 5321 §4.5.3.1: 254 characters. */
const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,189}$/;

/** @throws InvalidInputError */
export function parsePushToken(raw: unknown, option: TokenOption = 'any'): PushToken {
  if (typeof raw !== 'string') throw new InvalidInputError('a push token of this provider is a string');
  // The brand is given here and nowhere else.
  return canonical(raw, option) as PushToken;
}

function canonical(raw: string, option: TokenOption): string {
  if (raw.length > ANY_MAX || !/^[^\p{C}\p{Z}](?:[^\p{C}]*[^\p{C}\p{Z}])?$/u.test(raw)) {
    throw new InvalidInputError(`a push token has 1 to ${ANY_MAX} printable characters, and no blanks at its ends`);
  }
  switch (option) {
    case 'any':
      return raw;
    case 'e164': {
      const number = raw.replace(/[\s().-]/g, '');
      if (E164.test(number)) return number;
      throw new InvalidInputError(
        'a push token of this provider is a phone number with its country, such as +4915112345678',
      );
    }
    case 'email': {
      if (!EMAIL.test(raw)) throw new InvalidInputError('a push token of this provider is an email address');
      // The part before the @ may be told apart by case (RFC 5321 §2.4), the host is not.
      const at = raw.lastIndexOf('@');
      return raw.slice(0, at) + raw.slice(at).toLowerCase();
    }
    default:
      if (raw.length <= option.max && new RegExp(`^(?:${option.pattern})$`, 'u').test(raw)) return raw;
      throw new InvalidInputError('it does not look as the `token` of the provider in the app’s file says');
  }
}
