/**
 * A process of its own that takes one job and never ends it, to be killed in the midst of it.
 * Usage: `node queue-child.js pglite:<data directory> | postgres://… | redis://…`; writes `running` when it has the job.
 */
import { openRedisQueue, openTestQueue } from './open-queue.js';

const [url = ''] = process.argv.slice(2);
const { queue } = await (/^rediss?\b/.test(url) ? openRedisQueue(url) : openTestQueue(url));
await queue.consume(
  () => {
    process.stdout.write('running\n');
    return new Promise(() => undefined);
  },
  { lane: 'transactional', concurrency: 1 },
  new AbortController().signal,
);
