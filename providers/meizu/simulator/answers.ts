/** Answers in Meizu's form, with HTTP 200 for nearly everything: `{code, message, value, msgId, redirect}`. */
import { jsonAnswer, type VendorAnswer } from '../../simulation/vendor-call.js';

/** What Meizu may answer in another form than documented. */
export interface Habits {
  /** Codes as numbers. */
  readonly codesAsNumbers?: boolean;
  /** `value` as text. */
  readonly valueAsText?: boolean;
}

const MESSAGES: Readonly<Record<string, string>> = {
  200: '',
  300: 'redirect',
  500: 'other error',
  1001: 'system error',
  1003: 'server busy',
  1005: 'parameter error',
  1006: 'illegal sign',
  110000: 'appId is illegal',
  110001: 'appKey is illegal',
  110002: 'pushId is not subscribed',
  110003: 'pushId is illegal',
  110004: 'parameter is empty',
  110009: 'app is in the black list',
  110010: 'push too fast',
  110019: 'push limit of the day',
  110031: 'packageName is illegal',
  110032: 'taskId is illegal',
  110033: 'appSecret is illegal',
  110051: 'times limit',
  110053: 'direct push is forbidden',
};

export interface Answers {
  refusal(code: string, status?: number): VendorAnswer;
  redirection(url: string): VendorAnswer;
  delivery(msgId: string, failures: Readonly<Record<string, readonly string[]>>): VendorAnswer;
}

export function createAnswers(habits: () => Habits): Answers {
  const codeIn = (code: string) => (habits().codesAsNumbers === true && /^\d+$/.test(code) ? Number(code) : code);
  const valueIn = (value: object) => (habits().valueAsText === true ? JSON.stringify(value) : value);
  return {
    refusal: (code, status = 200) =>
      jsonAnswer(status, { code: codeIn(code), message: MESSAGES[code] ?? 'unknown', value: '', redirect: '' }),
    redirection: (redirect) => jsonAnswer(200, { code: codeIn('300'), message: MESSAGES[300], value: '', redirect }),
    delivery: (msgId, failures) =>
      jsonAnswer(200, { code: codeIn('200'), message: '', value: valueIn(failures), msgId, redirect: '' }),
  };
}
