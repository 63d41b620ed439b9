import assert from 'node:assert/strict';
import { SMALL_AUDIENCE_MAX } from '../../../src/domain/audience.js';
import { importDevices, until } from '../../support/world.js';
import { openPlain, type PlainClient } from './plain-client.js';
import { openRealtimeScene, type RealtimeScene } from './scene.js';

describe('connector: connections of devices over WebSocket', function () {
  this.timeout(60_000);
  let scene: RealtimeScene;
  before(async () => {
    scene = await openRealtimeScene({
      realtime: ['origins: [https://shop.example]', 'max_in_flight: 4', 'ping_max: 5s'],
    });
    await scene.register(['d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7', 'd8', 'd9', 'r1', 'r2'], () => 'ann');
  });
  after(() => scene?.close());
  const ann = { sub: 'ann' };

  it('welcomes a device, brings it messages, and knows them as delivered once they are done', async () => {
    const client = await scene.connect('d1', {}, ann);
    const [welcome] = client.all('welcome');
    assert.deepEqual(
      { ...welcome, cursor: '', session: '' },
      {
        ...{ t: 'welcome', device: 'd1', user: 'ann', cursor: '', resumed: false, ping_ms: 5_000 },
        ...{ max_in_flight: 4, session: '' },
      },
    );
    const id = await scene.send('d1', 'one');
    const push = await client.next('push');
    assert.deepEqual(
      { id: push.id, seq: push.seq, show: push.show, tag: push.tag, notification: push.notification },
      { id, seq: 1, show: true, tag: id, notification: { title: 'one' } },
    );
    client.say({ t: 'got', seq: 1 });
    client.say({ t: 'done', ids: [id] });
    const message = await until(
      () => scene.call<{ counts: Record<string, number> }>('GET', `/v1/messages/${id}`),
      ({ body }) => body.counts.delivered === 1,
    );
    assert.equal(message.status, 200);
    client.cut();
  });

  it('refuses who may not connect with the close code that says why', async () => {
    const cases: [string, Record<string, unknown>, Record<string, unknown>, number][] = [
      ['d1', { token: 'nonsense' }, ann, 4501],
      ['d1', {}, { sub: 'bob' }, 4502],
      ['d1', {}, {}, 4502],
      ['nobody', {}, {}, 4503],
      ['d1', {}, { sub: 'ann', aud: 'other' }, 4504],
      ['d1', {}, { sub: 'ann', iat: 1_000_000_000, exp: 1_000_003_600 }, 4003],
    ];
    for (const [device, hello, claims, code] of cases) {
      const client = await scene.greet(device, hello, claims);
      const ended = await client.ended();
      assert.equal(ended.code, code, JSON.stringify(ended));
      assert.equal(ended.bye?.code, code);
    }
  });

  it('ends the older of two connections that claim one device; the newer gets what comes', async () => {
    const old = await scene.connect('d2', {}, ann);
    const young = await scene.connect('d2', {}, ann);
    assert.equal((await old.ended()).code, 4509);
    const id = await scene.send('d2');
    assert.equal((await young.next('push')).id, id);
    assert.equal(old.all('push').length, 0);
    young.cut();
  });

  it('brings what was not done again after a reconnect, and tells that it goes on', async () => {
    const first = await scene.connect('d3', {}, ann);
    const ids: string[] = [];
    for (const title of ['a', 'b', 'c']) {
      ids.push(await scene.send('d3', title));
      await first.next('push');
    }
    first.say({ t: 'got', seq: 3 });
    first.say({ t: 'done', ids: [ids[1]] });
    await until(
      () => scene.call<{ counts: Record<string, number> }>('GET', `/v1/messages/${ids[1]}`),
      ({ body }) => body.counts.delivered === 1,
    );
    first.cut();
    const second = await scene.connect('d3', { cursor: first.all('welcome')[0]?.cursor }, ann);
    assert.equal(second.all('welcome')[0]?.resumed, true);
    const again = [await second.next('push'), await second.next('push')];
    assert.deepEqual(
      again.map(({ id, seq }) => [id, seq]),
      [
        [ids[0], 1],
        [ids[2], 2],
      ],
    );
    second.cut();
  });

  it('announces a mailbox that is not the one of the cursor', async () => {
    const client = await scene.connect('d3', { cursor: 'zz.0.0' }, ann);
    assert.equal(client.all('welcome')[0]?.resumed, false);
    assert.equal((await client.next('gap')).reason, 'mailbox_reset');
    client.cut();
  });

  it('keeps no more than the window unfinished', async () => {
    const ids: string[] = [];
    const client = await scene.connect('d4', {}, ann);
    for (let n = 0; n < 6; n++) ids.push(await scene.send('d4', `n${n}`));
    for (let n = 0; n < 4; n++) await client.next('push');
    client.say({ t: 'got', seq: 4 });
    // Answered after whatever was on its way.
    client.say({ t: 'ping' });
    await client.next('pong');
    assert.equal(client.all('push').length, 4);
    client.say({ t: 'done', ids: ids.slice(0, 2) });
    for (let n = 0; n < 2; n++) await client.next('push');
    assert.deepEqual(
      client.all('push').map(({ id }) => id),
      ids,
    );
    client.cut();
  });

  it('passes over got and done for what was never sent', async () => {
    const client = await scene.connect('d5', {}, ann);
    client.say({ t: 'got', seq: 17 });
    client.say({ t: 'done', ids: ['msg_0000000000000000000000000x'] });
    const id = await scene.send('d5');
    assert.equal((await client.next('push')).id, id);
    client.cut();
  });

  it('ends whose device gets another user, is removed, or whose user is erased', async () => {
    const changed = await scene.connect('d6', {}, ann);
    await scene.register(['d6'], () => 'bob');
    assert.equal((await changed.ended()).code, 4511);
    const removed = await scene.connect('d6', {}, { sub: 'bob' });
    await scene.call('DELETE', '/v1/devices/d6');
    assert.equal((await removed.ended()).code, 4512);
    await scene.register(['e1'], () => 'eve');
    const erased = await scene.connect('e1', {}, { sub: 'eve' });
    assert.ok((await scene.call('DELETE', '/v1/users/eve')).status < 300);
    assert.equal((await erased.ended()).code, 4512);
  });

  it('takes a new access token in band, of the same user only', async () => {
    const client = await scene.connect('d7', {}, ann);
    client.say({ t: 'refresh', token: scene.token('d7', ann) });
    assert.deepEqual(await client.next('ok'), { t: 'ok' });
    client.say({ t: 'refresh', token: scene.token('d7', { sub: 'bob' }) });
    assert.equal((await client.ended()).code, 4502);
  });

  it('stores events and says ok', async () => {
    const client = await scene.connect('d8', { stream: 's1' }, ann);
    const id = await scene.send('d8');
    await client.next('push');
    const at = new Date().toISOString();
    client.say({ t: 'event', n: 1, id, event: 'opened', at });
    client.say({ t: 'event', n: 2, id: 'msg_0000000000000000000000000x', event: 'opened', at });
    client.say({ t: 'up', n: 3, topic: 'chat', data: { text: 'hi' } });
    assert.equal((await client.next('error')).n, 2);
    await until(
      async () => client.all('ok').at(-1)?.n,
      (n) => n === 3,
    );
    client.cut();
    const again = await scene.connect('d8', { stream: 's1' }, ann);
    assert.equal(again.all('welcome')[0]?.ok, 3);
    again.cut();
  });

  it('ends a client that floods, and one that breaks the protocol', async () => {
    const flood = await scene.connect('d9', {}, ann);
    for (let n = 0; n < 1_100; n++) flood.say({ t: 'ping' });
    const ended = await flood.ended();
    assert.equal(ended.code, 4005);
    assert.ok(Number(ended.bye?.retry_after_ms) > 0);
    const broken = await scene.connect('d9', {}, ann);
    broken.socket.send(Buffer.from([1, 2, 3]));
    assert.equal((await broken.ended()).code, 4500);
    const large = await scene.connect('d9', {}, ann);
    large.socket.send('x'.repeat(70_000));
    assert.equal((await large.ended()).code, 1009);
  });

  it('clears what went to everyone from the screens of all who are connected, done with it or not', async () => {
    // More than are sent to one by one, who shows what went to them is not known.
    await importDevices(scene.url, await scene.world.key(scene.gateway), SMALL_AUDIENCE_MAX);
    const devices = await Promise.all([scene.connect('r1', {}, ann), scene.connect('r2', {}, ann)]);
    const sent = await scene.call<{ id: string }>('POST', '/v1/messages', {
      to: 'everyone',
      notification: { title: 'all' },
      delivery: { route: 'online_only', ttl: '1h', track: 'none' },
    });
    const [held, dealt] = devices as [PlainClient, PlainClient];
    for (const device of devices) assert.equal((await device.next('push')).id, sent.body.id);
    held.say({ t: 'got', seq: 1 });
    dealt.say({ t: 'done', ids: [sent.body.id] });
    assert.equal((await scene.call('POST', `/v1/messages/${sent.body.id}/recall`)).status, 200);
    for (const device of devices) {
      const { ids, tags, reason } = await device.next('clear');
      assert.deepEqual([ids, tags, reason], [[sent.body.id], [sent.body.id], 'recalled']);
      device.cut();
    }
  });

  it('keeps pages of foreign origins out before the upgrade', async () => {
    await assert.rejects(openPlain(scene.url, { origin: 'https://evil.example' }), /403/);
    const page = await openPlain(scene.url, { origin: 'https://shop.example' });
    page.cut();
  });

  it('answers a plain request with what to do, and other upgrades as plain requests', async () => {
    const answer = await fetch(`${scene.url}/v1/realtime/ws`);
    assert.equal(answer.status, 426);
    assert.equal(((await answer.json()) as { code: string }).code, 'upgrade_required');
    const key = await scene.world.key(scene.gateway);
    assert.equal(await upgradeToHttp2(scene.url, key), 202);
  });
});

/** As HTTP clients do that would like HTTP/2, with a body. @returns the status */
async function upgradeToHttp2(url: string, key: string): Promise<number> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/v1/messages`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        connection: 'Upgrade, HTTP2-Settings',
        upgrade: 'h2c',
        'http2-settings': 'AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA',
      },
    });
    sent.on('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end(JSON.stringify({ to: { devices: ['d1'] }, notification: { title: 'x' } }));
  });
}
