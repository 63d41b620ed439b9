import { createHash } from 'node:crypto';

/** A place in a user's history: behind this key of this message. */
export interface Place {
  readonly message: string;
  readonly key: string;
}

/** Before the newest message: `~` follows all characters of ids. */
export const BEGINNING: Place = { message: '~', key: '' };

/** The list that cursors of a user's history belong to. It does not say whose it is. */
export function historyList(user: string): string {
  return `timeline.${createHash('sha256').update(user).digest('base64url').slice(0, 16)}`;
}

/** The newest message first, then by key. */
export function inOrder(a: Place, b: Place): number {
  if (a.message !== b.message) return a.message > b.message ? -1 : 1;
  if (a.key === b.key) return 0;
  return a.key < b.key ? -1 : 1;
}

export function formatPlace({ message, key }: Place): string {
  return `${message}/${key}`;
}

export function parsePlace(text: string | undefined): Place {
  if (text === undefined) return BEGINNING;
  const slash = text.indexOf('/');
  return slash === -1 ? { message: text, key: '' } : { message: text.slice(0, slash), key: text.slice(slash + 1) };
}
