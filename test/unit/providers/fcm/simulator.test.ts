import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ClientHttp2Session } from 'node:http2';
import { Agent, request as httpsRequest } from 'node:https';
import { connect as tlsConnect } from 'node:tls';
import {
  type Answered,
  DEVICE,
  errorOf,
  exchange,
  openRig,
  PROJECT_ID,
  type Rig,
  START_MS,
  sendHeaders,
} from './simulator-rig.js';

const NAME = new RegExp(`^projects/${PROJECT_ID}/messages/0:\\d+%[0-9a-f]+$`);

describe('FCM simulator', () => {
  let rig: Rig;
  let session: ClientHttp2Session;
  let accessToken: string;

  before(async () => {
    rig = await openRig();
    session = await rig.connect();
    accessToken = await rig.accessToken(session);
  });
  beforeEach(() => {
    rig.ledger.length = 0;
  });
  after(() => rig.close());

  const sendBody = (body: string, headers = {}): Promise<Answered> =>
    exchange(session, sendHeaders(accessToken, headers), body);

  /** Sends a message to `DEVICE` unless told otherwise, and holds the ledger to what came over the wire. */
  async function fate(message: object): Promise<string> {
    const answer = await sendBody(JSON.stringify({ message: { token: DEVICE, ...message } }));
    assert.equal(rig.ledger.at(-1)?.answer.status, answer.status);
    assert.equal(rig.ledger.at(-1)?.accepted, answer.status === 200);
    return errorOf(answer);
  }

  const unreadable = (...fields: string[]) => ['400 INVALID_ARGUMENT -', ...fields].join(' ');
  const invalid = (...fields: string[]) => ['400 INVALID_ARGUMENT INVALID_ARGUMENT', ...fields].join(' ');

  it('accepts a message and answers with its name', async () => {
    const answer = await sendBody(JSON.stringify({ message: { token: DEVICE, data: { a: 'b' } } }));
    assert.equal(answer.status, 200);
    assert.match(answer.body.name ?? '', NAME);
    assert.equal(answer.headers['content-type'], 'application/json; charset=UTF-8');
  });

  it('gives every message a name of its own', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => sendBody(JSON.stringify({ message: { token: DEVICE } }))),
    );
    assert.equal(new Set(answers.map(({ body }) => body.name)).size, 20);
  });

  it('writes down token, name, headers, payload, answer and time', async () => {
    const body = JSON.stringify({ message: { token: DEVICE } });
    const answer = await sendBody(body);
    const { headers, ...entry } = rig.ledger[0] ?? assert.fail('nothing was written');
    assert.deepEqual(entry, {
      provider: 'fcm',
      token: DEVICE,
      id: answer.body.name,
      payloadJson: body,
      answer: { status: 200, reason: null },
      accepted: true,
      at: START_MS,
    });
    assert.equal(headers['content-type'], 'application/json');
    assert.ok(!Object.keys(headers).some((name) => name.startsWith(':')));
  });

  it('names the token of a refused message, and takes a body that is no JSON down as text', async () => {
    assert.equal(await fate({ surprise: true }), unreadable('message'));
    assert.equal(errorOf(await sendBody('{"message":')), unreadable(''));
    assert.deepEqual(
      rig.ledger.map(({ token, payloadJson }) => [token, payloadJson?.slice(0, 12)]),
      [
        [DEVICE, '{"message":{'],
        [null, '"{\\"message\\'],
      ],
    );
  });

  it('takes a trial without showing anything', async () => {
    const answer = await sendBody(JSON.stringify({ validate_only: true, message: { token: DEVICE } }));
    assert.equal(answer.body.name, `projects/${PROJECT_ID}/messages/fake_message_id`);
    assert.equal(rig.ledger[0]?.accepted, false);
    const bad = await sendBody(JSON.stringify({ validateOnly: true, message: { token: 'short' } }));
    assert.equal(errorOf(bad), invalid());
  });

  it('shows a page to whoever asks for another path or with another method', async () => {
    for (const headers of [
      { ':path': '/fcm/send' },
      { ':path': `/v1/projects/${PROJECT_ID}/messages` },
      { ':path': `/v1/projects/${PROJECT_ID}/messages:send/` },
      { ':method': 'PUT' },
    ]) {
      const answer = await sendBody('{}', headers);
      assert.deepEqual([answer.status, answer.headers['content-type']], [404, 'text/html; charset=UTF-8']);
      assert.deepEqual(rig.ledger.at(-1)?.answer, { status: 404, reason: 'html' });
    }
  });

  it('takes no notice of a query', async () => {
    const path = `/v1/projects/${PROJECT_ID}/messages:send?$.xgafv=2`;
    assert.equal((await sendBody(JSON.stringify({ message: { token: DEVICE } }), { ':path': path })).status, 200);
  });

  it('refuses a body that is not declared as JSON', async () => {
    const body = JSON.stringify({ message: { token: DEVICE } });
    assert.equal(errorOf(await sendBody(body, { 'content-type': 'text/plain' })), unreadable(''));
    assert.equal(errorOf(await sendBody(body, { 'content-type': undefined })), unreadable(''));
    assert.equal((await sendBody(body, { 'content-type': 'application/json; charset=utf-8' })).status, 200);
  });

  it('refuses a body that is no JSON object, or no JSON at all, or far too large', async () => {
    for (const body of ['', '[]', '"x"', 'null', '{', `{"message":{"token":"${'x'.repeat(70_000)}"}}`]) {
      assert.equal(errorOf(await sendBody(body)), unreadable(''));
    }
  });

  describe('devices', () => {
    it('answers 404 with FcmError for a token that is unregistered', async () => {
      rig.simulator.setDevice(DEVICE, { kind: 'unregistered' });
      assert.equal(await fate({}), '404 NOT_FOUND UNREGISTERED');
      assert.deepEqual(rig.ledger.at(-1)?.answer, { status: 404, reason: 'UNREGISTERED' });
      rig.simulator.setDevice(DEVICE, { kind: 'active' });
      assert.equal(await fate({}), '200');
    });

    it('answers 403 with FcmError for a token of another project', async () => {
      rig.simulator.setDevice(DEVICE, { kind: 'sender_id_mismatch' });
      assert.equal(await fate({}), '403 PERMISSION_DENIED SENDER_ID_MISMATCH');
      rig.simulator.setDevice(DEVICE, { kind: 'active' });
    });
  });

  describe('connections', () => {
    it('allows 100 streams', () => {
      assert.equal(session.remoteSettings.maxConcurrentStreams, 100);
    });

    it('serves HTTP/1.1 on the same port, one connection for many requests', async () => {
      const agent = new Agent({ ca: rig.ca, keepAlive: true, maxSockets: 1 });
      const ports: unknown[] = [];
      for (let i = 0; i < 3; i += 1) {
        const { ':path': path, ':method': method, ...headers } = sendHeaders(accessToken);
        const request = httpsRequest(`${rig.simulator.url}${path}`, { method: method ?? '', headers, agent });
        request.end(JSON.stringify({ message: { token: DEVICE } }));
        const [response] = await once(request, 'response');
        let text = '';
        for await (const chunk of response) text += chunk;
        assert.equal(response.statusCode, 200);
        assert.match(JSON.parse(text).name, NAME);
        ports.push(request.socket?.localPort);
      }
      assert.equal(new Set(ports).size, 1);
      assert.equal(rig.ledger.length, 3);
      agent.destroy();
    });

    it('refuses protocols that it does not speak', async () => {
      const port = Number(new URL(rig.simulator.url).port);
      const socket = tlsConnect({ host: '127.0.0.1', port, ca: rig.ca, ALPNProtocols: ['spdy/3'] });
      await assert.rejects(once(socket, 'secureConnect'), { code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL' });
      socket.destroy();
    });

    it('waits for the base latency before each answer', async () => {
      const slow = await openRig({ latencyMs: 60 });
      const slowSession = await slow.connect();
      const start = performance.now();
      await slow.accessToken(slowSession);
      assert.ok(performance.now() - start >= 59);
      await slow.close();
    });

    it('closes twice without complaint and frees its port', async () => {
      const other = await openRig();
      await other.connect();
      await other.simulator.close();
      await other.simulator.close();
      const socket = tlsConnect({ host: '127.0.0.1', port: Number(new URL(other.simulator.url).port) });
      await assert.rejects(once(socket, 'secureConnect'), { code: 'ECONNREFUSED' });
    });
  });
});
