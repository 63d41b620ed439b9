import assert from 'node:assert/strict';
import { WebSocket } from 'ws';
import { createRealtime, memoryStorage } from '../../../sdk/client/src/index.js';
import { eventually, record } from '../../contract/realtime-client/client.suite.js';
import { openClientArena } from './client-arena.js';

const MESSAGES = 60;
const DEVICES = 4;

describe('the client on a network that cuts and swallows', function () {
  this.timeout(120_000);
  let arena: Awaited<ReturnType<typeof openClientArena>>;
  before(async () => {
    arena = await openClientArena({ meanLifeMs: 400 });
  });
  after(() => arena?.close());

  it('hands each message to the app exactly once and in order, through restarts of the app', async () => {
    const phones = await Promise.all(
      Array.from({ length: DEVICES }, async () => {
        const device = await arena.newDevice();
        const storage = memoryStorage();
        const seen: string[] = [];
        const open = () => {
          const client = createRealtime({
            ...{
              url: arena.url,
              token: () => arena.token(device),
              storage,
              webSocket: WebSocket,
              ping: { maxMs: 5_000 },
            },
            ...{ random: () => Math.random() / 10, transports: ['websocket'] },
          });
          client.on('message', ({ id }) => void seen.push(id));
          return { client, until: record(client) };
        };
        const first = open();
        await first.until.state('online');
        return { device, open, seen, app: first, sent: [] as string[] };
      }),
    );
    for (let i = 0; i < MESSAGES; i += 1) {
      const phone = phones[i % DEVICES];
      assert.ok(phone !== undefined);
      phone.sent.push(await arena.send(phone.device, { i: `${i}` }));
      if (i % 16 === 3) {
        phone.app.client.close();
        phone.app = phone.open();
      }
    }
    arena.calm();
    for (const { device, sent, seen } of phones) {
      await eventually(async () => (await arena.waiting(device)).length === 0, 60_000);
      assert.deepEqual(seen, sent);
    }
    for (const { app } of phones) app.client.close();
  });
});
