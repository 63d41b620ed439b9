import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { isGatewayError } from '../../../src/domain/errors.js';
import { listen, PATIENCE_MS } from '../../../src/http/server.js';
import { pledge } from './serve.js';

const local = { host: '127.0.0.1', port: 0, setting: 'server.listen' };

describe('a listener', () => {
  it('names the address and the setting when the port is taken', async () => {
    const first = await listen((_req, res) => res.end(), local);
    try {
      await assert.rejects(
        listen(() => {}, { ...local, port: first.port }),
        (error) => {
          assert.ok(isGatewayError(error, 'config_invalid'));
          assert.equal(
            error.message,
            `127.0.0.1:${first.port} is in use by another process; stop that one, or set server.listen (or PEALBELL_SERVER__LISTEN) to another address`,
          );
          return true;
        },
      );
    } finally {
      await first.close(0);
    }
  });

  it("names an address that is not this machine's", async () => {
    await assert.rejects(
      listen(() => {}, { ...local, host: '192.0.2.1' }),
      /192\.0\.2\.1.*server\.listen/,
    );
  });

  it('tells its address', async () => {
    const server = await listen((_req, res) => res.end('here'), local);
    try {
      assert.equal(server.url, `http://127.0.0.1:${server.port}`);
      assert.equal(await (await fetch(server.url)).text(), 'here');
    } finally {
      await server.close(1_000);
    }
  });

  it('lets a request in flight finish when it closes, and takes no other', async () => {
    const entered = pledge<void>();
    const release = pledge<void>();
    const server = await listen((_req, res) => {
      entered.resolve();
      void release.promise.then(() => res.end('whole'));
    }, local);
    const running = fetch(server.url).then((answer) => answer.text());
    await entered.promise;
    const closed = server.close(10_000);
    await assert.rejects(fetch(server.url));
    release.resolve();
    assert.equal(await running, 'whole');
    await closed;
  });

  it('closes idle connections at once, and busy ones as soon as they idle', async () => {
    const entered = pledge<void>();
    const release = pledge<void>();
    const server = await listen((req, res) => {
      if (req.url === '/quick') {
        res.end();
        return;
      }
      entered.resolve();
      void release.promise.then(() => res.end());
    }, local);
    const agent = new Agent({ keepAlive: true, maxSockets: 2 });
    const ask = (path: string) =>
      new Promise<void>((resolve, reject) => {
        request(`${server.url}${path}`, { agent }, (res) => res.resume().once('end', resolve))
          .once('error', reject)
          .end();
      });
    await ask('/quick');
    const slow = ask('/slow');
    await entered.promise;
    const closed = server.close(60_000); // Would take a minute if a connection were forgotten.
    release.resolve();
    await slow;
    await closed;
    agent.destroy();
  });

  it('keeps idle connections for a while where it is asked to, and answers the last call of each', async () => {
    const server = await listen((_req, res) => res.end('well'), local);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = () =>
      new Promise<string | undefined>((resolve, reject) => {
        request(server.url, { agent }, (res) => res.resume().once('end', () => resolve(res.headers.connection)))
          .once('error', reject)
          .end();
      });
    assert.equal(await ask(), 'keep-alive');
    const closed = server.close(60_000, 30_000); // Would take half a minute if nobody noticed that all are gone.
    // Who came while it began to close is answered; soon nobody new is taken.
    let taken = 0;
    while (
      taken < 100 &&
      (await fetch(server.url).then(
        (answer) => answer.ok,
        () => false,
      ))
    )
      taken++;
    assert.ok(taken < 100, 'it goes on taking calls');
    assert.equal(await ask(), 'close');
    await closed;
    agent.destroy();
  });

  it('tells callers of a shorter idle time than a process that stops waits, unless the answer is the last', async () => {
    const server = await listen((_req, res) => res.end('well'), local);
    const told = async (headers: Record<string, string>, version = '1.1') => {
      const socket = connect(server.port, '127.0.0.1');
      const fields = Object.entries({ Host: 'x', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`GET / HTTP/${version}\r\n${fields.join('')}\r\n`);
      const [data] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      const seconds = /^keep-alive: timeout=(\d+)\r$/im.exec(data.toString())?.[1];
      const connection = /^connection: (\S+)\r$/im.exec(data.toString())?.[1];
      return [connection, seconds === undefined ? undefined : Number(seconds)];
    };
    try {
      assert.deepEqual(await told({}), ['keep-alive', PATIENCE_MS / 1_000 - 1]);
      assert.deepEqual(await told({ Connection: 'close' }), ['close', undefined]);
      assert.deepEqual(await told({}, '1.0'), ['close', undefined]);
    } finally {
      await server.close(0);
    }
  });

  it('cuts off what outlasts the grace', async () => {
    const entered = pledge<void>();
    const server = await listen(() => entered.resolve(), local);
    const running = fetch(server.url);
    await entered.promise;
    await Promise.all([server.close(10), assert.rejects(running)]);
  });

  it('may be closed twice', async () => {
    const server = await listen(() => {}, local);
    await Promise.all([server.close(0), server.close(0)]);
  });

  it('refuses headers without measure', async () => {
    const server = await listen((_req, res) => res.end(), local);
    try {
      const socket = connect(server.port, '127.0.0.1');
      socket.write(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`);
      const [data] = (await once(socket, 'data')) as [Buffer];
      assert.match(data.toString(), /^HTTP\/1\.1 431 /);
      socket.destroy();
    } finally {
      await server.close(0);
    }
  });
});
