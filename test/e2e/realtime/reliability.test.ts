/**
 * What is known to go wrong with long connections, and which test holds each of them. Those without a place elsewhere are here.
 *
 * | | | held by |
 * | --- | --- | --- |
 * | I1 | half-open clients | unit/connector/session.test.ts (heartbeat); chaos/realtime.test.ts (lines that fall silent) |
 * | I2 | the transport took it, the app did not | chaos/realtime.test.ts (bytes lost either way before a cut) |
 * | I3 | lost acknowledgements | chaos/realtime.test.ts (three of ten are never written) |
 * | I4 | the mailbox was full | here; contract/store/mailbox*.suite.ts |
 * | I5 | two connections of one device | e2e/realtime/connector.test.ts; without-websocket.test.ts; unit/connector/session.property.test.ts |
 * | I6 | clients that do not read | here; unit/connector/session.test.ts (limits); unit/connector/sse-wire.test.ts |
 * | I7 | floods | e2e/realtime/frames.test.ts |
 * | I8 | broken frames and handshakes | e2e/realtime/frames.test.ts |
 * | I9 | compression bombs | e2e/realtime/compression.test.ts |
 * | I10 | the access token ends meanwhile | here; e2e/realtime/connector.test.ts (in band) |
 * | I11 | access is revoked meanwhile | here; e2e/access.test.ts |
 * | I12 | all come back at once | unit/connector/door.test.ts; chaos/realtime.test.ts |
 * | I13 | the process dies | chaos/realtime.test.ts; e2e/realtime/split-roles.test.ts (one of several) |
 * | I14 | a device is not where the bus thinks | contract/live-bus.suite.ts, live-bus-faults.suite.ts |
 * | I15 | pages of other origins | e2e/realtime/connector.test.ts; without-websocket.test.ts; unit/http/device-gate.test.ts |
 * | I16 | proxies that hold back or cut | here; unit/connector/sse-wire.test.ts (headers) |
 * | I17 | a store that was put back | e2e/realtime/connector.test.ts |
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { encodeFrame, OPCODES, openRawWebSocket } from '../../support/hostile/raw-websocket.js';
import { until } from '../../support/world.js';
import { openRealtimeScene, type RealtimeScene } from './scene.js';

const LETTERS_MAX = 1_000;
const TOO_MANY = 7;
const BATCH = 300;
const MINUTE_MS = 60_000;

describe('long connections in hard times', function () {
  this.timeout(90_000);
  let scene: RealtimeScene;
  /** By how much the gateway's clock is ahead. */
  let aheadMs = 0;

  before(async () => {
    scene = await openRealtimeScene({
      realtime: ['max_in_flight: 1000'],
      variations: { clock: { now: () => Date.now() + aheadMs } },
    });
    await scene.register(['full', 'revoked', 'expiring', 'refreshing', 'streaming']);
  });
  after(() => scene?.close());

  /** Sends so many messages of about 3 KB to a device that is away, and waits until all were put into its mailbox. */
  async function fill(device: string, count: number): Promise<void> {
    const before = await putSoFar();
    for (let sent = 0; sent < count; sent += BATCH) {
      const messages = Array.from({ length: Math.min(BATCH, count - sent) }, () => ({
        to: { devices: [device] },
        data: { text: 'x'.repeat(3_000) },
        delivery: { route: 'online_only' },
      }));
      const answer = await scene.call<{ results: { status: number }[] }>('POST', '/v1/messages/batch', { messages });
      assert.ok(
        answer.body.results.every(({ status }) => status === 202),
        JSON.stringify(answer.body).slice(0, 500),
      );
    }
    await until(putSoFar, (put) => put >= before + count, 60_000);
  }

  async function metric(name: string): Promise<readonly (readonly [string, number])[]> {
    const text = await (await fetch(`${scene.gateway.admin.url}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith(name));
    return lines.map((line) => [line, Number(line.slice(line.lastIndexOf(' ')))] as const);
  }

  async function putSoFar(): Promise<number> {
    const lines = await metric('pealbell_deliveries_total');
    return lines.filter(([line]) => line.includes('provider="realtime"')).reduce((sum, [, count]) => sum + count, 0);
  }

  it('keeps little for a client that never reads, however much waits for it', async () => {
    (await scene.connect('full')).cut();
    await fill('full', LETTERS_MAX + TOO_MANY);
    const raw = openRawWebSocket({ port: Number(new URL(scene.url).port), path: '/v1/realtime/ws' });
    assert.equal(await raw.status, 101);
    raw.socket.pause();
    raw.write(
      encodeFrame({ opcode: OPCODES.text, payload: JSON.stringify({ t: 'hello', token: scene.token('full') }) }),
    );
    const buffered = async () => (await metric('pealbell_realtime_buffered_bytes')).at(-1)?.[1] ?? 0;
    let most = 0;
    for (let n = 0; n < 20; n++) {
      most = Math.max(most, await buffered());
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.ok(most < 128 * 1024, `${most} bytes wait in the process`);
    raw.close();
  });

  it('announces what a full mailbox has lost, brings the rest, and announces it no more', async () => {
    // The client before never said that it has heard of the gap.
    const client = await scene.connect('full');
    const gap = await client.next('gap');
    assert.deepEqual([gap.count, gap.reason], [TOO_MANY, 'mailbox_full']);
    await until(
      async () => client.all('push').length,
      (count) => count === LETTERS_MAX,
    );
    assert.deepEqual(
      client.all('push').map(({ seq }) => seq),
      Array.from({ length: LETTERS_MAX }, (_, n) => n + 1),
    );
    client.cut();
    const again = await scene.connect('full');
    await again.next('push');
    assert.deepEqual(again.all('gap'), []);
    again.cut();
  });

  it('ends connections of every road within 5 s once access is revoked', async () => {
    const client = await scene.connect('revoked');
    const begun = performance.now();
    const { status } = await scene.call('POST', '/v1/realtime/revocations', { device: 'revoked' });
    assert.ok(status < 300, `${status}`);
    const { code, bye } = await client.ended();
    assert.deepEqual([code, bye?.reason], [4510, 'access_revoked']);
    assert.ok(performance.now() - begun < 5_000);
    const poll = await fetch(`${scene.url}/v1/realtime/poll`, {
      headers: { authorization: `Bearer ${scene.token('revoked', { iat: Math.floor(Date.now() / 1_000) - 60 })}` },
    });
    assert.deepEqual([poll.status, ((await poll.json()) as { code: string }).code], [403, 'access_revoked']);
  });

  it('pings a stream of events more often than proxies lose patience, without being asked', async () => {
    const asked = get(`${scene.url}/v1/realtime/sse?ping_ms=5000`, {
      headers: { authorization: `Bearer ${scene.token('streaming')}` },
      agent: false,
    });
    asked.on('error', () => {});
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    let text = '';
    for await (const part of answer.setEncoding('utf8')) {
      text += part;
      if (text.split('data: {"t":"ping"}\n\n').length > 2) break;
    }
    assert.match(text, /"t":"welcome"/);
  });

  it('ends with its access token, half a minute later, unless it was given a new one in time', async () => {
    const iat = Math.floor(Date.now() / 1_000);
    const claims = { iat, exp: iat + 600 };
    const [expiring, refreshing] = await Promise.all([
      scene.connect('expiring', {}, claims),
      scene.connect('refreshing', {}, claims),
    ]);
    refreshing.say({ t: 'refresh', token: scene.token('refreshing', { iat, exp: iat + 7_200 }) });
    await refreshing.next('ok');
    aheadMs += 10 * MINUTE_MS + 20_000;
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    expiring.say({ t: 'ping' });
    await expiring.next('pong');
    aheadMs += 11_000;
    const { code, bye } = await expiring.ended();
    assert.deepEqual([code, bye?.reason], [4003, 'token_expired']);
    refreshing.say({ t: 'ping' });
    await refreshing.next('pong');
    refreshing.cut();
  });
});
