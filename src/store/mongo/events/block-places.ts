import type { EventBlockDoc } from '../documents/events.js';
import type { StoredBlock } from './event-writer.js';

/** A block with the number of its first event. */
export interface PlacedBlock extends StoredBlock {
  readonly seq: number;
}

/** Blocks of a document, in order. */
export function blocksIn({ seq: first, blocks }: Pick<EventBlockDoc, 'seq' | 'blocks'>): readonly PlacedBlock[] {
  let seq = first;
  return (JSON.parse(blocks) as readonly StoredBlock[]).map((block) => {
    const placed = { ...block, seq };
    seq += block.entries.length;
    return placed;
  });
}
