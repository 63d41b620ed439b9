import { collection, op } from '../engine/collection.js';
import { AGGREGATE, type Aggregate, OUT_INDEX } from './aggregate.js';

/** It has been told that a message waits for a stopped account. `_id` is `message|provider`. */
export interface MessageBlockDoc extends Aggregate {
  readonly app: string;
}

export const MESSAGE_BLOCKS = collection<MessageBlockDoc>('message_blocks', { ...AGGREGATE, app: String }, [OUT_INDEX]);

export function messageBlockId(message: string, provider: string): string {
  return `${message}|${provider}`;
}

/** A filter on `_id`: all of a message. */
export function blocksOf(message: string) {
  return op({ $gt: messageBlockId(message, ''), $lt: `${message}}` });
}
