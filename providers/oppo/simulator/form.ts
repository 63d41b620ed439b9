/** Forms as OPPO reads them, before anything else is looked at. */
import { jsonAnswer, type Refused, type VendorAnswer, type VendorCall } from '../../simulation/vendor-call.js';

/** How the simulated OPPO words its answers, where nobody knows for certain. */
export interface Wording {
  /** Codes as text instead of numbers. */
  readonly codesAreText: boolean;
  /** HTTP status beside code 11. */
  readonly authStatus: 200 | 401;
}

const MESSAGES: Readonly<Record<string, string>> = {
  0: 'success',
  11: 'invalid auth token',
  12: 'http method not allowed',
  16: 'invalid signature',
  19: 'invalid timestamp',
  40: 'missing required arguments',
  41: 'invalid arguments',
};

export function say(wording: Wording, code: string, data: unknown = null, status?: number): VendorAnswer {
  const spelled = wording.codesAreText || !/^-?\d+$/.test(code) ? code : Number(code);
  const usual = code === '11' ? wording.authStatus : 200;
  return jsonAnswer(status ?? usual, { code: spelled, message: MESSAGES[code] ?? `error ${code}`, data });
}

/** The fields of a POST, or the code of what is wrong with it. */
export function readForm({ method, headers, body }: VendorCall): ReadonlyMap<string, string> | string {
  if (method !== 'POST') return '12';
  const [type = '', ...parameters] = (headers['content-type'] ?? '')
    .split(';')
    .map((part) => part.trim().toLowerCase());
  if (type !== 'application/x-www-form-urlencoded' || body === undefined) return '40';
  if (parameters.some((parameter) => parameter.startsWith('charset=') && parameter !== 'charset=utf-8')) return '25';
  const fields = new Map<string, string>();
  for (const [key, value] of new URLSearchParams(body)) {
    if (fields.has(key)) return '41';
    fields.set(key, value);
  }
  return fields;
}

export function refuse(
  wording: Wording,
  provider: string,
  code: string,
  more: Pick<Refused, 'targets' | 'payload'> = {},
): Refused {
  return { kind: 'refused', provider, answer: say(wording, code), reason: code, ...more };
}
