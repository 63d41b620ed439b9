import assert from 'node:assert/strict';
import { createEgress, EgressRefusedError } from '../../../src/egress/egress.js';
import { fetchText } from '../../../src/egress/fetch-text.js';
import { type HttpsServer, openHttpsServer } from '../../support/https-server.js';

describe('reading a small text from outside', () => {
  let server: HttpsServer;
  before(async () => {
    server = await openHttpsServer();
  });
  after(() => server.close());

  const local = createEgress({ allow: ['127.0.0.0/8', '::1'] });
  const read = (options: { timeoutMs?: number; bytesMax?: number } = {}) =>
    fetchText(local, `${server.origin}/keys?x=1`, { ca: server.ca, ...options });

  it('gives the text, asked for as it should be', async () => {
    server.answer = (req, res) => res.end(`${req.method} ${req.url} ${req.headers.accept} ä`);
    assert.equal(await read(), 'GET /keys?x=1 application/json ä');
  });

  it('does not reach the machine’s own networks unless they are allowed, and asks nobody there', async () => {
    const before = server.asked();
    const closed = createEgress({ allow: [] });
    await assert.rejects(fetchText(closed, server.origin, { ca: server.ca }), EgressRefusedError);
    await assert.rejects(fetchText(closed, 'https://127.0.0.1/'), EgressRefusedError);
    await assert.rejects(fetchText(local, server.origin.replace('https', 'http')), EgressRefusedError);
    assert.equal(server.asked(), before);
  });

  it('follows no redirect, and takes no answer but 200', async () => {
    server.answer = (_req, res) => res.writeHead(302, { location: 'https://localhost:1/' }).end();
    await assert.rejects(read(), /answered 302, which is not followed/);
    server.answer = (_req, res) => res.writeHead(500).end('oops');
    await assert.rejects(read(), /answered 500/);
  });

  it('is bounded in bytes, whatever the length that is told', async () => {
    server.answer = (_req, res) => void res.end('x'.repeat(1_001));
    await assert.rejects(read({ bytesMax: 1_000 }), /longer than 1000 bytes/);
    server.answer = (_req, res) => void res.end('x'.repeat(1_000));
    assert.equal((await read({ bytesMax: 1_000 })).length, 1_000);
  });

  it('is bounded in time, also where bytes trickle', async () => {
    server.answer = (_req, res) => void res.write('{');
    await assert.rejects(read({ timeoutMs: 50 }), /did not answer within 50 ms/);
  });

  it('tells of an answer that breaks off', async () => {
    server.answer = (_req, res) => {
      res.writeHead(200, { 'content-length': '10' });
      res.write('abc', () => res.destroy());
    };
    await assert.rejects(read(), /broke off|aborted|hang up/);
  });

  it('trusts no certificate of its own making', async () => {
    await assert.rejects(fetchText(local, server.origin), /certificate/);
  });
});
