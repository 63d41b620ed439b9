/** The usual way: one BullMQ job for each device, added 1,000 at a time, on the database of the embedded gateway. */
import { createPostgresBackend, Queue, Worker } from 'bullmq';
import { apnsToken, deviceId, NOTIFICATION } from '../harness/devices.js';
import { openEmbeddedQueue } from '../harness/embedded-queue.js';
import type { QueueOrder, QueueTold } from '../harness/queue-order.js';
import { serveRival } from '../harness/rival.js';
import { createTally } from '../harness/tally.js';

const JOBS_PER_ADD = 1_000;
/** More does not help: a worker fetches one job after the other. */
const CONCURRENCY = 50;

serveRival<{ readonly dir: string }, QueueOrder, QueueTold>(async ({ dir }) => {
  const { pool, bytes, vacuum } = await openEmbeddedQueue(dir);
  const defaultJobOptions = { removeOnComplete: true, removeOnFail: true };
  const queue = new Queue('push', { connection: pool, defaultJobOptions }, createPostgresBackend);
  return {
    ready: {},
    async answer({ devices }) {
      await vacuum();
      const tally = createTally(devices);
      const bytesBefore = await bytes();
      for (let from = 0; from < devices; from += JOBS_PER_ADD) {
        const count = Math.min(JOBS_PER_ADD, devices - from);
        await queue.addBulk(
          Array.from({ length: count }, (_, i) => {
            const n = from + i;
            const data = { n, device: deviceId(n), token: apnsToken(n), notification: NOTIFICATION };
            return { name: 'push', data };
          }),
        );
      }
      const bytesMost = await bytes();
      await new Promise<void>((resolve, reject) => {
        let left = devices;
        const worker = new Worker(
          'push',
          async (job) => {
            tally.note(job.data.n);
          },
          { connection: pool, concurrency: CONCURRENCY },
          createPostgresBackend,
        );
        worker.on('error', reject);
        worker.on('completed', () => {
          left -= 1;
          if (left === 0) worker.close().then(resolve, reject);
        });
      });
      const { arrivals, distinct } = tally.read();
      return { arrivals, distinct, bytes: bytesMost - bytesBefore };
    },
  };
});
