import assert from 'node:assert/strict';
import { type ApiAnswer, createCaller, openWorld, type World } from '../support/world.js';

const MESSAGE = { to: { users: ['nobody'] }, notification: { title: 'Hello' } };

/** Twenty calls an hour: no unit flows back while the test runs. */
describe('a key that has a limit', function () {
  this.timeout(60_000);
  let world: World;
  let url: string;
  let key: () => Promise<string>;
  before(async () => {
    world = await openWorld({ roads: 'apns' });
    const gateway = await world.open({ settings: { 'limits.per_key': '20/h' } });
    url = gateway.api?.url ?? '';
    key = () => world.key(gateway);
  });
  after(() => world?.close());

  /** Calls with a new key, and what is left of it after each. */
  async function caller() {
    const call = createCaller(url, await key());
    const left = (answer: ApiAnswer) =>
      Number(/^"per_key";r=(\d+);t=\d+$/.exec(answer.headers.get('ratelimit') ?? '')?.[1]);
    return { call, left };
  }
  const batch = (count: number) => ({ messages: Array.from({ length: count }, () => MESSAGE) });

  it('is told with every answer what it may and what is left, whatever the answer', async () => {
    const { call, left } = await caller();
    const answers = [
      await call('GET', '/v1/devices'),
      await call('GET', '/v1/devices/unknown'),
      await call('POST', '/v1/messages', {}),
      await call('POST', '/v1/messages', '{'),
      await call('POST', '/v1/messages', MESSAGE),
      await call('GET', '/v1/devices', undefined, { 'X-App': 'other' }),
    ];
    assert.deepEqual(
      answers.map((answer) => [answer.status, left(answer), answer.headers.get('ratelimit-policy')]),
      [200, 404, 422, 400, 202, 403].map((status, i) => [status, 19 - i, '"per_key";q=20;w=3600']),
    );
  });

  it('is refused beyond it, and told how long to wait; another key is not', async () => {
    const { call } = await caller();
    for (let n = 0; n < 20; n++) assert.equal((await call('GET', '/v1/devices')).status, 200);
    const refused = await call('GET', '/v1/devices');
    assert.equal(refused.status, 429);
    assert.equal(refused.body.code, 'rate_limited');
    assert.match(String(refused.headers.get('retry-after')), /^(179|180)$/);
    assert.match(String(refused.headers.get('ratelimit')), /^"per_key";r=0;t=(179|180)$/);
    const other = await caller();
    assert.equal((await other.call('GET', '/v1/devices')).status, 200);
  });

  it('spends one for each message of a batch, and has it accepted whole or not at all', async () => {
    const { call, left } = await caller();
    const taken = await call('POST', '/v1/messages/batch', batch(15));
    assert.deepEqual([taken.status, left(taken)], [200, 5]);
    const before = await call<{ data: { id: string }[] }>('GET', '/v1/messages');
    const refused = await call('POST', '/v1/messages/batch', batch(5));
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
    const after = await call<{ data: { id: string }[] }>('GET', '/v1/messages');
    assert.deepEqual(
      after.body.data.map(({ id }) => id),
      before.body.data.map(({ id }) => id),
    );
  });

  it('is told to split a batch that it could never have', async () => {
    const { call } = await caller();
    const answer = await call<{ errors: { code: string }[] }>('POST', '/v1/messages/batch', batch(21));
    assert.equal(answer.status, 422);
    assert.deepEqual(
      answer.body.errors.map(({ code }) => code),
      ['over_rate_limit'],
    );
    assert.equal(answer.headers.get('retry-after'), null);
  });

  it('spends one for an import of any length', async () => {
    const { call, left } = await caller();
    const lines = Array.from({ length: 100 }, (_, n) => JSON.stringify({ id: `import-${n}`, platform: 'ios' }));
    const answer = await fetch(`${url}/v1/devices/import`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await key()}`, 'content-type': 'application/x-ndjson' },
      body: lines.join('\n'),
    });
    assert.match(String(answer.headers.get('ratelimit')), /^"per_key";r=19;/);
    assert.equal((await answer.text()).match(/"status":201/g)?.length, 100);
    assert.equal(left(await call('GET', '/v1/devices')), 19);
  });

  it('needs to be a key: without one nothing is counted', async () => {
    const strange = await createCaller(url, 'pealbell_key_none')('GET', '/v1/devices');
    assert.deepEqual([strange.status, strange.headers.get('ratelimit')], [401, null]);
    const open = await fetch(`${url}/livez`);
    assert.deepEqual([open.status, open.headers.get('ratelimit')], [200, null]);
  });
});
