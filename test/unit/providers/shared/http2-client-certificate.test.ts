import assert from 'node:assert/strict';
import { createSecureServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';
import { Http2Pool } from '../../../../providers/shared/http2-pool.js';
import type { Reply } from '../../../../providers/shared/transport.js';

const never = new AbortController().signal;

describe('Http2Pool with a client certificate', () => {
  let client: { cert: string; key: string };
  let ca: string;
  let origin: string;
  let close: () => Promise<void>;

  /** A server that asks for a certificate, lets everybody in, and answers with the subject of what it was shown. */
  before(async () => {
    const options = {
      keyType: 'ec',
      extensions: [
        { name: 'basicConstraints', cA: true },
        { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
      ],
    } as Parameters<typeof generate>[1];
    const host = await generate([{ name: 'commonName', value: 'localhost' }], options);
    const made = await generate([{ name: 'commonName', value: 'client' }], options);
    client = { cert: made.cert, key: made.private };
    ca = host.cert;
    const server = createSecureServer({
      cert: host.cert,
      key: host.private,
      requestCert: true,
      rejectUnauthorized: false,
      ca: made.cert,
    });
    const sockets: Socket[] = [];
    const sessions: ServerHttp2Session[] = [];
    server.on('connection', (socket: Socket) => sockets.push(socket));
    server.on('session', (session) => sessions.push(session));
    server.on('stream', (stream: ServerHttp2Stream) => {
      // The listener speaks TLS only, which the type of a session's socket does not tell.
      const socket = stream.session?.socket as TLSSocket | undefined;
      const subject = socket?.getPeerX509Certificate()?.subject ?? '';
      stream.respond({ ':status': 200, 'x-subject': subject }, { endStream: true });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `https://localhost:${(server.address() as AddressInfo).port}`;
    close = () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
        for (const socket of sockets) socket.destroy();
      });
  });
  after(() => close());

  async function ask(credential: { cert?: string; key?: string }): Promise<Reply> {
    const pool = new Http2Pool({ origin, ca, closeGraceMs: 500, ...credential });
    const body = Buffer.from('x');
    const reply = await pool.request({ method: 'POST', path: '/', headers: {}, body }, never);
    await pool.close();
    return reply;
  }

  it('shows it to a server that asks', async () => {
    const reply = await ask(client);
    assert.ok(reply.kind === 'answer', JSON.stringify(reply));
    assert.equal(reply.headers['x-subject'], 'CN=client');
  });

  it('shows none without one, or with half of one', async () => {
    for (const part of [{}, { cert: client.cert }, { key: client.key }]) {
      const reply = await ask(part);
      assert.ok(reply.kind === 'answer', JSON.stringify(reply));
      assert.equal(reply.headers['x-subject'], '');
    }
  });

  it('says at once, in the words of the alert, that a server does not let it in', async () => {
    const made = await generate([{ name: 'commonName', value: 'localhost' }], {
      keyType: 'ec',
      extensions: [
        { name: 'basicConstraints', cA: true },
        { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
      ],
    } as Parameters<typeof generate>[1]);
    const strict = createSecureServer({
      cert: made.cert,
      key: made.private,
      requestCert: true,
      rejectUnauthorized: true,
      ca: made.cert,
    });
    strict.on('tlsClientError', (_error, socket) => socket.destroy());
    await new Promise<void>((resolve) => strict.listen(0, '127.0.0.1', resolve));
    const strictOrigin = `https://localhost:${(strict.address() as AddressInfo).port}`;
    const pool = new Http2Pool({ origin: strictOrigin, ca: made.cert, connectTimeoutMs: 60_000, closeGraceMs: 500 });
    const reply = await pool.request({ method: 'POST', path: '/', headers: {}, body: Buffer.from('x') }, never);
    await pool.close();
    await new Promise<void>((resolve) => strict.close(() => resolve()));
    assert.ok(reply.kind === 'not_sent', JSON.stringify(reply));
    assert.equal(reply.reason, 'unreachable');
    assert.match(reply.cause, /SSL alert number 116/);
  });
});
