/** Pealbell's queue without the rest of it: the jobs that a message to so many devices makes, taken by nobody who sends. */

import { CHUNK_TARGETS_MAX } from '../../src/domain/chunk.js';
import { openWorkQueue } from '../../src/queue/bullmq/work-queue.js';
import { createLog } from '../../src/runtime/logger.js';
import { deliverJobs } from '../../src/usecases/deliver-jobs.js';
import { openPeerQueue, type PeerQueueSetup } from '../harness/peer-queue.js';
import type { QueueOrder, QueueTold } from '../harness/queue-order.js';
import { serveRival } from '../harness/rival.js';
import { createTally } from '../harness/tally.js';

serveRival<PeerQueueSetup, QueueOrder, QueueTold>(async (setup) => {
  const { backend, bytes, vacuum } = await openPeerQueue(setup);
  const queue = await openWorkQueue({ backend, log: createLog('warn') });
  return {
    ready: {},
    async answer({ devices }) {
      await vacuum();
      const tally = createTally(devices);
      const bytesBefore = await bytes();
      const chunks = Array.from({ length: Math.ceil(devices / CHUNK_TARGETS_MAX) }, (_, at) => ({
        id: `msg_w8.${at}`,
        fence: 0,
        targets: Math.min(CHUNK_TARGETS_MAX, devices - at * CHUNK_TARGETS_MAX),
      }));
      await queue.add(deliverJobs('marketing', chunks));
      const bytesMost = await bytes();
      const done = new AbortController();
      let left = devices;
      await queue.consume(
        async (job) => {
          for (const { id } of job.kind === 'deliver.v1' ? job.chunks : []) {
            const from = Number(id.slice(id.lastIndexOf('.') + 1)) * CHUNK_TARGETS_MAX;
            for (let n = from; n < Math.min(devices, from + CHUNK_TARGETS_MAX); n += 1) {
              tally.note(n);
              left -= 1;
            }
          }
          if (left === 0) done.abort();
          return { kind: 'done' };
        },
        { lane: 'marketing', concurrency: 4 },
        done.signal,
      );
      const { arrivals, distinct } = tally.read();
      return { arrivals, distinct, bytes: bytesMost - bytesBefore };
    },
  };
});
