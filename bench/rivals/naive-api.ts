/** The usual way to accept: an Express handler that adds one BullMQ job for each request, and a worker that takes it. */
import { timingSafeEqual } from 'node:crypto';
import express from 'express';
import { deviceId } from '../harness/devices.js';
import { openPeerQueue, type PeerQueueSetup } from '../harness/peer-queue.js';
import { serveRival } from '../harness/rival.js';
import { createTally, type TallyReading } from '../harness/tally.js';
import type { GatewayReady } from './gateway-to-nowhere.js';

const CONCURRENCY = 50;
const KEY = 'a-key-of-the-naive-api';

interface Body {
  readonly to?: { readonly devices?: readonly string[] };
  readonly notification?: { readonly title?: unknown; readonly body?: unknown };
}

serveRival<PeerQueueSetup & { readonly devices: number }, 'tally', TallyReading, GatewayReady>(
  async ({ devices, ...setup }) => {
    const tally = createTally(devices);
    const database = await openPeerQueue(setup);
    const defaultJobOptions = { removeOnComplete: true, removeOnFail: true };
    const queue = database.queue('push', { defaultJobOptions });
    const work = async ({ data }: { readonly data: { readonly device: string } }) =>
      tally.note(Number(data.device.slice(1)));
    const worker = database.worker('push', work, CONCURRENCY);
    await worker.waitUntilReady();
    const authorization = Buffer.from(`Bearer ${KEY}`);
    const app = express();
    app.disable('x-powered-by');
    app.post('/v1/messages', express.json(), async (request, response) => {
      const given = Buffer.from(request.headers.authorization ?? '');
      if (given.length !== authorization.length || !timingSafeEqual(given, authorization)) {
        response.status(401).end();
        return;
      }
      const { to, notification } = request.body as Body;
      const [device] = to?.devices ?? [];
      if (typeof device !== 'string' || typeof notification?.title !== 'string') {
        response.status(422).end();
        return;
      }
      const job = await queue.add('push', { device, notification });
      response.status(202).json({ id: job.id });
    });
    const url = await new Promise<string>((resolve) => {
      const server = app.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
      });
    });
    if (deviceId(0) !== 'd00000000') throw new Error('devices are named otherwise: read their number in another way');
    return { ready: { url, key: KEY }, answer: async () => tally.read() };
  },
);
