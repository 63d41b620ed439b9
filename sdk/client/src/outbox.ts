/** What is to go out: events and upstream messages, numbered without holes, kept until the gateway says that they are safe. */
import type { Sent } from './events.js';
import type { EventBody } from './frames.js';

export const OUTBOX_ITEMS_MAX = 1_000;
export const OUTBOX_BYTES_MAX = 1024 * 1024;
/** So many may be unanswered at once: a long queue after a day offline is no flood. */
export const OUTBOX_WINDOW = 32;
/** Keys of items that are safe, kept so that one handed in again by another tab is not sent twice. */
const KEYS_KEPT = 200;

export interface OutboxItem {
  readonly n: number;
  /** Names it among all tabs. */
  readonly key: string;
  readonly body: EventBody;
}
export interface SavedOutbox {
  readonly stream: string;
  /** Of the newest item. */
  readonly n: number;
  readonly items: readonly OutboxItem[];
  readonly keys: readonly string[];
}
/** `known`: it was added before, and is waiting or safe. */
export type Added = 'added' | 'known' | 'full';

export interface Settled {
  readonly key: string;
  readonly sent: Sent;
}

export interface Outbox {
  readonly stream: string;
  readonly size: number;
  add(key: string, body: EventBody): Added;
  /** Whether it waits for its `ok`. */
  isWaiting(key: string): boolean;
  /** The item is kept, and may be sent. */
  kept(key: string): void;
  /**
   * A new connection, which says what is safe.
   *
   * @returns `false` when the gateway knows more of this stream than this store: the counter was lost, all that waits
   * has numbers of a new stream, and the connection has to be made anew
   */
  begin(safe: number): boolean;
  /** Takes those that may go out now. */
  take(): readonly OutboxItem[];
  ok(n: number): readonly Settled[];
  refuse(n: number, code: string, detail: string): readonly Settled[];
  forget(): void;
  saved(): SavedOutbox;
}

export function createOutbox(saved: SavedOutbox | undefined, random: () => number): Outbox {
  let stream = saved?.stream ?? newStream(random);
  let last = saved?.n ?? 0;
  let items: OutboxItem[] = [...(saved?.items ?? [])];
  let keys: string[] = [...(saved?.keys ?? [])];
  let bytes = items.reduce((sum, { body }) => sum + sizeOf(body), 0);
  /** Numbers up to which all is kept, and was sent on this connection. */
  let keptN = last;
  let sentN = 0;
  const keptEarly = new Set<number>();

  function settle(gone: readonly OutboxItem[], sent: Sent): readonly Settled[] {
    items = items.filter((item) => !gone.includes(item));
    for (const { key, body } of gone) {
      bytes -= sizeOf(body);
      keys.push(key);
    }
    keys = keys.slice(-KEYS_KEPT);
    return gone.map(({ key }) => ({ key, sent }));
  }

  return {
    get stream() {
      return stream;
    },
    get size() {
      return items.length;
    },
    add(key, body) {
      if (keys.includes(key) || items.some((item) => item.key === key)) return 'known';
      const size = sizeOf(body);
      if (items.length >= OUTBOX_ITEMS_MAX || bytes + size > OUTBOX_BYTES_MAX) return 'full';
      last += 1;
      bytes += size;
      items.push({ n: last, key, body });
      return 'added';
    },
    isWaiting: (key) => items.some((item) => item.key === key),
    kept(key) {
      const item = items.find((one) => one.key === key);
      if (item !== undefined) keptEarly.add(item.n);
      while (keptEarly.delete(keptN + 1)) keptN += 1;
    },
    begin(safe) {
      sentN = 0;
      if (safe <= last) return true;
      stream = newStream(random);
      items = items.map(({ key, body }, index) => ({ n: index + 1, key, body }));
      last = items.length;
      keptN = last;
      keptEarly.clear();
      return false;
    },
    take() {
      const waiting = items.filter(({ n }) => n <= keptN);
      const room = OUTBOX_WINDOW - waiting.filter(({ n }) => n <= sentN).length;
      const next = waiting.filter(({ n }) => n > sentN).slice(0, Math.max(0, room));
      sentN = next.at(-1)?.n ?? sentN;
      return next;
    },
    ok: (n) =>
      settle(
        items.filter((item) => item.n <= n),
        { kind: 'safe' },
      ),
    refuse: (n, code, detail) =>
      settle(
        items.filter((item) => item.n === n),
        { kind: 'refused', code, detail },
      ),
    forget() {
      stream = newStream(random);
      last = 0;
      items = [];
      keys = [];
      bytes = 0;
      keptN = 0;
      sentN = 0;
      keptEarly.clear();
    },
    saved: () => ({ stream, n: last, items, keys }),
  };
}

/** UTF-16 units of the JSON: near enough to bytes for a bound. */
function sizeOf(body: EventBody): number {
  return JSON.stringify(body).length;
}

/** 24 characters of `a-z0-9`: no other device of the app will choose the same. */
export function newStream(random: () => number): string {
  return Array.from({ length: 24 }, () => Math.floor(random() * 36).toString(36)).join('');
}
