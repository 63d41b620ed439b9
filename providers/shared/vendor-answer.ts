/** Reading the answers of vendors that say in a JSON object how a request fared, whatever the HTTP status. */
import { dateOf } from './ask-once.js';
import type { Answer } from './transport.js';

/** The object of an answer; undefined for what is none, such as a page of a proxy. */
export function objectOf({ body, complete }: Pick<Answer, 'body' | 'complete'>): Record<string, unknown> | undefined {
  if (!complete) return undefined;
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** A code as text: vendors give `200` and `"200"` alike. Undefined for what is none. */
export function codeOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && /^-?[A-Za-z0-9_.]{1,64}$/.test(value) ? value : undefined;
}

/** A vendor's id of a request or a message, as text; undefined for what is none. */
export function idOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && /^[\x21-\x7e]{1,128}$/.test(value) ? value : undefined;
}

/** The texts of a list; empty for what is none. Numbers count as their texts. */
export function textsOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each) => (typeof each === 'string' ? [each] : typeof each === 'number' ? [String(each)] : []));
}

/** What the vendor says in words, fit for a log: without control characters, and without any of the push tokens. */
export function wordsOf(value: unknown, pushTokens: readonly string[]): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const text = value.slice(0, 2_048);
  if (pushTokens.some((token) => text.includes(token))) return undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u001f\u007f]/g, ' ').slice(0, 256);
}

/** Vendors that sign with the time forgive ten minutes; a difference of one is worth telling. */
const SKEW_TOLD_MS = 60_000;

/** A half-sentence where this machine's clock and the `date` of an answer differ by a minute and more; else empty. */
export function clockHint(answer: Answer, nowMs: number, vendor: string): string {
  const theirs = dateOf(answer);
  if (theirs === undefined || Math.abs(nowMs - theirs) < SKEW_TOLD_MS) return '';
  const seconds = Math.round(Math.abs(nowMs - theirs) / 1_000);
  return `; the clock of this machine is ${seconds} s ${nowMs > theirs ? 'ahead of' : 'behind'} ${vendor}’s: set it right`;
}
