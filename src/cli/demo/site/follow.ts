import { type MessageEvent, type Pealbell, PealbellError } from '../../../../sdk/server/src/index.js';

/** Messages that are looked at; of more, the oldest are let go. */
const FOLLOWED_MAX = 20;
const EVENTS_MAX = 100;

/** What became of a message so far. */
export interface Story {
  readonly message: string;
  readonly events: readonly MessageEvent[];
}

/** Looks at the timelines of messages for as long as somebody cares. */
export interface Follower {
  /** From now on this message is looked at, too. */
  add(message: string): void;
  /** Looks at the newest message and one other; gives those that changed since they were told last, the newest first. */
  changed(): Promise<readonly Story[]>;
  /** All of them as they were told last, the newest message first. */
  told(): readonly Story[];
}

/** A message of another app, or a made-up one: there is no story. */
function isUnknown(error: unknown): undefined {
  if (error instanceof PealbellError && error.code === 'message_not_found') return undefined;
  throw error;
}

export function createFollower(gateway: Pick<Pealbell, 'messages'>, signal: AbortSignal): Follower {
  const stories = new Map<string, Story>();
  const newestFirst = () => [...stories.values()].reverse();
  let looks = 0;

  /** The newest, and one of the others in turn: a page that looks on must not be what the gateway is busy with. */
  function next(): readonly Story[] {
    const [newest, ...others] = newestFirst();
    if (newest === undefined) return [];
    const other = others[looks++ % Math.max(1, others.length)];
    return other === undefined ? [newest] : [newest, other];
  }
  return {
    add(message) {
      if (stories.has(message)) return;
      stories.set(message, { message, events: [] });
      const [oldest] = stories.keys();
      if (stories.size > FOLLOWED_MAX && oldest !== undefined) stories.delete(oldest);
    },
    async changed() {
      const fresh: Story[] = [];
      for (const { message, events: before } of next()) {
        const events = await gateway.messages.timeline(message, { signal }).take(EVENTS_MAX).catch(isUnknown);
        if (events === undefined) {
          stories.delete(message);
          continue;
        }
        if (JSON.stringify(events) === JSON.stringify(before)) continue;
        const story = { message, events };
        // It may have been let go meanwhile.
        if (stories.has(message)) stories.set(message, story);
        fresh.push(story);
      }
      return fresh;
    },
    told: newestFirst,
  };
}
