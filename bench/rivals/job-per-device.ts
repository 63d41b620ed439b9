/** The usual way: one BullMQ job for each device, added 1,000 at a time, on the database of the gateway's queue. */
import { apnsToken, deviceId, NOTIFICATION } from '../harness/devices.js';
import { openPeerQueue, type PeerQueueSetup } from '../harness/peer-queue.js';
import type { QueueOrder, QueueTold } from '../harness/queue-order.js';
import { serveRival } from '../harness/rival.js';
import { createTally } from '../harness/tally.js';

const JOBS_PER_ADD = 1_000;
/** More does not help: a worker fetches one job after the other. */
const CONCURRENCY = 50;

serveRival<PeerQueueSetup, QueueOrder, QueueTold>(async (setup) => {
  const database = await openPeerQueue(setup);
  const { bytes, vacuum } = database;
  const defaultJobOptions = { removeOnComplete: true, removeOnFail: true };
  const queue = database.queue('push', { defaultJobOptions });
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
        const work = async ({ data }: { readonly data: { readonly n: number } }) => tally.note(data.n);
        const worker = database.worker('push', work, CONCURRENCY);
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
