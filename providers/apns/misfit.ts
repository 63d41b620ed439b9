import type { Misfit } from '../contract.js';

/** Refuses the message. */
export function error(code: string, detail: string, pointer?: string): Misfit {
  return { severity: 'error', code, detail, ...(pointer === undefined ? {} : { pointer }) };
}

/** Is told in the answer. */
export function warning(code: string, detail: string, pointer: string): Misfit {
  return { severity: 'warning', code, detail, pointer };
}
