import { DONE_IDS_MAX } from './client-frame.js';
import { parseCursor } from './log-cursor.js';

/** What a long poll was answered with, as the client gives it back: opaque to it, and all that a new process needs. */
export interface PollCursor {
  /** The session that answered; empty where none did. */
  readonly session: string;
  /** Counts its answers from 1. */
  readonly answer: number;
  /** Of the newest push, else of the welcome. */
  readonly cursor: string;
  /** Messages that were in the answer. */
  readonly ids: readonly string[];
}

const CHARS_MAX = 6_000;
const SESSION_CHARS_MAX = 100;
const CURSOR_CHARS_MAX = 200;
const ID_CHARS_MAX = 64;

export function formatPollCursor({ session, answer, cursor, ids }: PollCursor): string {
  return Buffer.from(JSON.stringify([session, answer, cursor, ...ids])).toString('base64url');
}

/**
 * Reads what a client gives: the cursor of an answer, or of a push or a welcome over another road, which names no session.
 *
 * @returns undefined for what was never a cursor
 */
export function parsePollCursor(text: string): PollCursor | undefined {
  if (text.length <= CURSOR_CHARS_MAX && parseCursor(text) !== undefined)
    return { session: '', answer: 0, cursor: text, ids: [] };
  if (text.length > CHARS_MAX || !/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts)) return undefined;
  const [session, answer, cursor, ...ids] = parts as readonly unknown[];
  if (!isText(session, SESSION_CHARS_MAX) || !isText(cursor, CURSOR_CHARS_MAX)) return undefined;
  if (typeof answer !== 'number' || !Number.isSafeInteger(answer) || answer < 1) return undefined;
  if (ids.length > DONE_IDS_MAX || !ids.every((id) => isText(id, ID_CHARS_MAX))) return undefined;
  return { session, answer, cursor, ids };
}

function isText(value: unknown, charsMax: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= charsMax;
}
