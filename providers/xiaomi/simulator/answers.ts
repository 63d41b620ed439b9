/** Xiaomi's answers, in the forms that documents leave open. */
import { randomUUID } from 'node:crypto';
import { jsonAnswer, type VendorAnswer } from '../../simulation/vendor-call.js';

export interface Style {
  /** Codes are texts. */
  readonly codesAsText?: boolean;
  /** HTTP status of a refused secret; 200 when absent. */
  readonly authStatus?: number;
}

export interface Answers {
  ok(data: object): VendorAnswer;
  error(
    code: string,
    more?: { readonly status?: number; readonly reason?: string; readonly data?: object },
  ): VendorAnswer;
}

const AUTH = ['21301', '21302', '21303'];

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  10016: 'a required parameter is missing',
  10017: 'a parameter has a wrong value',
  10041: 'the title or the description is not acceptable',
  20301: 'sending failed',
  21301: 'authentication failed',
  22006: 'the package name is not legal',
  22103: 'the notify id is not legal',
  200001: 'the quota of the day is used up',
  200002: 'too many requests',
};

export function answerIn({ codesAsText = false, authStatus = 200 }: Style): Answers {
  const shown = (code: string) => (codesAsText || !/^-?\d+$/.test(code) ? code : Number(code));
  const common = () => ({ trace_id: randomUUID() });
  return {
    ok: (data) => jsonAnswer(200, { ...common(), result: 'ok', description: 'ok', code: shown('0'), info: '', data }),
    error(code, { status, reason, data } = {}) {
      const description = DESCRIPTIONS[code] ?? 'refused';
      return jsonAnswer(status ?? (AUTH.includes(code) ? authStatus : 200), {
        ...common(),
        ...{ result: 'error', code: shown(code), description, reason: reason ?? description },
        ...(data === undefined ? {} : { data }),
      });
    },
  };
}
