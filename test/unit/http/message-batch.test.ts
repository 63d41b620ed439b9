import assert from 'node:assert/strict';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { AcceptedMessage } from '../../../src/domain/accepted-message.js';
import { GatewayError } from '../../../src/domain/errors.js';
import type { Json } from '../../../src/domain/json.js';
import { messageBatchOperation } from '../../../src/http/message-batch.js';
import { batchAnswer } from '../../../src/http/schemas/message-batch.js';
import type { Send } from '../../../src/http/sending.js';
import { keptLog, pledge } from './serve.js';

const accepted = (id: string): AcceptedMessage => ({
  id,
  app: 'shop',
  status: 'queued',
  createdAt: 0,
  audience: { state: 'resolved', users: 0, devices: 0, byPlatform: {}, noDevice: [] },
  warnings: [],
});

async function run(send: Send, messages: readonly Json[]) {
  const log = keptLog();
  const req = new IncomingMessage(new Socket());
  const reply = await messageBatchOperation({ log }, send).handle({
    requestId: 'req_1',
    path: {},
    query: {},
    header: () => undefined,
    body: { messages },
    caller: { keyId: 'key_1', app: 'shop', scopes: new Set() },
    req,
    res: new ServerResponse(req),
  });
  assert.equal(reply.kind, 'json');
  assert.ok(reply.kind === 'json');
  return { log, results: batchAnswer.parse(JSON.parse(JSON.stringify(reply.body))).results };
}

describe('the batch call', () => {
  it('begins every message before the first has ended, so that they share store calls', async () => {
    const all = pledge();
    let begun = 0;
    const send: Send = async () => {
      begun++;
      if (begun === 500) all.resolve();
      await all.promise;
      return { replayed: false, accepted: accepted('msg_1') };
    };
    const { results } = await run(send, Array(500).fill({}));
    assert.equal(results.length, 500);
  });

  it('keeps order whatever ends first', async () => {
    const slow = pledge();
    const send: Send = async (_caller, body) => {
      if (body === 'a') await slow.promise;
      else slow.resolve();
      return { replayed: false, accepted: accepted(`msg_${String(body)}`) };
    };
    const { results } = await run(send, ['a', 'b']);
    assert.deepEqual(
      results.map((result) => result.message?.id),
      ['msg_a', 'msg_b'],
    );
  });

  it('tells of what is unexpected in the log only, and of the rest of the batch as ever', async () => {
    const send: Send = async (_caller, body) => {
      if (body === 'odd') throw new Error('secret text');
      if (body === 'busy') throw new GatewayError('overloaded', 'too much');
      return { replayed: true, accepted: accepted('msg_1') };
    };
    const { results, log } = await run(send, ['odd', 'good', 'busy']);
    assert.deepEqual(
      results.map(({ status }) => status),
      [500, 202, 503],
    );
    assert.equal(results[0]?.problem?.code, 'internal_error');
    assert.equal(JSON.stringify(results).includes('secret text'), false);
    assert.equal(results[1]?.idempotency_replayed, true);
    assert.deepEqual(
      log.lines.map(({ level, event }) => `${level} ${event}`),
      ['error http.failed'],
    );
    assert.match(String(log.lines[0]?.fields.error), /secret text/);
  });

  it('takes the key out of the message before the message is read', async () => {
    const seen: unknown[] = [];
    const send: Send = async (_caller, body, key) => {
      seen.push([body, key]);
      return { replayed: false, accepted: accepted('msg_1') };
    };
    await run(send, [{ to: 'everyone', idempotency_key: 'k 1' }, { to: 'everyone' }]);
    assert.deepEqual(seen, [
      [{ to: 'everyone' }, 'k 1'],
      [{ to: 'everyone' }, undefined],
    ]);
  });
});
