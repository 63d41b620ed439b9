/** Something that wants to be looked at again and again. */
export interface Timed {
  /** Looks at what time has brought. @returns monotonic ms at which it wants to be called again; never: infinite */
  tick(at: number): number;
  /** Where it stands; belongs to the wheel. */
  due: number;
}

const SLOT_MS = 1_000;
/** Whatever is due later comes around and is asked again, which costs nothing. */
const SLOTS = 64;
/** Longer without a turn, the process stood still: what came in meanwhile is heard before anybody is called silent. */
const STOOD_STILL_MS = 4 * SLOT_MS;

/** One timer for all connections, exact to a second: a timer for each would cost more than the connection. */
export class TimerWheel {
  readonly #slots = Array.from({ length: SLOTS }, () => new Set<Timed>());
  #at: number;

  constructor(at: number) {
    this.#at = at;
  }

  /** It is called at `due`, and not where it stood before. */
  add(item: Timed, due: number): void {
    this.remove(item);
    item.due = Math.min(Math.max(due, this.#at + SLOT_MS), this.#at + (SLOTS - 1) * SLOT_MS);
    this.#slotOf(item.due).add(item);
  }

  remove(item: Timed): void {
    this.#slotOf(item.due).delete(item);
  }

  /** To be called every second. */
  turn(at: number): void {
    if (at - this.#at > STOOD_STILL_MS) {
      // Everything keeps its place relative to now; what is overdue waits for the next turn.
      const late = [...this.#slots].flatMap((slot) => [...slot]);
      for (const slot of this.#slots) slot.clear();
      this.#at = at;
      for (const item of late) this.add(item, item.due);
      return;
    }
    while (this.#at + SLOT_MS <= at) {
      this.#at += SLOT_MS;
      const slot = this.#slotOf(this.#at);
      const items = [...slot];
      slot.clear();
      for (const item of items) {
        const due = item.tick(at);
        if (due !== Number.POSITIVE_INFINITY) this.add(item, due);
      }
    }
  }

  #slotOf(at: number): Set<Timed> {
    const slot = this.#slots[Math.floor(at / SLOT_MS) % SLOTS];
    if (slot === undefined) throw new RangeError(`no slot for ${at}`);
    return slot;
  }
}
