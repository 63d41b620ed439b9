import assert from 'node:assert/strict';
import { type DeliveryBody, openScene, type Scene, VISIBLE } from '../delivery/scene.js';
import { type LiveScene, openLiveScene } from './live-scene.js';

interface Result {
  readonly id?: string;
  readonly status: number;
  readonly result?: string;
  readonly problem?: {
    readonly code: string;
    readonly detail?: string;
    readonly errors?: readonly { readonly pointer?: string; readonly code: string; readonly detail: string }[];
  };
}

describe('events that a server tells', function () {
  this.timeout(60_000);
  let scene: Scene;
  before(async () => {
    scene = await openScene();
  });
  after(() => scene?.world.close());

  async function tell(events: readonly unknown[]): Promise<readonly Result[]> {
    const answer = await scene.call<{ results: readonly Result[] }>('POST', '/v1/events', { events });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body.results;
  }
  const ago = (ms: number) => new Date(scene.clock.now() - ms).toISOString();

  it('move a completed message on, with counts, what was reached, times and timeline', async () => {
    await scene.devices('told', 3);
    const id = await scene.send({ devices: ['told00000', 'told00001', 'told00002'] });
    await scene.reaches(id);
    const [openedAt, displayedAt] = [ago(0), ago(1)];
    const results = await tell([
      { id: 'a', message: id, device: 'told00000', event: 'displayed', at: displayedAt },
      { id: 'b', message: id, device: 'told00000', event: 'opened', action: 'track', at: openedAt },
      { message: id, device: 'told00001', event: 'displayed' },
      { message: id, device: 'told00001', event: 'displayed' },
    ]);
    assert.deepEqual(results, [
      { id: 'a', status: 200, result: 'recorded' },
      { id: 'b', status: 200, result: 'recorded' },
      { status: 200, result: 'recorded' },
      { status: 200, result: 'known' },
    ]);
    const message = await scene.message(id);
    const { sent, delivered, displayed, opened, queued } = message.counts;
    assert.deepEqual([message.status, queued, sent, delivered, displayed, opened], ['completed', 0, 1, 0, 1, 1]);
    assert.deepEqual(Reflect.get(message, 'reached'), { sent: 3, delivered: 2, displayed: 2, opened: 1 });
    const [first] = await scene.deliveries(id);
    const { state, times, action } = first as DeliveryBody & { times: Record<string, string>; action?: string };
    assert.deepEqual([state, times.displayed, times.opened, action], ['opened', displayedAt, openedAt, 'track']);
    const { body } = await scene.call<{ data: { event: string; at: string; action?: string }[] }>(
      'GET',
      `/v1/messages/${id}/timeline?device=told00000`,
    );
    const seen = body.data.filter(({ event }) => event === 'delivery.opened' || event === 'delivery.displayed');
    assert.deepEqual(
      seen.map(({ event, at, action: chosen }) => [event, at, chosen]),
      [
        ['delivery.displayed', displayedAt, undefined],
        ['delivery.opened', openedAt, 'track'],
      ],
    );
  });

  it('are refused one by one, each with a sentence, and the others are taken', async () => {
    await scene.devices('odd', 1);
    const id = await scene.send({ devices: ['odd00000'] });
    await scene.reaches(id);
    const base = { message: id, device: 'odd00000', event: 'opened' };
    const cases: readonly (readonly [unknown, number, string, string?])[] = [
      [{ ...base, id: 'x', event: 'converted' }, 422, 'required', '/name'],
      [{ ...base, event: 'converted', name: 'buy' }, 422, 'required', '/id'],
      [{ ...base, id: 'y', event: 'converted', name: 'buy now!' }, 422, 'invalid_format', '/name'],
      [{ ...base, id: 'y', event: 'converted', name: 'buy', value: '3' }, 422, 'invalid_type', '/value'],
      [{ ...base, id: 'y', event: 'converted', name: 'buy', value: 1e13 }, 422, 'too_large', '/value'],
      [{ ...base, id: 'y', event: 'converted', name: 'buy', currency: 'EUR' }, 422, 'required', '/value'],
      [
        { ...base, id: 'y', event: 'converted', name: 'buy', value: 1, currency: 'eur' },
        422,
        'invalid_format',
        '/currency',
      ],
      [{ ...base, id: 'y', event: 'converted', name: 'buy', at: ago(-6 * 60_000) }, 422, 'in_the_future', '/at'],
      [{ ...base, id: 'y', event: 'feedback' }, 422, 'required', '/data'],
      [{ ...base, id: 'y', event: 'feedback', data: [] }, 422, 'invalid_type', '/data'],
      [{ ...base, id: 'y', event: 'feedback', data: { text: 'x'.repeat(4_096) } }, 422, 'too_large', '/data'],
      [{ event: 'feedback', id: 'y', device: 'nobody', data: {} }, 404, 'device_not_found'],
      [{ device: 'odd00000', event: 'dismissed' }, 422, 'required', '/message'],
      [{ ...base, event: 'clicked' }, 422, 'invalid_value', '/event'],
      [{ ...base, at: ago(-6 * 60_000) }, 422, 'in_the_future', '/at'],
      [{ ...base, at: ago(31 * 86_400_000) }, 422, 'too_old', '/at'],
      [{ ...base, at: 'yesterday' }, 422, 'invalid_format', '/at'],
      [{ ...base, event: 'displayed', action: 'track' }, 422, 'not_allowed', '/action'],
      [{ ...base, value: 3 }, 422, 'not_allowed', '/value'],
      [{ message: id, event: 'opened' }, 422, 'required', '/device'],
      ['opened', 422, 'invalid_type', ''],
      [{ ...base, device: 'nobody' }, 404, 'message_not_found'],
      [{ ...base, message: `${id.slice(0, -4)}${id.endsWith('0000') ? '1111' : '0000'}` }, 404, 'message_not_found'],
      [{ ...base, message: 'x\u0001' }, 404, 'message_not_found'],
      // A clock that is a little ahead is none that lies.
      [{ ...base, at: ago(-60_000) }, 200, 'recorded'],
    ];
    const results = await tell(cases.map(([event]) => event));
    for (const [i, [event, status, code, pointer]] of cases.entries()) {
      const { problem, ...result } = results[i] ?? { status: 0 };
      const fault = problem?.errors?.[0];
      const told = result.result ?? (problem?.code === 'validation_failed' ? fault?.code : problem?.code);
      assert.deepEqual([result.status, told, fault?.pointer], [status, code, pointer], JSON.stringify(event));
      assert.ok(result.result !== undefined || (fault?.detail ?? problem?.detail ?? '').length > 10);
    }
    assert.equal(results[0]?.id, 'x');
    const [delivery] = await scene.deliveries(id);
    const { times } = delivery as DeliveryBody & { times: Record<string, string> };
    assert.ok(Date.parse(times.opened ?? '') <= scene.clock.now(), 'no time lies ahead');
  });

  it('are one for each id, whatever comes under it again and in whatever order', async () => {
    await scene.devices('once', 2);
    const id = await scene.send({ devices: ['once00000', 'once00001'] });
    await scene.reaches(id);
    const base = { message: id, device: 'once00000' };
    const bought = { ...base, id: 'order-1', event: 'converted', name: 'purchase', value: 12.5, currency: 'EUR' };
    const words = async (...events: readonly unknown[]) =>
      (await tell(events)).map(({ result, problem }) => result ?? problem?.code);
    assert.deepEqual(
      await words(
        bought,
        bought,
        { ...base, id: 'order-1', event: 'opened' },
        { ...base, id: 'o-2', event: 'opened', at: ago(5_000) },
        { ...base, id: 'o-3', event: 'delivered', at: ago(9_000) },
        { ...base, event: 'dismissed' },
        { ...base, device: 'once00001', event: 'dismissed' },
        { id: 'f-1', device: 'once00001', event: 'feedback', data: { stars: 4, text: 'good' } },
      ),
      ['recorded', 'known', 'known', 'recorded', 'recorded', 'recorded', 'recorded', 'recorded'],
    );
    assert.deepEqual(
      await words(
        { ...bought, value: 99 },
        { ...bought, device: 'once00001' },
        { ...base, id: 'o-2', event: 'displayed' },
        { ...base, event: 'dismissed', id: 'late' },
        { ...bought, id: 'order-2' },
        { ...bought, id: 'order-3', message: `${id.slice(0, -4)}${id.endsWith('0000') ? '1111' : '0000'}` },
        { ...bought, id: 'order-3' },
      ),
      ['known', 'known', 'known', 'known', 'recorded', 'message_not_found', 'message_not_found'],
    );
    assert.deepEqual(await words({ ...bought, id: 'order-3' }), ['recorded'], 'what was refused used up no id');
    const message = await scene.message(id);
    assert.deepEqual(
      [message.counts.opened, message.counts.displayed],
      [1, 1],
      'who dismissed it has seen it; who opened it stays there',
    );
  });

  it('are refused as a whole where they are no list, too many, or none', async () => {
    for (const body of [{}, { events: [] }, { events: 'x' }, { events: Array(1_001).fill({}) }, { event: {} }]) {
      assert.equal((await scene.call('POST', '/v1/events', body)).status, 422, JSON.stringify(body).slice(0, 80));
    }
  });

  it('need a key that may send', async () => {
    const { key } = await scene.gateway.keys.create({ app: 'demo', scopes: ['messages:read'] });
    const events = [{ message: 'msg_x', device: 'd', event: 'opened' }];
    const refused = await scene.call('POST', '/v1/events', { events }, { authorization: `Bearer ${key}` });
    assert.deepEqual([refused.status, refused.body.code], [403, 'missing_scope']);
  });
});

describe('events that a device tells', function () {
  this.timeout(60_000);
  let scene: LiveScene;
  before(async () => {
    scene = await openLiveScene();
  });
  after(() => scene?.world.close());

  it('are of itself alone, with an access token for events', async () => {
    await scene.device('mine', { user: 'ann' });
    await scene.device('hers', { user: 'ann' });
    const id = await scene.send({ devices: ['mine', 'hers'] }, { ...VISIBLE, delivery: { route: 'push_only' } });
    await scene.reaches(id);
    const made = await scene.call<{ token: string }>('POST', '/v1/realtime/tokens', { device: 'mine' });
    const authorization = `Bearer ${made.body.token}`;
    const events = [
      { message: id, event: 'opened', action: 'track' },
      { message: id, device: 'mine', event: 'displayed' },
      { message: id, device: 'hers', event: 'opened' },
    ];
    const answer = await scene.call<{ results: Result[] }>('POST', '/v1/events', { events }, { authorization });
    assert.deepEqual(
      answer.body.results.map(({ status, result, problem }) => [status, result ?? problem?.errors?.[0]?.pointer]),
      [
        [200, 'recorded'],
        [200, 'recorded'],
        [422, '/device'],
      ],
    );
    const told = await scene.deliveries(id);
    assert.deepEqual(
      told.map(({ device, state }) => [device, state]),
      [
        ['hers', 'sent'],
        ['mine', 'opened'],
      ],
    );
    const narrow = await scene.call<{ token: string }>('POST', '/v1/realtime/tokens', {
      device: 'mine',
      scopes: ['receive'],
    });
    const refused = await scene.call(
      'POST',
      '/v1/events',
      { events },
      { authorization: `Bearer ${narrow.body.token}` },
    );
    assert.equal(refused.status, 403, JSON.stringify([narrow.body, refused.body]));
    const forged = await scene.call('POST', '/v1/events', { events }, { authorization: `${authorization}x` });
    assert.equal(forged.status, 401);
  });
});
