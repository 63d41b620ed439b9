import type { Posted } from '../../../src/ports/mailbox-store.js';

/** A letter as the model knows it; ids are those of messages. */
export interface ModelLetter {
  readonly id: string;
  readonly collapseKey: string | undefined;
  readonly bytes: number;
  readonly expiresAt: number;
  /** Its message is open: what has gone is remembered. */
  readonly isOpen: boolean;
}

type State = 'shown' | 'hushed' | 'done' | 'withdrawn' | 'replaced' | 'lost';

interface Copy {
  readonly letter: ModelLetter;
  state: State;
}

interface Box {
  user: string;
  lost: number;
  /** In the order in which they were put. */
  copies: Copy[];
}

/** Mailboxes in plain memory, as `MailboxStore` describes them: what the real ones are compared with. */
export class MailboxModel {
  readonly #boxes = new Map<string, Box>();
  /** Letters that somebody tried to put, and whether their message is open; and those that were withdrawn for all. */
  readonly #known = new Map<string, boolean>();
  readonly #withdrawn = new Set<string>();

  constructor(
    users: Readonly<Record<string, string>>,
    readonly bounds: { readonly letters: number; readonly bytes: number },
  ) {
    for (const [device, user] of Object.entries(users)) this.#boxes.set(device, { user, lost: 0, copies: [] });
  }

  put(letter: ModelLetter, to: readonly { readonly device: string; readonly user: string }[], now: number): string[] {
    this.#known.set(letter.id, letter.isOpen);
    const answers = to.map(({ device, user }) => this.#putOne(letter, device, user));
    for (const { device } of to) this.#cutBack(device, now);
    return answers;
  }

  #putOne(letter: ModelLetter, device: string, user: string): string {
    const box = this.#box(device);
    if (box.user !== user) return 'not_theirs';
    const known = box.copies.find((copy) => copy.letter.id === letter.id);
    if (known !== undefined) {
      if (!waits(known)) return known.state;
      return this.#withdrawn.has(letter.id) ? 'withdrawn' : 'there';
    }
    if (this.#withdrawn.has(letter.id)) return 'withdrawn';
    for (const copy of [...box.copies]) {
      const isSame = letter.collapseKey !== undefined && copy.letter.collapseKey === letter.collapseKey;
      if (isSame && waits(copy)) end(box, copy, 'replaced');
    }
    box.copies.push({ letter, state: 'shown' });
    return 'put';
  }

  #cutBack(device: string, now: number): void {
    const box = this.#box(device);
    const held = box.copies.filter((copy) => this.#isAlive(copy, now)).reverse();
    let bytes = 0;
    for (const [place, copy] of held.entries()) {
      bytes += copy.letter.bytes;
      if (place < this.bounds.letters && bytes <= this.bounds.bytes) continue;
      end(box, copy, 'lost');
      box.lost++;
    }
  }

  waiting(device: string, now: number): string[] {
    const { copies } = this.#box(device);
    return copies
      .filter((copy) => this.#isAlive(copy, now))
      .map((copy) => (copy.state === 'hushed' ? `-${copy.letter.id}` : copy.letter.id));
  }

  done(device: string, ids: readonly string[]): string[] {
    const box = this.#box(device);
    return ids.filter((id) => {
      const copy = box.copies.find(({ letter }) => letter.id === id);
      if (copy !== undefined) end(box, copy, 'done');
      return copy !== undefined;
    });
  }

  hush(id: string, devices: readonly string[]): void {
    for (const device of devices) {
      for (const copy of this.#box(device).copies) {
        if (copy.letter.id === id && copy.state === 'shown') copy.state = 'hushed';
      }
    }
  }

  withdraw(id: string, devices: readonly string[] | undefined, now: number): string[] {
    const had = [...this.#boxes].filter(
      ([device, { copies }]) =>
        (devices === undefined || devices.includes(device)) &&
        copies.some((copy) => copy.letter.id === id && this.#isAlive(copy, now)),
    );
    if (devices === undefined) {
      if (this.#known.has(id)) this.#withdrawn.add(id);
    } else {
      for (const [, box] of had) {
        const copy = box.copies.find(({ letter }) => letter.id === id);
        if (copy !== undefined) end(box, copy, 'withdrawn');
      }
    }
    return had.map(([device]) => device).sort();
  }

  changeUser(device: string, user: string): void {
    if (this.#box(device).user !== user) this.#boxes.set(device, { user, lost: 0, copies: [] });
  }

  open(device: string, user: string): string {
    const box = this.#box(device);
    return box.user === user ? `open, ${box.lost} lost` : 'not_theirs';
  }

  sweep(now: number): void {
    for (const box of this.#boxes.values()) {
      box.copies = box.copies.filter(
        ({ letter }) => letter.expiresAt > now && (letter.isOpen || !this.#withdrawn.has(letter.id)),
      );
    }
    // Of a message that is over, what nobody waits for is forgotten.
    for (const [id, isOpen] of this.#known) {
      const isThere = [...this.#boxes.values()].some(({ copies }) => copies.some(({ letter }) => letter.id === id));
      if (isOpen || isThere) continue;
      this.#known.delete(id);
      this.#withdrawn.delete(id);
    }
  }

  user(device: string): string {
    return this.#box(device).user;
  }

  #isAlive(copy: Copy, now: number): boolean {
    return waits(copy) && copy.letter.expiresAt > now && !this.#withdrawn.has(copy.letter.id);
  }

  #box(device: string): Box {
    const box = this.#boxes.get(device);
    if (box === undefined) throw new Error(`no device ${device}`);
    return box;
  }
}

function waits({ state }: Copy): boolean {
  return state === 'shown' || state === 'hushed';
}

function end(box: Box, copy: Copy, state: State): void {
  if (copy.letter.isOpen) copy.state = state;
  else box.copies = box.copies.filter((other) => other !== copy);
}

/** The store's answer in the model's words. */
export function postedWord(posted: Posted): string {
  return posted.kind === 'gone' ? posted.why : posted.kind;
}
