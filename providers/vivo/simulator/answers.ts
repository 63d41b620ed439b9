/** Answers in vivo's form: 200, and a result code that decides. */
import type { VendorAnswer } from '../../simulation/vendor-call.js';
import { htmlAnswer } from '../../simulation/vendor-call.js';

export type AnswerWriter = (code: string, more?: Readonly<Record<string, unknown>>, status?: number) => VendorAnswer;

/** @param asText whether numbers are written as texts now */
export function createAnswerWriter(asText: () => boolean): AnswerWriter {
  return (code, more = {}, status = 200) => {
    const result = asText() || !/^\d+$/.test(code) ? code : Number(code);
    const desc = code === '0' ? '请求成功' : `拒绝 ${code}`;
    const body = JSON.stringify({ result, desc, ...more }, (key, value: unknown) =>
      asText() && typeof value === 'number' && key === 'status' ? String(value) : value,
    );
    return { status, body };
  };
}

/** The whole request with this status, this code, or both. */
export function asked(
  write: AnswerWriter,
  { status, code }: { readonly status?: number; readonly code?: string },
): VendorAnswer {
  return code === undefined ? htmlAnswer(status ?? 200) : write(code, {}, status);
}
