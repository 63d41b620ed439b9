import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { FRAME_ATTACKS } from '../../support/hostile/frame-attacks.js';
import { frameNoise } from '../../support/hostile/frame-noise.js';
import {
  encodeFrame,
  handshakeBytes,
  OPCODES,
  openRawWebSocket,
  type RawEnd,
  type RawWebSocket,
} from '../../support/hostile/raw-websocket.js';
import { openRealtimeWorld, putDevices, type RealtimeWorld } from '../../support/realtime-world.js';
import type { GatewayProcess } from '../../support/world.js';

/** The same noise each time; another number looks elsewhere. */
const SEED = Number(process.env.FRAMES_SEED ?? 1);
const NOISES = 1_500;
const PATH = '/v1/realtime/ws';
/** What a gateway may say to a client that says what it should not; RFC 6455 §7.4.1 and docs/realtime-protocol.md. */
const CODES_OF_BREACH = new Set([1002, 1003, 1007, 1008, 1009, 4005, 4500]);
const RSS_GROWTH_MAX = 150 * 1024 * 1024;

const textFrame = (value: unknown) => encodeFrame({ opcode: OPCODES.text, payload: JSON.stringify(value) });
const ping = encodeFrame({ opcode: OPCODES.ping, payload: 'alive?' });

/** Bytes that break RFC 6455 or the protocol, over sockets of our own: no client library softens them. */
describe('WebSocket frames as nobody should send them', function () {
  this.timeout(60_000);
  let world: RealtimeWorld;
  let gateway: GatewayProcess;
  let port: number;
  let bystander: RawWebSocket;
  let dripping: RawWebSocket;

  before(async () => {
    world = await openRealtimeWorld();
    const key = await world.key();
    gateway = await world.spawn({ settings: { 'realtime.accept_rate': '100000/s' } });
    port = Number(new URL(gateway.url).port);
    await putDevices(gateway.url, key, [
      { id: 'bystander', user: 'ann' },
      { id: 'hostile', user: null },
    ]);
    bystander = await enter('bystander', 'ann');
    // The headers never end; what becomes of it is looked at last.
    dripping = openRawWebSocket({ port, path: PATH }, 'GET /v1/realtime/ws HTTP/1.1\r\nHost: x\r\n');
    const drip = setInterval(() => dripping.write('X-A: b\r\n'), 500);
    void dripping.ended.then(() => clearInterval(drip));
  });
  after(async () => {
    bystander?.close();
    dripping?.close();
    await world?.close();
  });

  async function enter(device: string, user: string | null): Promise<RawWebSocket> {
    const connection = openRawWebSocket({ port, path: PATH });
    assert.equal(await connection.status, 101);
    connection.write(textFrame({ t: 'hello', token: await world.accessToken(device, user), ping_ms: 240_000 }));
    await connection.text((text) => text.includes('"welcome"'));
    return connection;
  }

  /** How the connection fared: its end, or that it answers still. */
  async function fared(connection: RawWebSocket): Promise<RawEnd | 'lives'> {
    const alive = (async () => {
      // Pongs of pings before it come first.
      for (let n = 0; n < 20; n++) {
        connection.write(ping);
        if ((await connection.pong()) === 'alive?') return 'lives' as const;
      }
      throw new Error('pings are not answered');
    })();
    return await Promise.race([connection.ended, alive]);
  }

  async function bystanderIsWell(): Promise<void> {
    assert.equal(await fared(bystander), 'lives');
    assert.equal(gateway.child.exitCode ?? gateway.child.signalCode, null, 'the gateway lives');
    assert.deepEqual(
      gateway.lines.filter(({ level }) => level === 'error' || level === 'fatal'),
      [],
      'the log has errors',
    );
  }

  for (const { name, bytes, answer } of FRAME_ATTACKS) {
    it(`answers ${name} with ${answer === 'lives' ? 'nothing worse' : answer.join(' or ')}`, async () => {
      const connection = await enter('hostile', null);
      connection.write(bytes);
      const end = await fared(connection);
      connection.close();
      if (answer === 'lives') assert.equal(end, 'lives');
      else assert.ok(end !== 'lives' && answer.includes(end.code ?? 0), JSON.stringify(end));
    });
  }

  it('leaves the others alone, and the process', bystanderIsWell);

  it(`survives ${NOISES} streams of spoiled frames, ends each with a code of breach, and holds little more than before`, async () => {
    const before = await rssOf(gateway);
    const streams = fc.sample(frameNoise, { numRuns: NOISES, seed: SEED });
    const token = await world.accessToken('hostile', null);
    const hello = textFrame({ t: 'hello', token });
    const wrong: string[] = [];
    let at = 0;
    async function work(): Promise<void> {
      for (let n = at++; n < streams.length; n = at++) {
        const connection = openRawWebSocket({ port, path: PATH });
        await connection.status;
        // Every second stream comes without a hello, and the hello of others may be what is spoiled.
        if (n % 2 === 0) connection.write(hello);
        for (const part of streams[n] ?? []) connection.write(part);
        connection.socket.end();
        const end = await connection.ended;
        const isRight = end.code === undefined ? !end.reset : CODES_OF_BREACH.has(end.code) || end.code >= 1000;
        if (!isRight || connection.texts.some((text) => text.includes('"internal')))
          wrong.push(`stream ${n} of FRAMES_SEED=${SEED}: ${JSON.stringify(end)}`);
      }
    }
    await Promise.all(Array.from({ length: 8 }, work));
    assert.deepEqual(wrong.slice(0, 10), []);
    await bystanderIsWell();
    const grown = (await rssOf(gateway)) - before;
    assert.ok(grown < RSS_GROWTH_MAX, `${grown} bytes more`);
  });

  for (const [what, frame] of [
    ['texts', textFrame({ t: 'ping' })],
    ['texts that are nothing to anybody', textFrame({ t: 'got', seq: 0 })],
    ['pings of the WebSocket', ping],
    ['pongs of the WebSocket', encodeFrame({ opcode: OPCODES.pong })],
  ] as const) {
    it(`ends a flood of ${what}, with 4005 where that can still be said, and holds little of it`, async () => {
      const before = await rssOf(gateway);
      const connection = await enter('hostile', null);
      const portion = Buffer.concat(new Array<Buffer>(1_000).fill(frame));
      let isOver = false;
      void connection.ended.then(() => {
        isOver = true;
      });
      // 50,000 frames as fast as they are taken: far more than 50,000 a second.
      for (let n = 0; n < 50 && !isOver; n++) {
        connection.write(portion);
        await new Promise((resolve) => setImmediate(resolve));
      }
      const end = await connection.ended;
      // Who does not read its pongs is cut without a word.
      assert.ok(end.code === undefined || end.code === 4005, JSON.stringify(end));
      await bystanderIsWell();
      const grown = (await rssOf(gateway)) - before;
      assert.ok(grown < RSS_GROWTH_MAX, `${grown} bytes more`);
    });
  }

  describe('in the handshake', () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`X-H${n}`, '1']));
    const attempts: readonly (readonly [string, Parameters<typeof handshakeBytes>[0]['headers'], readonly number[]])[] =
      [
        ['another version', { 'Sec-WebSocket-Version': '12' }, [400, 426]],
        ['no key', { 'Sec-WebSocket-Key': undefined }, [400]],
        ['a key that is none', { 'Sec-WebSocket-Key': 'abc' }, [400]],
        ['another upgrade', { Upgrade: 'h2c' }, [400, 426]],
        ['no upgrade', { Upgrade: undefined, Connection: 'close' }, [400, 426]],
        ['a malformed subprotocol', { 'Sec-WebSocket-Protocol': 'a,,b' }, [400]],
        [
          'a list of 3,000 subprotocols',
          { 'Sec-WebSocket-Protocol': Array.from({ length: 3_000 }, (_, n) => `p${n}`).join(',') },
          [101, 400, 431],
        ],
        ['8,000 blanks in the subprotocol', { 'Sec-WebSocket-Protocol': `a${' '.repeat(8_000)}b` }, [400]],
        ['8,000 commas in the extensions', { 'Sec-WebSocket-Extensions': ','.repeat(8_000) }, [101, 400]],
        [
          'an extension without end',
          { 'Sec-WebSocket-Extensions': `permessage-deflate${'; a'.repeat(2_000)}` },
          [101, 400],
        ],
        ['900 headers', many(900), [101, 431]],
        ['20 KiB of headers', { 'X-Long': 'x'.repeat(20_000) }, [431]],
        ['a body', { 'Content-Length': '5' }, [101, 400]],
      ];
    for (const [what, headers, statuses] of attempts) {
      it(`answers ${what} with ${statuses.join(' or ')}, at once`, async () => {
        const begun = performance.now();
        const connection = openRawWebSocket({ port, path: PATH, ...(headers === undefined ? {} : { headers }) });
        const status = await connection.status;
        assert.ok(performance.now() - begun < 10_000, 'it takes its time');
        connection.close();
        assert.ok(statuses.includes(status), `${status}`);
      });
    }

    it('answers one whose upgrade stands behind more headers than Node keeps as if it had not asked', async () => {
      const first = Object.entries(many(2_100)).map(([name, value]) => `${name}: ${value}\r\n`);
      const bytes = handshakeBytes({ port, path: PATH }).replace('Host:', `${first.join('')}Host:`);
      const connection = openRawWebSocket({ port, path: PATH }, bytes);
      const status = await connection.status;
      connection.close();
      assert.ok([400, 426, 431].includes(status), `${status}`);
    });

    it('takes what comes in one packet with it', async () => {
      const hello = textFrame({ t: 'hello', token: await world.accessToken('hostile', null) });
      const connection = openRawWebSocket({ port, path: PATH }, '');
      connection.write(Buffer.concat([Buffer.from(handshakeBytes({ port, path: PATH })), hello]));
      await connection.text((text) => text.includes('"welcome"'));
      connection.close();
    });

    it('waits 10 seconds for headers that never end, and no longer', async () => {
      const status = await dripping.status;
      assert.ok(status === 408 || status === 0, `${status}`);
      await dripping.ended;
      await bystanderIsWell();
    });
  });
});

/** Resident bytes of the process, as the system counts them. */
async function rssOf({ child }: GatewayProcess): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) * 1024;
}
