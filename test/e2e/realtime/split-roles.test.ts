import assert from 'node:assert/strict';
import { openStoreOn, serversOfRun } from '../../support/backend.js';
import { openRealtimeWorld, type RealtimeWorld } from '../../support/realtime-world.js';
import { type RedisServer, startRedis } from '../../support/redis-server.js';
import { readLedger } from '../../support/verdict.js';
import { type Caller, createCaller, type GatewayProcess, importDevices, until } from '../../support/world.js';
import { openPlain, type PlainClient } from './plain-client.js';

const DEVICES = 20;
/** Longer than the lease of a connector that was killed. */
const GONE_WITHIN_MS = 30_000;

interface Report {
  readonly status: string;
  readonly counts: { readonly delivered: number };
}

describe('api, worker and two connectors in processes of their own, over servers', function () {
  this.timeout(120_000);
  let redis: RedisServer | undefined;
  let world: RealtimeWorld | undefined;
  let call: Caller;
  let connectors: GatewayProcess[];
  const clients = new Map<number, PlainClient>();

  before(async function () {
    const kind = serversOfRun('postgres+redis');
    const storeUrl = await openStoreOn(kind, this);
    redis = await startRedis(this);
    const settings = { 'store.url': storeUrl, 'queue.url': redis.url, 'bus.url': redis.url };
    const backend = { kind, settings, close: async () => undefined };
    world = await openRealtimeWorld({ roads: 'apns', backend });
    const key = await world.key();
    const api = await world.spawn({ roles: ['api'] });
    await world.spawn({ roles: ['worker'] });
    connectors = await Promise.all([1, 2].map(() => opened().spawn({ roles: ['connector'] })));
    call = createCaller(api.url, key);
    await importDevices(api.url, key, DEVICES);
  });
  after(async () => {
    for (const client of clients.values()) client.cut();
    await world?.close();
    await redis?.close();
  });

  const nameOf = (n: number) => `d${String(n).padStart(7, '0')}`;
  const pushed = (n: number) =>
    clients
      .get(n)
      ?.all('push')
      .map(({ id }) => id) ?? [];

  function opened(): RealtimeWorld {
    if (world === undefined) throw new Error('no world');
    return world;
  }

  /** Connects device `n` and finishes whatever it is handed. */
  async function connect(n: number, connector: GatewayProcess | undefined): Promise<void> {
    const client = await openPlain(connector?.url ?? '');
    client.socket.on('message', (bytes) => {
      const frame = JSON.parse(String(bytes)) as { readonly t: string; readonly seq?: number; readonly id?: string };
      if (frame.t !== 'push') return;
      client.say({ t: 'got', seq: frame.seq });
      client.say({ t: 'done', ids: [frame.id] });
    });
    client.say({ t: 'hello', token: await opened().accessToken(nameOf(n), `u${n}`) });
    await client.next('welcome');
    clients.set(n, client);
  }

  async function send(to: unknown, more: object = {}): Promise<string> {
    const answer = await call<{ id: string }>('POST', '/v1/messages', {
      to,
      notification: { title: 'Hello' },
      ...more,
    });
    assert.equal(answer.status, 202, JSON.stringify(answer.body));
    return answer.body.id;
  }

  const delivered = (id: string, count: number) =>
    until(
      async () => (await call<Report>('GET', `/v1/messages/${id}`)).body,
      ({ counts }) => counts.delivered === count,
    );

  it('hands a message to the connection wherever it is, once, and asks no vendor', async () => {
    for (let n = 0; n < DEVICES; n++) await connect(n, connectors[n % 2]);
    const toOne = [await send({ devices: [nameOf(0)] }), await send({ devices: [nameOf(1)] })];
    for (const id of toOne) await delivered(id, 1);
    const toAll = await send('everyone');
    await delivered(toAll, DEVICES);
    for (let n = 0; n < DEVICES; n++)
      assert.deepEqual(pushed(n), [...toOne.filter((_, of) => of === n), toAll], nameOf(n));
    assert.deepEqual(readLedger(opened().simulators.ledger), []);
  });

  it('says that its bus answers', async () => {
    for (const { url } of connectors) {
      const answer = await fetch(`${url}/readyz`);
      assert.deepEqual(await answer.json(), { ok: true, checks: { store: 'ok', queue: 'ok', bus: 'ok' } });
    }
  });

  it('ends a connection whose device comes to the other connector, and goes on there', async () => {
    const old = clients.get(2);
    await connect(2, connectors[1]);
    assert.equal((await old?.ended())?.code, 4509);
    const id = await send({ devices: [nameOf(2)] });
    await delivered(id, 1);
    assert.deepEqual(pushed(2), [id]);
  });

  it('takes back a message from the screens of devices on either', async () => {
    const id = await send('everyone');
    await delivered(id, DEVICES);
    assert.equal((await call('POST', `/v1/messages/${id}/recall`)).status, 200);
    for (let n = 0; n < DEVICES; n++) assert.deepEqual((await clients.get(n)?.next('clear'))?.ids, [id], nameOf(n));
  });

  it('loses nothing when one is killed in the middle of sends: its devices come back on the other', async () => {
    const sent: string[] = [];
    let isOver = false;
    const sending = (async () => {
      while (!isOver) sent.push(await send('everyone', { delivery: { route: 'online_only' } }));
    })();
    await until(
      async () => pushed(0).length,
      (count) => count > 10,
    );
    const seen = new Map([...clients.keys()].map((n) => [n, new Set(pushed(n))] as const));
    await connectors[0]?.end('SIGKILL');
    const homeless = [...clients.keys()].filter((n) => n % 2 === 0 && n !== 2); // that one has moved
    for (const n of homeless) {
      for (const id of pushed(n)) seen.get(n)?.add(id);
      await connect(n, connectors[1]);
    }
    isOver = true;
    await sending;
    assert.ok(sent.length > 10);
    for (let n = 0; n < DEVICES; n++) {
      const has = () => new Set([...(seen.get(n) ?? []), ...pushed(n)]);
      await until(
        async () => sent.filter((id) => !has().has(id)),
        (lost) => lost.length === 0,
      );
    }
    const last = await send('everyone');
    await delivered(last, DEVICES);
    assert.deepEqual(readLedger(opened().simulators.ledger), [], 'no vendor was asked');
  });

  it('finds devices again after Redis was emptied by a restart', async () => {
    await redis?.stop('SIGKILL');
    await redis?.start();
    const found = await until(
      async () => {
        const id = await send({ devices: [nameOf(3)] }, { delivery: { route: 'online_only' } });
        await new Promise((resolve) => setTimeout(resolve, 200));
        return pushed(3).includes(id);
      },
      (isThere) => isThere,
      GONE_WITHIN_MS,
    );
    assert.ok(found);
  });
});
