import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { Http1Pool } from '../../../../providers/shared/http1-pool.js';
import type { Reply } from '../../../../providers/shared/transport.js';
import { createReceiptPoster } from '../../../../providers/simulation/receipt-poster.js';
import { jsonAnswer, type Reading, type VendorCall } from '../../../../providers/simulation/vendor-call.js';
import { listenAsVendor, type VendorListener } from '../../../../providers/simulation/vendor-listener.js';
import type { Fault, LedgerEntry } from '../../../../providers/simulation.js';
import { createLoopbackCertificate } from '../../../../src/simulators/certificates.js';
import { type Http1Server, openHttp1Server } from '../shared/http1-server.js';

const NEVER = new AbortController().signal;

/** Takes push tokens, with blanks between; without any it refuses. `gone` can be said of one, `busy` of all. */
function read(told: string[], { path, body = '', method }: VendorCall): Reading {
  const targets = body.split(' ').filter((token) => token !== '');
  if (method !== 'POST' || path !== '/send') {
    return { kind: 'refused', provider: 'acme', answer: jsonAnswer(404, { code: 'no_path' }), reason: 'no_path' };
  }
  if (targets.length === 0) {
    return { kind: 'refused', provider: 'acme', answer: jsonAnswer(200, { code: 'empty' }), reason: 'empty' };
  }
  return {
    kind: 'served',
    provider: 'acme',
    targets,
    id: 'id-1',
    payload: { title: 'T' },
    isNotification: true,
    isTargetCode: (code) => code === 'gone',
    serve: (asked) => ({ answer: jsonAnswer(200, { refused: [...asked.keys()] }), refused: asked }),
    answerWith: ({ status = 200, code = '0' }) => jsonAnswer(status, { code }),
    taken: (tokens) => told.push(...tokens),
  };
}

describe('The room of the vendors’ simulators', () => {
  let ca: string;
  let listener: VendorListener;
  let pool: Http1Pool;
  let ledger: LedgerEntry[];
  let told: string[];
  let faults: Map<string, Fault>;
  let hold: (() => Promise<void>) | undefined;

  beforeEach(async () => {
    const certificate = await createLoopbackCertificate();
    ca = certificate.ca;
    [ledger, told, faults, hold] = [[], [], new Map(), undefined];
    const desk = {
      ledger: { write: (entry: LedgerEntry) => void ledger.push(entry) },
      faults: { take: (provider: string, token: string) => (provider === 'acme' ? faults.get(token) : undefined) },
      latencyMs: 0,
      hold: () => hold?.(),
      now: () => 7,
      read: (call: VendorCall) => read(told, call),
    };
    listener = await listenAsVendor(desk, certificate.tls, 0);
    pool = new Http1Pool({ origin: listener.url, ca, requestTimeoutMs: 200 });
  });

  afterEach(async () => {
    await listener.close();
    await listener.close();
    await pool.close();
  });

  function ask(body: string, path = '/send'): Promise<Reply> {
    return pool.request({ method: 'POST', path, headers: {}, body: Buffer.from(body) }, NEVER);
  }

  async function answered(body: string, path?: string): Promise<string> {
    const reply = await ask(body, path);
    return reply.kind === 'answer' ? `${reply.status} ${reply.body}` : reply.kind;
  }

  function lines(): string[] {
    return ledger.map(({ token, answer, accepted }) => `${token} ${answer.status} ${answer.reason} ${accepted}`);
  }

  it('writes a line for each target, with what it was sent and without the addresses, and tells who was taken', async () => {
    assert.equal(await answered('a b'), '200 {"refused":[]}');
    assert.deepEqual(lines(), ['a 200 null true', 'b 200 null true']);
    const [line] = ledger;
    assert.deepEqual([line?.provider, line?.id, line?.payloadJson, line?.at], ['acme', 'id-1', '{"title":"T"}', 7]);
    assert.equal(line?.headers['content-length'], '3');
    assert.deepEqual(told, ['a', 'b']);
  });

  it('refuses what a strict check refuses, and takes no fault for it', async () => {
    faults.set('a', { kind: 'stall' });
    assert.equal(await answered('a', '/other'), '404 {"code":"no_path"}');
    assert.equal(await answered(''), '200 {"code":"empty"}');
    assert.deepEqual(lines(), ['null 404 no_path false', 'null 200 empty false']);
  });

  it('refuses the targets that a fault names, and takes the others', async () => {
    faults.set('b', { kind: 'answer', reason: 'gone' });
    assert.equal(await answered('a b c'), '200 {"refused":["b"]}');
    assert.deepEqual(lines(), ['a 200 null true', 'b 200 gone false', 'c 200 null true']);
    assert.deepEqual(told, ['a', 'c']);
  });

  const whole: readonly (readonly [Fault, string, string])[] = [
    [{ kind: 'answer', reason: 'busy' }, '200 {"code":"busy"}', 'a 200 busy false'],
    [{ kind: 'answer', status: 503 }, '503 {"code":"0"}', 'a 503 503 false'],
    [{ kind: 'answer', status: 400, reason: 'gone' }, '400 {"code":"gone"}', 'a 400 gone false'],
    [{ kind: 'answer', status: 502, reason: 'html' }, '502 <html><head>', 'a 502 html false'],
    [{ kind: 'answer', reason: 'empty' }, '200 ', 'a 200 empty false'],
    [{ kind: 'answer', status: 200 }, '200 {"refused":[]}', 'a 200 null true'],
    [{ kind: 'answer', latencyMs: 1 }, '200 {"refused":[]}', 'a 200 null true'],
    [{ kind: 'max_streams', streams: 1 }, '200 {"refused":[]}', 'a 200 null true'],
    [{ kind: 'reset' }, 'no_answer', 'a null reset false'],
    [{ kind: 'stall' }, 'no_answer', 'a null stall false'],
    [{ kind: 'half_open' }, 'no_answer', 'a null half_open false'],
  ];
  for (const [fault, answer, line] of whole) {
    it(`fares as told: ${JSON.stringify(fault)}`, async () => {
      faults.set('a', fault);
      const given = await answered('a');
      assert.ok(given.startsWith(answer), given);
      assert.deepEqual(lines(), [line]);
      faults.clear();
      assert.equal(await answered('b'), '200 {"refused":[]}');
    });
  }

  it('says when to come again', async () => {
    faults.set('a', { kind: 'answer', status: 429, retryAfterSeconds: 7 });
    const reply = await ask('a');
    assert.ok(reply.kind === 'answer');
    assert.equal(reply.headers['retry-after'], '7');
  });

  it('ends the connection after the answer', async () => {
    faults.set('a', { kind: 'goaway' });
    const reply = await ask('a');
    assert.ok(reply.kind === 'answer');
    assert.equal(reply.headers.connection, 'close');
  });

  it('holds answers to notifications back', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      hold = () =>
        new Promise<void>((open) => {
          release = open;
          resolve();
        });
    });
    const reply = answered('a');
    await held;
    assert.deepEqual(told, []);
    release();
    assert.equal(await reply, '200 {"refused":[]}');
  });

  it('stays up whatever the request line says', async () => {
    const { port } = new URL(listener.url);
    const socket = connect({ host: '127.0.0.1', port: Number(port), ca });
    await once(socket, 'secureConnect');
    socket.write('POST // HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    assert.match(answer.toString(), /^HTTP\/1\.1 404/);
    socket.destroy();
    assert.equal(await answered('a'), '200 {"refused":[]}');
  });
});

describe('Receipts of the vendors’ simulators', () => {
  let server: Http1Server;

  beforeEach(async () => {
    server = await openHttp1Server();
  });

  afterEach(() => server.close());

  function open(delayMs: number) {
    return createReceiptPoster<string>({
      delayMs,
      callMax: 2,
      callOf: (url, receipts) => ({ url, headers: { 'x-count': String(receipts.length) }, body: receipts.join(' ') }),
    });
  }

  it('are told some time after, several in a call, once each', async () => {
    const poster = open(1);
    poster.tell(`${server.origin}/one`, ['a', 'b']);
    poster.tell(`${server.origin}/one`, ['c']);
    poster.tell(`${server.origin}/two`, ['d']);
    poster.tell(`${server.origin}/two`, []);
    await server.arrived(3);
    assert.deepEqual(server.requests.map(({ url, body }) => `${url} ${body}`).sort(), ['/one a b', '/one c', '/two d']);
    while (poster.counts().taken < 3) await new Promise(setImmediate);
    await poster.close();
    assert.deepEqual(poster.counts(), { taken: 3, failed: 0 });
  });

  it('that are refused, led elsewhere or cut off count as failed, and are not told again', async () => {
    const answers = [
      (response: Http1Server['requests'][number]) => response.response.writeHead(500).end(),
      (response: Http1Server['requests'][number]) => response.response.writeHead(302, { location: '/other' }).end(),
      (response: Http1Server['requests'][number]) => response.socket.destroy(),
    ];
    server.answer = (request) => answers[server.requests.length - 1]?.(request);
    const poster = open(0);
    for (const at of [1, 2, 3]) {
      poster.tell(server.origin, ['a']);
      while (poster.counts().failed < at) await new Promise(setImmediate);
    }
    await poster.close();
    assert.deepEqual(poster.counts(), { taken: 0, failed: 3 });
    assert.equal(server.requests.length, 3);
  });

  it('that wait when it closes are dropped', async () => {
    const poster = open(60_000);
    poster.tell(server.origin, ['a']);
    await poster.close();
    poster.tell(server.origin, ['b']);
    assert.equal(server.requests.length, 0);
  });
});
