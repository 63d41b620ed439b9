import type { LedgerEntry, LedgerSink } from '../../providers/simulation.js';

const SLAB_BYTES = 1_048_576;
const BYTES_MAX = 1_073_741_824;
/** Some 200 bytes each. */
const DISTINCT_MAX = 10_000_000;
/** No character of a JavaScript string takes more than three bytes of UTF-8 per UTF-16 unit. */
const UTF8_BYTES_PER_UNIT_MAX = 3;

export interface LedgerOptions {
  /** Bytes of lines that are kept; 1 GiB when absent. */
  readonly bytesMax?: number;
  /** Acceptances between which repeats are told; 10 million when absent. */
  readonly distinctMax?: number;
}

interface Slab {
  readonly bytes: Buffer;
  used: number;
  lines: number;
}

export interface LedgerSummary {
  /** Requests written down since the last clearing. */
  readonly lines: number;
  /** The oldest of them that are no longer kept, because the ledger is full. */
  readonly dropped_lines: number;
  /** Acceptances; `distinct` counts each pair of id and token once, `repeated` the rest. */
  readonly accepted: { readonly total: number; readonly distinct: number; readonly repeated: number };
  /** Per provider, how often each answer was given: `200`, `410 Unregistered`, `stall`. */
  readonly providers: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/**
 * Everything that reached a simulator, in order of arrival. The lines are kept as NDJSON bytes outside the
 * JavaScript heap, so that hundreds of thousands of them cost the garbage collector nothing; counts are kept
 * as they come. Full (1 GiB), it forgets its oldest lines and says so, but never a count;
 * a repeat is told from a first acceptance only among the last ones (10 million).
 */
export class Ledger implements LedgerSink {
  readonly #bytesMax: number;
  readonly #distinctMax: number;
  #slabs: Slab[] = [];
  #bytesHeld = 0;
  #lines = 0;
  #droppedLines = 0;
  #accepted = 0;
  #distinctBefore = 0;
  readonly #acceptedOnce = new Set<string>();
  readonly #answers = new Map<string, Map<string, number>>();

  constructor(options: LedgerOptions = {}) {
    this.#bytesMax = options.bytesMax ?? BYTES_MAX;
    this.#distinctMax = options.distinctMax ?? DISTINCT_MAX;
  }

  write(entry: LedgerEntry): void {
    this.#append(encode(entry));
    this.#lines += 1;
    if (entry.accepted) {
      this.#accepted += 1;
      if (this.#acceptedOnce.size >= this.#distinctMax) {
        this.#distinctBefore += this.#acceptedOnce.size;
        this.#acceptedOnce.clear();
      }
      this.#acceptedOnce.add(`${entry.provider} ${entry.id} ${entry.token}`);
    }
    const { status, reason } = entry.answer;
    const answer = status === null ? String(reason) : reason === null ? String(status) : `${status} ${reason}`;
    const counts = this.#answers.get(entry.provider) ?? new Map<string, number>();
    this.#answers.set(entry.provider, counts);
    counts.set(answer, (counts.get(answer) ?? 0) + 1);
  }

  /**
   * The lines kept at the time of the call, as pieces of NDJSON. Later lines do not show in them.
   *
   * @param after so many of the lines that were ever written are left out, the oldest ones
   */
  chunks(after = 0): Buffer[] {
    let skip = after - this.#droppedLines;
    const pieces: Buffer[] = [];
    for (const { bytes, used, lines } of this.#slabs) {
      if (skip < lines) pieces.push(bytes.subarray(startOfLine(bytes, skip), used));
      skip -= lines;
    }
    return pieces;
  }

  /** Lines written since the last clearing, those that are no longer kept among them. */
  get lines(): number {
    return this.#lines;
  }

  summary(): LedgerSummary {
    const distinct = this.#distinctBefore + this.#acceptedOnce.size;
    return {
      lines: this.#lines,
      dropped_lines: this.#droppedLines,
      accepted: { total: this.#accepted, distinct, repeated: this.#accepted - distinct },
      providers: Object.fromEntries([...this.#answers].map(([name, counts]) => [name, Object.fromEntries(counts)])),
    };
  }

  /** Forgets lines and counts. */
  clear(): void {
    this.#slabs = [];
    this.#bytesHeld = 0;
    this.#lines = 0;
    this.#droppedLines = 0;
    this.#accepted = 0;
    this.#distinctBefore = 0;
    this.#acceptedOnce.clear();
    this.#answers.clear();
  }

  #append(line: string): void {
    let slab = this.#slabs.at(-1);
    if (slab === undefined || slab.bytes.length - slab.used < line.length * UTF8_BYTES_PER_UNIT_MAX) {
      slab = { bytes: Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, Buffer.byteLength(line))), used: 0, lines: 0 };
      this.#slabs.push(slab);
      this.#bytesHeld += slab.bytes.length;
      while (this.#bytesHeld > this.#bytesMax && this.#slabs.length > 1) this.#dropOldest();
    }
    slab.used += slab.bytes.write(line, slab.used);
    slab.lines += 1;
  }

  #dropOldest(): void {
    const oldest = this.#slabs.shift();
    this.#bytesHeld -= oldest?.bytes.length ?? 0;
    this.#droppedLines += oldest?.lines ?? 0;
  }
}

/** Where the line begins that has so many before it. */
function startOfLine(bytes: Buffer, linesBefore: number): number {
  let start = 0;
  for (let left = linesBefore; left > 0; left--) start = bytes.indexOf(0x0a, start) + 1;
  return start;
}

function encode(entry: LedgerEntry): string {
  let payload = entry.payloadJson ?? 'null';
  // JSON text that its sender laid out over several lines would break the line.
  if (payload.includes('\n') || payload.includes('\r')) payload = JSON.stringify(JSON.parse(payload));
  const { status, reason } = entry.answer;
  return (
    `{"provider":${JSON.stringify(entry.provider)},"token":${JSON.stringify(entry.token)}` +
    `,"id":${JSON.stringify(entry.id)},"headers":${JSON.stringify(entry.headers)},"payload":${payload}` +
    `,"answer":{"status":${status},"reason":${JSON.stringify(reason)}},"accepted":${entry.accepted},"at":${entry.at}}\n`
  );
}
