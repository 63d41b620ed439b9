/** What a gateway and the process that started it say to each other. */

export interface ProcessQuestion {
  readonly kind: 'question';
  readonly id: number;
  readonly about: 'ready' | 'metrics';
}

export type ProcessWord =
  | { readonly kind: 'started' }
  | ProcessQuestion
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown };

/** What came over the channel, where it is one of these. */
export function readWord(message: unknown): ProcessWord | undefined {
  const isWord =
    typeof message === 'object' &&
    message !== null &&
    'kind' in message &&
    ['started', 'question', 'answer'].includes(String(message.kind));
  return isWord ? (message as ProcessWord) : undefined; // both sides are the same program
}
