import assert from 'node:assert/strict';
import { once } from 'node:events';
import { deflateRawSync } from 'node:zlib';
import { WebSocket } from 'ws';
import { encodeFrame, OPCODES, openRawWebSocket } from '../../support/hostile/raw-websocket.js';
import type { Frame } from './plain-client.js';
import { openRealtimeScene, type RealtimeScene } from './scene.js';

const OFFER = 'permessage-deflate; client_max_window_bits';
/** RSV1, which says that a message is compressed (RFC 7692 §6). */
const RSV1 = 4;
const BOMBS = 40;

describe('permessage-deflate', function () {
  this.timeout(60_000);
  let scene: RealtimeScene;

  before(async () => {
    scene = await openRealtimeScene({ realtime: ['compression: on'] });
    await scene.register(['d1', 'd2', 'bystander', ...Array.from({ length: BOMBS }, (_, n) => `b${n}`)]);
  });
  after(() => scene?.close());

  const port = () => Number(new URL(scene.url).port);
  const target = (headers = {}) => ({ port: port(), path: '/v1/realtime/ws', headers });
  const compressed = (bytes: Buffer) =>
    encodeFrame({
      opcode: OPCODES.text,
      rsv: RSV1,
      payload: deflateRawSync(bytes, { windowBits: 12, finishFlush: 2 }).subarray(0, -4),
    });

  async function connect(device: string): Promise<{ readonly socket: WebSocket; next(t: string): Promise<Frame> }> {
    const socket = new WebSocket(`${scene.url.replace('http', 'ws')}/v1/realtime/ws`, 'pealbell.v1', {
      perMessageDeflate: { threshold: 0 },
    });
    const frames: Frame[] = [];
    socket.on('message', (bytes) => void frames.push(JSON.parse(String(bytes))));
    await once(socket, 'open');
    socket.send(JSON.stringify({ t: 'hello', token: scene.token(device) }));
    return {
      socket,
      async next(t) {
        for (;;) {
          const at = frames.findIndex((frame) => frame.t === t);
          const [found] = at === -1 ? [] : frames.splice(at, 1);
          if (found !== undefined) return found;
          await once(socket, 'message');
        }
      },
    };
  }

  it('is agreed on with a client that offers it, without context and with small windows', async () => {
    const connection = openRawWebSocket(target({ 'Sec-WebSocket-Extensions': OFFER }));
    let head = '';
    connection.socket.once('data', (bytes) => {
      head = bytes.toString();
    });
    assert.equal(await connection.status, 101);
    const [agreed = ''] = /Sec-WebSocket-Extensions: .*/i.exec(head) ?? [];
    for (const part of [
      'server_no_context_takeover',
      'client_no_context_takeover',
      'server_max_window_bits=12',
      'client_max_window_bits=12',
    ])
      assert.ok(agreed.includes(part), agreed);
    connection.close();
  });

  it('brings large messages in fewer bytes, in order with small ones, and takes what comes compressed', async () => {
    const { socket, next } = await connect('d1');
    await next('welcome');
    assert.match(socket.extensions, /permessage-deflate/);
    const transport = Reflect.get(socket, '_socket') as { readonly bytesRead: number }; // ws has no other way to count them
    const before = transport.bytesRead;
    const body = 'the same words again. '.repeat(150);
    const ids: string[] = [];
    for (let n = 0; n < 6; n++) ids.push(await scene.send('d1', 'x', n % 2 === 0 ? {} : { data: { text: body } }));
    const seen: unknown[] = [];
    for (let n = 0; n < 6; n++) seen.push((await next('push')).seq);
    assert.deepEqual(seen, [1, 2, 3, 4, 5, 6]);
    const read = transport.bytesRead - before;
    assert.ok(read < body.length * 2, `${read} bytes for three messages of ${body.length}`);
    socket.send(JSON.stringify({ t: 'done', ids }));
    socket.send('{"t":"ping"}');
    await next('pong');
    socket.terminate();
  });

  it(`ends ${BOMBS} bombs of 60 KB that are 60 MB each with 1009, and holds little of them`, async () => {
    const bystander = await connect('bystander');
    await bystander.next('welcome');
    const bomb = compressed(Buffer.alloc(60 * 1024 * 1024, 0x20));
    assert.ok(bomb.length < 64 * 1024, `${bomb.length}: its own size must not be what ends it`);
    const before = process.memoryUsage.rss();
    const ends = await Promise.all(
      Array.from({ length: BOMBS }, async (_, n) => {
        const connection = openRawWebSocket(target({ 'Sec-WebSocket-Extensions': OFFER }));
        await connection.status;
        connection.write(
          encodeFrame({ opcode: OPCODES.text, payload: JSON.stringify({ t: 'hello', token: scene.token(`b${n}`) }) }),
        );
        connection.write(bomb);
        return (await connection.ended).code;
      }),
    );
    assert.deepEqual([...new Set(ends)], [1009]);
    const grown = process.memoryUsage.rss() - before;
    assert.ok(grown < 100 * 1024 * 1024, `${grown} bytes more`);
    bystander.socket.send('{"t":"ping"}');
    await bystander.next('pong');
    bystander.socket.terminate();
  });

  it('ends what is not deflate at all, and a message in compressed fragments that is too large', async () => {
    const broken = openRawWebSocket(target({ 'Sec-WebSocket-Extensions': OFFER }));
    await broken.status;
    broken.write(encodeFrame({ opcode: OPCODES.text, rsv: RSV1, payload: Buffer.alloc(100, 0xff) }));
    assert.ok([1002, 1007].includes((await broken.ended).code ?? 0));
    const slow = openRawWebSocket(target({ 'Sec-WebSocket-Extensions': OFFER }));
    await slow.status;
    const bytes = deflateRawSync(Buffer.alloc(200_000, 0x20), { windowBits: 12, finishFlush: 2 }).subarray(0, -4);
    slow.write(encodeFrame({ opcode: OPCODES.text, rsv: RSV1, fin: false, payload: bytes.subarray(0, 20) }));
    slow.write(encodeFrame({ opcode: OPCODES.continuation, payload: bytes.subarray(20) }));
    assert.equal((await slow.ended).code, 1009);
  });

  it('is not there for an app that does not want it', async () => {
    const plain = await openRealtimeScene();
    try {
      const connection = openRawWebSocket({
        port: Number(new URL(plain.url).port),
        path: '/v1/realtime/ws',
        headers: { 'Sec-WebSocket-Extensions': OFFER },
      });
      let head = '';
      connection.socket.once('data', (bytes) => {
        head = bytes.toString();
      });
      assert.equal(await connection.status, 101);
      assert.doesNotMatch(head, /Sec-WebSocket-Extensions/i);
      connection.write(compressed(Buffer.from('{"t":"ping"}')));
      assert.equal((await connection.ended).code, 1002);
    } finally {
      await plain.close();
    }
  });
});
