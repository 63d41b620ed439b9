import type { EpochMs } from '../../../domain/time.js';
import {
  UPSTREAM_BYTES_MAX,
  UPSTREAM_ITEMS_MAX,
  UPSTREAM_STREAMS_MAX,
  type UpstreamBatch,
  type UpstreamItem,
} from '../../../ports/upstream-store.js';

/** How far one stream of a device has come. */
export interface Stream {
  readonly id: string;
  /** Highest `n` that was taken. */
  readonly top: number;
  /** Highest `n` of those that were removed. */
  readonly swept: number;
  readonly usedAt: EpochMs;
}

/** What is known of a device beside its streams. */
export interface BoxState {
  readonly streams: readonly Stream[];
  /** Keys of messages that are kept, of those that may be asked about. */
  readonly kept: ReadonlySet<string>;
  /** What the messages that are kept come to. */
  readonly items: number;
  readonly bytes: number;
}

export interface TakenItem {
  readonly batch: UpstreamBatch;
  readonly item: UpstreamItem;
  readonly json: string;
}

/** What becomes of batches of one device. */
export interface BoxDecision {
  readonly streams: readonly Stream[];
  /** In order. */
  readonly taken: readonly TakenItem[];
  /** Of each batch those for which there is no room. */
  readonly full: readonly (readonly number[])[];
  /** By stream, also of one that is forgotten by this. */
  readonly tops: ReadonlyMap<string, number>;
}

/** Names one message of a device among all. */
export function keyOf(app: string, device: string, stream: string, n: number): string {
  return [app, device, stream, n].join('\n'); // no id has a line end
}

/** Items of which nobody knows from the streams alone that they are new. */
export function doubtful(streams: readonly Stream[], batches: readonly UpstreamBatch[]): string[] {
  return batches.flatMap(({ app, device, stream, items }) => {
    const known = streams.find(({ id }) => id === stream);
    // What is kept of a stream that was forgotten is known by its key alone.
    const { top, swept } = known ?? { top: Infinity, swept: 0 };
    return items.filter(({ n }) => n > swept && n <= top).map(({ n }) => keyOf(app, device, stream, n));
  });
}

/** Takes what is new while there is room, in order. */
export function decideBox(state: BoxState, batches: readonly UpstreamBatch[], now: EpochMs): BoxDecision {
  const streams = new Map(state.streams.map((stream) => [stream.id, stream]));
  const kept = new Set(state.kept);
  let { items, bytes } = state;
  const taken: TakenItem[] = [];
  const full = batches.map((batch) => {
    const { app, device, stream: id } = batch;
    const { top, swept } = streams.get(id) ?? { top: 0, swept: 0 };
    const tooMuch: number[] = [];
    for (const item of batch.items) {
      const key = keyOf(app, device, id, item.n);
      if (kept.has(key) || item.n <= swept) continue;
      const json = JSON.stringify(item.data);
      const more = Buffer.byteLength(json);
      if (items + 1 > UPSTREAM_ITEMS_MAX || bytes + more > UPSTREAM_BYTES_MAX) {
        tooMuch.push(item.n);
        continue;
      }
      items += 1;
      bytes += more;
      kept.add(key);
      taken.push({ batch, item, json });
    }
    streams.set(id, { id, top: Math.max(top, ...batch.items.map(({ n }) => n)), swept, usedAt: now });
    return tooMuch;
  });
  const tops = new Map([...streams.values()].map(({ id, top }) => [id, top]));
  return { streams: newest([...streams.values()]), taken, full, tops };
}

function newest(streams: readonly Stream[]): readonly Stream[] {
  return [...streams].sort((a, b) => b.usedAt - a.usedAt || (a.id < b.id ? -1 : 1)).slice(0, UPSTREAM_STREAMS_MAX);
}
