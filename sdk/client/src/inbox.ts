/** What has come in: which messages the app has had, and from where to resume. */
import type { Push } from './frames.js';

/** The protocol asks for this many (docs/realtime-protocol.md, "A connection's life"). */
export const IDS_MAX = 1_000;
/** More unfinished messages than any gateway's window: it is broken. */
export const UNFINISHED_MAX = 1_000;

export interface SavedInbox {
  readonly cursor?: string;
  /** Messages that the app has dealt with, oldest first. */
  readonly ids: readonly string[];
}

/**
 * `new`: hand it over. `under_way`: it was handed over before, on an older connection perhaps; `done` follows.
 * `known`: the app has dealt with it; say `done` again. `old`: this very frame came before. `hole`: frames before it
 * are missing. `flood`: more than a window can hold.
 */
export type Arrival = 'new' | 'under_way' | 'known' | 'old' | 'hole' | 'flood';

export interface Inbox {
  readonly cursor: string | undefined;
  readonly seq: number;
  /** A new connection, with the cursor of its `welcome`. */
  begin(cursor: string): void;
  arrive(push: Push): Arrival;
  /** A place in the order that needs nothing done. */
  pass(cursor: string): void;
  /** The app has dealt with these; what is to be kept has changed. */
  end(ids: readonly string[]): void;
  /** What `end` said is kept: from now on they are `known`. */
  kept(ids: readonly string[]): void;
  /** Another user, or another device: nothing of this is theirs. */
  forget(): void;
  saved(): SavedInbox;
}

export function createInbox(saved: SavedInbox | undefined): Inbox {
  let cursor = saved?.cursor;
  let seq = 0;
  /** In order of arrival on this connection; the cursor moves past those at its head that have ended. */
  let order: { readonly id: string | undefined; readonly cursor: string }[] = [];
  const underWay = new Set<string>();
  let ended = new Set(saved?.ids ?? []);
  let safe = new Set(ended);

  function advance(): void {
    let passed = 0;
    for (const entry of order) {
      if (entry.id !== undefined && !ended.has(entry.id)) break;
      cursor = entry.cursor;
      passed += 1;
    }
    if (passed > 0) order = order.slice(passed);
  }

  return {
    get cursor() {
      return cursor;
    },
    get seq() {
      return seq;
    },
    begin(first) {
      cursor = first;
      seq = 0;
      order = [];
    },
    arrive(push) {
      if (push.seq <= seq) return 'old';
      if (push.seq > seq + 1) return 'hole';
      if (order.length >= UNFINISHED_MAX) return 'flood';
      seq = push.seq;
      order.push({ id: push.id, cursor: push.cursor });
      if (safe.has(push.id)) {
        advance();
        return 'known';
      }
      if (underWay.has(push.id) || ended.has(push.id)) return 'under_way';
      underWay.add(push.id);
      return 'new';
    },
    pass(next) {
      order.push({ id: undefined, cursor: next });
      advance();
    },
    end(ids) {
      // What is not under way was forgotten meanwhile: it is another user's.
      for (const id of ids) if (underWay.delete(id)) ended.add(id);
      // Before the oldest are forgotten: what is in this connection's order must not be.
      advance();
      for (const oldest of ended) {
        if (ended.size <= IDS_MAX) break;
        ended.delete(oldest);
        safe.delete(oldest);
      }
    },
    kept(ids) {
      for (const id of ids) if (ended.has(id)) safe.add(id);
    },
    forget() {
      cursor = undefined;
      order = [];
      underWay.clear();
      ended = new Set();
      safe = new Set();
    },
    saved: () => ({ ...(cursor === undefined ? {} : { cursor }), ids: [...ended] }),
  };
}
