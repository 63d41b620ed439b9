import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { postgresBackend } from '../../src/queue/bullmq/postgres.js';
import { openWorkQueue } from '../../src/queue/bullmq/work-queue.js';
import { openTestQueue, silentLog, type TestQueue } from '../support/open-queue.js';
import { migratedDataDirectory } from '../support/pglite-template.js';
import { freshDatabase } from '../support/postgres-server.js';
import { type OpenedQueue, workQueueSuite } from './work-queue.suite.js';

/** Resolves when a process of its own had a job and was killed with it. */
async function killOneConsumer(url: string): Promise<void> {
  const program = fileURLToPath(new URL('../support/queue-child.js', import.meta.url));
  const child = spawn(process.execPath, [program, url], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const running = once(child.stdout, 'data');
  const first = await Promise.race([running, ended.then(() => undefined)]);
  if (first === undefined) throw new Error('the consumer ended before it had a job');
  child.kill('SIGKILL');
  await ended;
}

function another({ sql }: TestQueue) {
  return openWorkQueue({ backend: postgresBackend(sql.poolForQueue(), { exclusive: false }), log: silentLog });
}

workQueueSuite('BullMQ on PGlite', async (): Promise<OpenedQueue> => {
  const url = `pglite:${await migratedDataDirectory()}`;
  let now = await openTestQueue(url);
  return {
    queue: now.queue,
    another: () => another(now),
    async killConsumer() {
      // The directory has one process at a time: this one makes room, and takes over from the dead.
      await now.close();
      await killOneConsumer(url);
      now = await openTestQueue(url);
      return now.queue;
    },
    close: () => now.close(),
  };
});

workQueueSuite('BullMQ on a Postgres server', async (context): Promise<OpenedQueue> => {
  const url = await freshDatabase(context);
  const opened = await openTestQueue(url);
  return {
    queue: opened.queue,
    another: () => another(opened),
    async killConsumer() {
      await killOneConsumer(url);
      return opened.queue;
    },
    close: () => opened.close(),
  };
});
