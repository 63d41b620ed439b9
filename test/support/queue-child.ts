/**
 * A process of its own that takes one job and never ends it, to be killed in the midst of it.
 * Usage: `node queue-child.js pglite:<data directory> | postgres://…`; writes `running` when it has the job.
 */
import { openTestQueue } from './open-queue.js';

const [url = ''] = process.argv.slice(2);
const { queue } = await openTestQueue(url);
await queue.consume(
  () => {
    process.stdout.write('running\n');
    return new Promise(() => undefined);
  },
  { lane: 'transactional', concurrency: 1 },
  new AbortController().signal,
);
