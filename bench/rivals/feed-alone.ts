/** The store's part in feeding the queue, alone: chunks that are due, and looks for those whose turn it is. */
import { loadConfig } from '../../config/load.js';
import { openStore } from '../../src/compose.js';
import { createLog } from '../../src/runtime/logger.js';
import { oneByOne, Scene } from '../../test/contract/store/scene.js';
import type { FeedOrder, FeedTold } from '../harness/feed-order.js';
import { serveRival } from '../harness/rival.js';

interface Setup {
  readonly dir: string;
  /** `store.url` and what goes with it. */
  readonly settings: Readonly<Record<string, string>>;
}

const LANE = 'marketing';
const CHUNKS_OF_MESSAGE = 100;
/** Messages written by one store call. */
const WRITTEN_AT_ONCE = 5;
const HANDED_FOR_MS = 600_000;

serveRival<Setup, FeedOrder, FeedTold>(async ({ dir, settings }) => {
  const config = await loadConfig({ dir, env: {}, flags: settings });
  const { store } = await openStore(config, { log: createLog('warn') });
  const scene = new Scene();
  const appOf = new Map<string, string>();

  /** Apps have a message in turn, each of so many chunks, each chunk one device. */
  async function fill(chunks: number, apps: number): Promise<void> {
    const at = Date.now() - 60_000;
    const messages = Array.from({ length: Math.ceil(chunks / CHUNKS_OF_MESSAGE) }, (_, n) => {
      const own = oneByOne('apns', Math.min(CHUNKS_OF_MESSAGE, chunks - n * CHUNKS_OF_MESSAGE));
      return scene.message({ app: `app${String(n % apps).padStart(4, '0')}`, at, class: LANE, chunks: own });
    });
    for (const { accepted } of messages) appOf.set(accepted.id, accepted.app);
    for (let from = 0; from < messages.length; from += WRITTEN_AT_ONCE) {
      await store.messages.accept(messages.slice(from, from + WRITTEN_AT_ONCE), at);
    }
  }

  return {
    ready: {},
    async answer(order) {
      const millis: number[] = [];
      const handed: string[] = [];
      let appsFirst = 0;
      let failed = 0;
      if (order.kind === 'fill') await fill(order.chunks, order.apps);
      else {
        for (let look = 0; look < order.looks; look += 1) {
          const now = Date.now();
          const startedAt = performance.now();
          try {
            if (order.kind === 'backlog') await store.chunks.backlog(LANE, now);
            else {
              const fed = await store.chunks.feed(LANE, order.limit, now, now + HANDED_FOR_MS);
              handed.push(...fed.map(({ id }) => id));
              if (look === 0) appsFirst = new Set(fed.map(({ id }) => appOf.get(id.slice(0, id.indexOf('.'))))).size;
            }
          } catch {
            failed += 1; // it took longer than the store may take
          }
          millis.push(performance.now() - startedAt);
        }
      }
      return { millis, handed, appsFirst, failed };
    },
  };
});
