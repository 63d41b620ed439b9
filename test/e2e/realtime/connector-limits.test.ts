import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { sized } from '../../support/full.js';
import { until } from '../../support/world.js';
import { openPlain, type PlainClient } from './plain-client.js';
import { openRealtimeScene, type RealtimeScene } from './scene.js';

/** More with PEALBELL_TEST_CONNECTIONS, as far as the open files reach: each takes two here. */
const CROWD = Number(process.env.PEALBELL_TEST_CONNECTIONS ?? sized(2_000, 600));
const ROOM = 10;
const AT_ONCE = 100;

describe('connector: many connections, and the last ones', function () {
  this.timeout(120_000);
  let scene: RealtimeScene;
  const crowd: PlainClient[] = [];
  before(async () => {
    scene = await openRealtimeScene({
      settings: {
        'realtime.connections': String(CROWD + ROOM),
        'realtime.connections_per_user': '2',
        'realtime.accept_rate': 'off',
      },
    });
    await scene.register(['a1', 'a2', 'a3'], () => 'ann');
  });
  after(async () => {
    for (const client of crowd) client.cut();
    await scene?.close();
  });

  it('lets a user have so many devices connected; one that comes back takes no place', async () => {
    const ann = { sub: 'ann' };
    const first = await scene.connect('a1', {}, ann);
    const second = await scene.connect('a2', {}, ann);
    const third = await scene.greet('a3', {}, ann);
    const ended = await third.ended();
    assert.equal(ended.code, 4006);
    assert.ok(Number(ended.bye?.retry_after_ms) >= 1_000);
    const again = await scene.connect('a2', {}, ann);
    assert.equal((await second.ended()).code, 4509);
    first.cut();
    again.cut();
  });

  it('holds a crowd, and tells all of it what is for everyone', async () => {
    const devices = Array.from({ length: CROWD }, (_, n) => `c${n}`);
    await importDevices(scene, devices);
    const waiting = [...devices];
    const connect = async () => {
      for (let device = waiting.pop(); device !== undefined; device = waiting.pop())
        crowd.push(await scene.connect(device));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, connect));
    assert.equal(await metric(scene, 'pealbell_sockets{transport="websocket"}'), CROWD);

    const body = {
      to: { everyone: true },
      notification: { title: 'all' },
      delivery: { route: 'online_only' },
      max_devices: CROWD + 100,
    };
    const sent = await scene.call<{ id: string }>('POST', '/v1/messages', body);
    assert.equal(sent.status, 202, JSON.stringify(sent.body));
    const arrived = async () => crowd.filter((client) => client.all('push').length > 0).length;
    await until(arrived, (count) => count === CROWD);
    for (const client of crowd)
      assert.deepEqual(
        client.all('push').map(({ id }) => id),
        [sent.body.id],
      );
  });

  it('turns away who is one too many before the upgrade, and says when to come back', async () => {
    const more: PlainClient[] = [];
    for (let n = 0; n < ROOM; n++) more.push(await openPlain(scene.url));
    await assert.rejects(openPlain(scene.url), /503/);
    const plain = await fetch(`${scene.url}/livez`);
    assert.equal(plain.status, 200);
    for (const client of more) client.cut();
    await until(
      () => metric(scene, 'pealbell_sockets{transport="websocket"}'),
      (count) => count === CROWD,
    );
  });

  it('tells everyone when to come back, each at another time, when the process stops', async () => {
    const started = performance.now();
    await scene.gateway.stop();
    assert.ok(performance.now() - started < 20_000);
    await pause(0);
    const ends = await Promise.all(crowd.map((client) => client.ended()));
    assert.ok(ends.every(({ code, bye }) => code === 4000 && bye?.reason === 'draining'));
    const waits = ends.map(({ bye }) => Number(bye?.retry_after_ms)).sort((a, b) => a - b);
    const spreadMs = Math.max(1_000, CROWD * 2);
    assert.ok((waits.at(-1) ?? 0) <= spreadMs);
    // Even: a quarter of them in each quarter of the time, give or take.
    for (const part of [0.25, 0.5, 0.75]) {
      const before = waits.filter((ms) => ms < spreadMs * part).length / CROWD;
      assert.ok(Math.abs(before - part) < 0.1, `${before} of them before ${part}`);
    }
    await assert.rejects(openPlain(scene.url));
  });
});

async function importDevices(scene: RealtimeScene, devices: readonly string[]): Promise<void> {
  const lines = devices.map((id) => JSON.stringify({ id, platform: 'ios' }));
  const answer = await fetch(`${scene.url}/v1/devices/import`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await scene.world.key(scene.gateway)}`,
      'content-type': 'application/x-ndjson',
    },
    body: `${lines.join('\n')}\n`,
  });
  const results = (await answer.text()).trim().split('\n');
  assert.equal(results.filter((line) => line.includes('"status":201')).length, devices.length, results[0]);
}

async function metric(scene: RealtimeScene, name: string): Promise<number> {
  const text = await (await fetch(`${scene.gateway.admin.url}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1));
}
