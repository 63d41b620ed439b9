import assert from 'node:assert/strict';
import { apns, openTestGateway, type TestGateway } from '../../support/test-gateway.js';

const BATCH = '/v1/messages/batch';
const notification = { title: 'Hello' };

describe('a batch of messages', () => {
  let house: TestGateway;

  before(async function () {
    this.timeout(60_000);
    house = await openTestGateway();
    await house.put('phone1', { platform: 'ios', user: 'mia', registrations: [apns(0xb1)] });
  });
  after(() => house?.close());

  const send = (messages: readonly unknown[], more = {}) => house.ask(BATCH, { body: { messages }, ...more });
  const count = async () => (await house.ask('/v1/messages?limit=1000')).body.data.length as number;

  it('answers every message in order, with the body a single call gets', async () => {
    const { status, body } = await send([
      { to: { users: ['mia'] }, notification },
      { to: { users: ['nobody'] }, notification },
      { to: { devices: ['phone1'] }, data: { k: 'v' } },
    ]);
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body), ['results']);
    const told = body.results.map((result: { status: number; message: { status: string } }) => [
      result.status,
      result.message.status,
    ]);
    assert.deepEqual(told, [
      [202, 'queued'],
      [202, 'completed'],
      [202, 'queued'],
    ]);
    assert.deepEqual(body.results[1].message.audience.no_device, ['nobody']);
    const kept = await house.ask(`/v1/messages/${body.results[2].message.id}`);
    assert.equal(kept.status, 200);
    assert.equal(kept.body.devices, 1);
  });

  it('takes the good ones when others are bad, each with its own problem and pointers of its own', async () => {
    const before = await count();
    const { status, body } = await send([
      { to: { users: ['mia'] }, notification },
      { to: {}, notification },
      'not a message',
      { to: { users: ['mia'] }, notification, wrong: 1 },
      { to: { push_tokens: [{ provider: 'apn', token: 'ab' }] }, notification },
      { to: { users: ['mia'] }, notification, idempotency_key: '' },
      { to: { users: ['mia'] }, notification, idempotency_key: 7 },
      { to: 'everyone', notification, max_devices: 1 },
      { to: { devices: ['phone1'] }, notification },
    ]);
    assert.equal(status, 200);
    const told = body.results.map((result: { status: number; problem?: { code: string; errors?: object[] } }) => [
      result.status,
      ...(result.problem?.errors ?? []).map((fault) => Object.values(fault).slice(0, 2).join(' ')),
    ]);
    assert.deepEqual(told, [
      [202],
      [422, '/to no_target'],
      [422, ' invalid_type'],
      [422, '/wrong unknown_field'],
      [422, '/to/push_tokens/0/provider unknown_provider'],
      [422, '/idempotency_key invalid_format'],
      [422, '/idempotency_key invalid_format'],
      [202],
      [202],
    ]);
    assert.equal(await count(), before + 3, 'what was refused is not stored');
  });

  it('gives a problem the id of its request, and says nothing of a message beside it', async () => {
    const { headers, body } = await send([{}]);
    const [result] = body.results;
    assert.deepEqual(Object.keys(result), ['status', 'problem']);
    assert.equal(result.problem.request_id, headers.get('x-request-id'));
    assert.equal(result.problem.type, '/problems/validation_failed');
  });

  it('makes one message per key: within a batch, over batches, and with single calls', async () => {
    const before = await count();
    const message = { to: { users: ['mia'] }, notification };
    const keyed = { ...message, idempotency_key: 'order-1' };
    const first = await send([keyed, keyed, { ...keyed, idempotency_key: 'order-2' }]);
    const [a, b, c] = first.body.results;
    assert.equal(a.message.id, b.message.id);
    assert.notEqual(a.message.id, c.message.id);
    assert.equal([a, b].filter((result) => result.idempotency_replayed).length, 1);
    const again = await send([keyed]);
    assert.deepEqual(again.body.results, [{ status: 202, message: a.message, idempotency_replayed: true }]);
    const single = await house.ask('/v1/messages', { body: message, headers: { 'idempotency-key': 'order-1' } });
    assert.equal(single.headers.get('idempotency-replayed'), 'true');
    assert.equal(single.body.id, a.message.id);
    const other = await send([{ ...keyed, notification: { title: 'Other' } }]);
    assert.equal(other.body.results[0].problem.code, 'idempotency_mismatch');
    assert.equal(await count(), before + 2);
  });

  it('asks of every message the scope it needs', async () => {
    const { status, body } = await send(
      [
        { to: { users: ['mia'] }, notification },
        { to: 'everyone', notification },
      ],
      { key: house.keys.send },
    );
    assert.equal(status, 200);
    assert.equal(body.results[0].status, 202);
    assert.deepEqual([body.results[1].status, body.results[1].problem.code], [403, 'missing_scope']);
    assert.equal((await send([{}], { key: house.keys.read })).status, 403, 'a key that may send nothing');
  });

  it('is refused as a whole when it is no batch', async () => {
    const fault = async (body: unknown, headers = {}) => {
      const answer = await house.ask(BATCH, { body, headers });
      assert.equal(answer.status, 422);
      const [first] = answer.body.errors;
      return `${first.pointer ?? first.parameter} ${first.code}`;
    };
    const message = { to: { users: ['nobody'] }, notification };
    assert.equal(await fault([]), ' invalid_type');
    assert.equal(await fault({}), '/messages required');
    assert.equal(await fault({ messages: [] }), '/messages too_few_items');
    assert.equal(await fault({ messages: [message], mesages: [] }), '/mesages unknown_field');
    assert.equal(await fault({ messages: Array(501).fill(message) }), '/messages too_many_items');
    assert.equal(await fault({ messages: [message] }, { 'idempotency-key': 'k' }), 'Idempotency-Key not_allowed');
    const large = { messages: [{ ...message, notification: { title: 'x'.repeat(1_100_000) } }] };
    assert.equal((await house.ask(BATCH, { body: large })).status, 413);
  });

  it('takes 500 messages, each stored once', async () => {
    const messages = Array.from({ length: 500 }, (_, n) => ({
      to: { users: [`absent-${n}`] },
      notification,
      idempotency_key: `many-${n}`,
    }));
    const { body } = await send(messages);
    const ids = body.results.map((result: { message: { id: string } }) => result.message.id);
    assert.equal(new Set(ids).size, 500);
    const absent = body.results.map(
      (result: { message: { audience: { no_device: string[] } } }) => result.message.audience.no_device[0],
    );
    assert.deepEqual(
      absent,
      messages.map((_, n) => `absent-${n}`),
      'in order',
    );
  });
});
