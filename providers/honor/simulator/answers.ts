/** Answers in Honor's form: `{code, message, data}`, one HTTP status for nearly everything. */
import { jsonAnswer, type VendorAnswer } from '../../simulation/vendor-call.js';
import type { Habits } from './habits.js';

const MESSAGES: Readonly<Record<string, string>> = {
  200: 'success',
  400: 'parameter error',
  403: 'authentication failed',
  404: 'not found',
  500: 'internal error',
  502: 'bad gateway',
  503: 'flow control',
  10001: 'timestamp is empty',
  10205: 'app does not exist',
  10207: 'timestamp is invalid',
  10300: 'token list is empty',
  80000000: 'success',
  80100000: 'some tokens failed',
  80100003: 'message structure error',
  80200001: 'authentication failed',
  80200003: 'access token expired',
  80200020: 'receiptId does not exist',
  80200022: 'no permission for this message type',
  80200047: 'test message quota used up',
  80200050: 'marketing message must not contain an image',
  80200056: 'sensitive content',
  80300006: 'duplicate tokens',
  80300007: 'all tokens are invalid',
  80300008: 'message is too large',
  80300010: 'too many tokens',
};
const AUTH = new Set(['403', '80200001', '80200003']);
const OWN_STATUS: Readonly<Record<string, number>> = { 404: 404, 500: 500, 502: 502, 503: 503 };

export interface Delivery {
  readonly requestId: string;
  readonly failTokens: readonly string[];
  readonly expireTokens: readonly string[];
}

export interface Answers {
  refusal(code: string, status?: number): VendorAnswer;
  /** Of a request that was looked at token by token. */
  delivery(code: string, delivery: Delivery): VendorAnswer;
  success(): string;
}

export function createAnswers(habits: () => Habits): Answers {
  const codeIn = (code: string) => {
    const number = Number(code);
    return habits().codesAsText === true || !Number.isSafeInteger(number) ? code : number;
  };
  return {
    refusal(asked, status) {
      const { authStatus = 401, authCode } = habits();
      const code = AUTH.has(asked) ? (authCode ?? asked) : asked;
      const own = AUTH.has(asked) ? authStatus : (OWN_STATUS[asked] ?? 200);
      return jsonAnswer(status ?? own, { code: codeIn(code), message: MESSAGES[code] ?? 'unknown error' });
    },
    delivery(code, { requestId, failTokens, expireTokens }) {
      const sendResult = code !== '80300007';
      const data = { sendResult, requestId, failTokens, expireTokens };
      return jsonAnswer(200, { code: codeIn(code), message: MESSAGES[code] ?? 'success', data });
    },
    success: () => String(habits().successCode ?? 200),
  };
}
