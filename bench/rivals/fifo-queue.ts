/** One queue for everything, in order: a BullMQ job for 500 devices of a broadcast, or for one message to one device. */
import express from 'express';
import type { SimulatorEndpoints } from '../../src/simulators.js';
import { openApnsSession } from '../harness/apns-session.js';
import { openPeerQueue, type PeerQueueSetup } from '../harness/peer-queue.js';
import { serveRival } from '../harness/rival.js';
import type { GatewayReady } from './gateway-to-nowhere.js';

const BATCH = 500;
/** Jobs under way at once: more devices than Apple takes streams. */
const CONCURRENCY = 10;

interface Setup extends PeerQueueSetup {
  readonly apns: SimulatorEndpoints['providers']['apns'];
}

interface Body {
  readonly to: 'everyone' | { readonly devices: readonly string[] };
  readonly notification: object;
  readonly max_devices?: number;
}

interface JobData {
  readonly from: number;
  readonly to: number;
  readonly notification: object;
}

serveRival<Setup, never, undefined, GatewayReady>(async ({ apns, ...setup }) => {
  const push = await openApnsSession(apns);
  const database = await openPeerQueue(setup);
  const queue = database.queue('push', { defaultJobOptions: { removeOnComplete: true, removeOnFail: true } });
  const work = async ({ data: { from, to, notification } }: { readonly data: JobData }) => {
    const body = Buffer.from(JSON.stringify({ aps: { alert: notification } }));
    await Promise.all(Array.from({ length: to - from }, (_, n) => push(from + n, body)));
  };
  await database.worker('push', work, CONCURRENCY).waitUntilReady();
  const app = express();
  app.disable('x-powered-by');
  app.post('/v1/messages', express.json(), async (request, response) => {
    const { to, notification, max_devices = 0 } = request.body as Body; // from the workload beside it
    if (to === 'everyone') {
      const jobs: { name: string; data: JobData }[] = [];
      for (let from = 0; from < max_devices; from += BATCH) {
        jobs.push({ name: 'push', data: { from, to: Math.min(max_devices, from + BATCH), notification } });
      }
      await queue.addBulk(jobs);
    } else {
      const device = Number(to.devices[0]?.slice(1));
      await queue.add('push', { from: device, to: device + 1, notification });
    }
    response.status(202).json({});
  });
  const url = await new Promise<string>((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
    });
  });
  return { ready: { url, key: '' }, answer: async () => undefined };
});
