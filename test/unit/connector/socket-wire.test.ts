import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { SocketWire } from '../../../src/connector/websocket/socket-wire.js';
import { TurnEnd } from '../../../src/connector/websocket/turn-end.js';
import { BUFFER_BYTES_SOFT, SharedBody } from '../../../src/connector/wire.js';

/** A wire, and the client at its other end. */
async function openPair() {
  const webSockets = new WebSocketServer({ noServer: true });
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const texts: string[] = [];
  const taken = new Promise<{ wire: SocketWire; socket: Socket; heard: readonly string[]; rooms: readonly number[] }>(
    (resolve) => {
      server.once('upgrade', (req: IncomingMessage, socket: Socket, head: Buffer) => {
        webSockets.handleUpgrade(req, socket, head, (webSocket) => {
          const rooms: number[] = [];
          const onRoom = () => void rooms.push(texts.length);
          const shared = { turnEnd: new TurnEnd(), ticks: () => performance.now(), onRoom };
          const wire = new SocketWire(webSocket, socket, undefined, shared);
          socket.on('drain', () => wire.flush());
          const heard: string[] = [];
          webSocket.on('message', (data) => void heard.push(String(data)));
          resolve({ wire, socket, heard, rooms });
        });
      });
    },
  );
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  client.on('message', (data) => void texts.push(String(data)));
  client.on('error', () => undefined);
  await once(client, 'open');
  const close = () => {
    client.terminate();
    server.close();
  };
  return { ...(await taken), client, texts, close };
}

async function until(condition: () => boolean): Promise<void> {
  for (let n = 0; !condition(); n++) {
    if (n > 1_000) throw new Error(`never: ${condition}`);
    await pause(5);
  }
}

describe('a WebSocket as a wire', function () {
  this.timeout(60_000);
  let pair: Awaited<ReturnType<typeof openPair>>;
  beforeEach(async () => {
    pair = await openPair();
  });
  afterEach(() => pair.close());

  it('writes what one turn has in one write, in order', async () => {
    const { wire, socket, texts } = pair;
    const body = new SharedBody('{"id":"m"}');
    let writes = 0;
    const write = socket.write.bind(socket);
    socket.write = ((chunk: Uint8Array) => {
      writes++;
      return write(chunk);
    }) as typeof socket.write;
    for (let seq = 1; seq <= 20; seq++) wire.push(`{"seq":${seq},`, body);
    wire.send('{"t":"ok"}');
    assert.ok(wire.bufferedBytes > 0);
    await until(() => texts.length === 21);
    assert.equal(writes, 1);
    assert.equal(texts[0], '{"seq":1,"id":"m"}');
    assert.equal(texts[20], '{"t":"ok"}');
    assert.equal(pair.rooms.length, 1, 'what the system took at once makes room at once');
    assert.equal(wire.bufferedBytes, 0);
    assert.equal(wire.stuckSince(), undefined);
  });

  it('says bye and then closes with the code', async () => {
    const { wire, texts, client } = pair;
    wire.send('{"t":"ok"}');
    wire.end({ reason: 'replaced' });
    const [code, reason] = await once(client, 'close');
    assert.deepEqual(texts, ['{"t":"ok"}', '{"t":"bye","code":4509,"reason":"replaced"}']);
    assert.deepEqual([code, String(reason)], [4509, 'replaced']);
  });

  it('knows since when a client that does not read takes nothing, keeps no copy of shared bodies, and is cut', async () => {
    const { wire, socket, client } = pair;
    client.pause();
    const body = new SharedBody(JSON.stringify({ data: 'x'.repeat(60_000) }));
    // The system takes some megabytes before anything waits here.
    for (let n = 0; n < 2_000 && wire.bufferedBytes < BUFFER_BYTES_SOFT; n++) {
      wire.push('{"n":1,', body);
      await new Promise(setImmediate);
    }
    assert.ok(wire.bufferedBytes >= BUFFER_BYTES_SOFT && wire.bufferedBytes < BUFFER_BYTES_SOFT + 70_000);
    let since = wire.stuckSince();
    await until(() => {
      const now = wire.stuckSince();
      const stands = now !== undefined && now === since && performance.now() - now > 50;
      since = now;
      return stands;
    });
    wire.end({ reason: 'too_slow' });
    assert.equal(socket.destroyed, true);
    assert.equal(wire.bufferedBytes, socket.writableLength);
  });

  it('does not hear a client while it is not listened to, and loses nothing of it', async () => {
    const { wire, client, heard } = pair;
    wire.listen(false);
    for (let n = 0; n < 3; n++) {
      client.send('said');
      await pause(10);
    }
    // One message may have been on its way in.
    assert.ok(heard.length <= 1);
    wire.listen(true);
    await until(() => heard.length === 3);
  });
});
