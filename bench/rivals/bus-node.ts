/** Pealbell's bus in one process: a node that says `done` for its devices as soon as it has a letter for them. */
import { openRedisBus } from '../../src/bus/redis/bus.js';
import { createLog } from '../../src/runtime/logger.js';
import { countHeard } from '../harness/count-heard.js';
import { bodyOf, nowMs } from '../harness/live/fleet.js';
import { paced } from '../harness/live/hub.js';
import {
  createNodeNotes,
  NOTHING,
  type NodeAnswer,
  type NodeOrder,
  type NodeReady,
  type NodeSetup,
} from '../harness/node-order.js';
import { serveRival } from '../harness/rival.js';

const APP = 'demo';
const WAIT_MS = 1_000;

serveRival<NodeSetup, NodeOrder, NodeAnswer, NodeReady>(async ({ redisUrl }) => {
  const notes = createNodeNotes(nowMs, countHeard());
  const bus = await openRedisBus({ url: redisUrl, log: createLog('warn') });
  const ignore = () => undefined;
  const seat = await bus.join({
    async offer({ body, to }) {
      for (const _ of to) notes.note(body);
      return to.map(() => 'done' as const);
    },
    ...{ tell: ignore, clearAll: ignore, announce: ignore, replaced: ignore, missed: ignore },
  });
  return {
    ready: { url: '' },
    async answer(order) {
      if (order.kind === 'read') return notes.read();
      if (order.kind === 'hold') {
        for (const device of order.devices) await seat.here(APP, device);
        return NOTHING;
      }
      const offers: Promise<unknown>[] = [];
      await paced(order.perSecond, order.count, (n) => {
        const device = order.devices[n % order.devices.length] ?? '';
        const expiresAt = Date.now() + 60_000;
        const letter = { app: APP, message: `msg_${order.from + n}`, expiresAt, show: true };
        const to = [{ device, user: null, position: n }];
        offers.push(bus.offer({ ...letter, body: bodyOf(order.from + n, nowMs()), to }, WAIT_MS));
      });
      await Promise.all(offers);
      return NOTHING;
    },
  };
});
