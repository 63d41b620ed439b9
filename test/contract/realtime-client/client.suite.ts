import assert from 'node:assert/strict';
import { WebSocket } from 'ws';
import {
  createRealtime,
  memoryStorage,
  type Realtime,
  type RealtimeMessage,
  type RealtimeOptions,
  type RealtimeState,
  type TransportName,
} from '../../../sdk/client/src/index.js';

/** A gateway that devices connect to, scripted or real. */
export interface Arena {
  readonly url: string;
  /** A device that nobody used before, registered where that is needed. */
  newDevice(): Promise<string>;
  token(device: string): Promise<string>;
  /** Sends to the device. @returns the message's id */
  send(device: string, data: Readonly<Record<string, unknown>>): Promise<string>;
  /** Cuts every connection that goes through `url` without a word. */
  cut(): void;
  /** Ids that wait in the device's mailbox. */
  waiting(device: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

const TRANSPORTS: readonly TransportName[] = ['websocket', 'sse', 'poll'];

/** What every gateway owes the client, and the client the app, over each transport. */
export function realtimeClientSuite(
  what: string,
  open: () => Promise<Arena>,
  transports: readonly TransportName[] = TRANSPORTS,
): void {
  for (const transport of transports) {
    describe(`the client over ${transport}, with ${what}`, function () {
      this.timeout(60_000);
      let arena: Arena;
      const clients: Realtime[] = [];

      before(async () => {
        arena = await open();
      });
      afterEach(() => {
        for (const client of clients.splice(0)) client.close();
      });
      after(() => arena?.close());

      function make(device: string, options: Partial<RealtimeOptions> = {}): Realtime {
        const client = createRealtime({
          ...{ url: arena.url, token: () => arena.token(device), webSocket: WebSocket, transports: [transport] },
          ...{ storage: memoryStorage(), random: () => Math.random() / 10 },
          ...options,
        });
        clients.push(client);
        return client;
      }

      it('hands over what waits and what comes, in order, once each, and empties the mailbox', async () => {
        const device = await arena.newDevice();
        const seen = record(make(device));
        await seen.state('online');
        const sent: string[] = [];
        for (let i = 0; i < 40; i += 1) sent.push(await arena.send(device, { i: `${i}` }));
        await seen.count(40);
        assert.deepEqual(seen.ids, sent);
        assert.deepEqual(
          seen.messages.map(({ data }) => data?.i),
          sent.map((_, i) => `${i}`),
        );
        await eventually(async () => (await arena.waiting(device)).length === 0);
      });

      it('resumes after cuts without losing, doubling or changing the order', async () => {
        const device = await arena.newDevice();
        const seen = record(make(device));
        await seen.state('online');
        const sent: string[] = [];
        for (let i = 0; i < 30; i += 1) {
          sent.push(await arena.send(device, { i: `${i}` }));
          if (i % 10 === 5) arena.cut();
          if (i % 10 === 8) await seen.count(i);
        }
        await seen.count(30);
        assert.deepEqual(seen.ids, sent);
        await eventually(async () => (await arena.waiting(device)).length === 0);
      });

      it('goes on where another transport stood before a restart, and asks for no resync', async () => {
        const device = await arena.newDevice();
        const storage = memoryStorage();
        const first = make(device, { storage, transports: ['websocket'] });
        const before = record(first);
        await before.state('online');
        const one = await arena.send(device, { i: '1' });
        await before.count(1);
        await eventually(async () => (await arena.waiting(device)).length === 0);
        first.close();
        const two = await arena.send(device, { i: '2' });

        const later = record(make(device, { storage }));
        await later.count(1);
        assert.deepEqual([before.ids, later.ids], [[one], [two]]);
        assert.equal(later.resyncs, 0);
      });

      it('says done only when the handler has resolved, and again for what comes again', async () => {
        const device = await arena.newDevice();
        const client = make(device);
        let finish = () => {};
        let calls = 0;
        const began = new Promise<void>((resolve) => {
          client.on('message', () => {
            calls += 1;
            resolve();
            return new Promise<void>((end) => {
              finish = end;
            });
          });
        });
        client.connect();
        await onceOnline(client);
        const id = await arena.send(device, { i: '1' });
        await began;
        arena.cut();
        await onceOnline(client);
        assert.deepEqual(await arena.waiting(device), [id]);
        finish();
        await eventually(async () => (await arena.waiting(device)).length === 0);
        assert.equal(calls, 1);
      });

      it('keeps upstream messages until they are safe, through cuts, once each', async () => {
        const device = await arena.newDevice();
        const client = make(device);
        client.connect();
        const early = client.send('chat', { i: 0 });
        await onceOnline(client);
        const rest = [1, 2, 3].map((i) => client.send('chat', { i }));
        arena.cut();
        const all = await Promise.all([early, ...rest, client.send('chat', { i: 4 })]);
        assert.deepEqual(
          all.map(({ kind }) => kind),
          ['safe', 'safe', 'safe', 'safe', 'safe'],
        );
      });
    });
  }
}

export interface Seen {
  readonly messages: RealtimeMessage[];
  readonly ids: readonly string[];
  readonly resyncs: number;
  count(n: number): Promise<void>;
  state(kind: RealtimeState['kind']): Promise<void>;
}

/** Hears everything of a client, and connects it. */
export function record(client: Realtime): Seen {
  const messages: RealtimeMessage[] = [];
  let resyncs = 0;
  const waits = new Set<() => void>();
  const changed = () => {
    for (const wait of [...waits]) wait();
  };
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!holds()) return;
        waits.delete(look);
        resolve();
      };
      waits.add(look);
      look();
    });
  client.on('message', (message) => {
    messages.push(message);
    changed();
  });
  client.on('resync', () => {
    resyncs += 1;
  });
  client.on('state', changed);
  client.connect();
  return {
    messages,
    get ids() {
      return messages.map(({ id }) => id);
    },
    get resyncs() {
      return resyncs;
    },
    count: (n) => until(() => messages.length >= n),
    state: (kind) => until(() => client.state.kind === kind),
  };
}

export function onceOnline(client: Realtime): Promise<void> {
  return new Promise((resolve) => {
    const stop = client.on('state', ({ kind }) => {
      if (kind !== 'online') return;
      stop();
      resolve();
    });
    if (client.state.kind === 'online') resolve();
  });
}

/** Asks again and again, for what cannot be waited for. */
export async function eventually(holds: () => Promise<boolean> | boolean, withinMs = 10_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, `not within ${withinMs} ms: ${String(holds)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
