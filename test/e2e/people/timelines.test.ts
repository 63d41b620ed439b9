import assert from 'node:assert/strict';
import { openWorld, until } from '../../support/world.js';
import { ok, openScene, type Scene } from '../delivery/scene.js';

interface Page<T> {
  readonly data: readonly T[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
}

interface UserEntry {
  readonly message: { readonly id: string; readonly status: string; readonly class: string };
  readonly device: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly explanation: string;
  readonly cure: string | null;
  readonly attempts: readonly { outcome: string; cure?: string }[];
  readonly times: Readonly<Record<string, string>>;
  readonly next_attempt_at?: string;
}

interface Entry {
  readonly at: string;
  readonly event: string;
  readonly device?: string;
  readonly token_hash?: string;
  readonly reason?: string;
  readonly detail?: string;
  readonly cure?: string;
  readonly vendor?: { status?: number; code?: string };
}

/** "Why did alice not get it", asked over HTTP. */
describe('timelines', function () {
  this.timeout(60_000);
  let scene: Scene;
  before(async () => {
    scene = await openScene({ world: await openWorld({ roads: 'apns' }) });
  });
  after(() => scene?.world.close());

  async function all<T>(path: string, limit = 100): Promise<T[]> {
    const told: T[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const joint = path.includes('?') ? '&' : '?';
      const page: Page<T> = ok(await scene.call<Page<T>>('GET', `${path}${joint}limit=${limit}${query}`), 200);
      told.push(...page.data);
      cursor = page.next_cursor;
    }
    return told;
  }
  const userTimeline = (user: string, limit?: number) =>
    all<UserEntry>(`/v1/users/${encodeURIComponent(user)}/timeline`, limit);
  const messageTimeline = (id: string, limit?: number, query = '') =>
    all<Entry>(`/v1/messages/${id}/timeline${query}`, limit);

  it('of a user tell each message on each device, newest first, with the reason and what to do', async () => {
    const [good, sandbox] = [
      await scene.device('good', { user: 'alice' }),
      await scene.device('odd', { user: 'alice' }),
    ];
    const first = await scene.send({ users: ['alice'] });
    await scene.reaches(first);
    scene.fault(sandbox, { kind: 'answer', status: 400, reason: 'BadDeviceToken' }, 1);
    scene.fault(good, { kind: 'answer', status: 410 }, 1);
    const second = await scene.send({ users: ['alice'] });
    await scene.reaches(second);
    for (const limit of [1, 3, 100]) {
      const told = await userTimeline('alice', limit);
      assert.deepEqual(
        told.map(({ message, device, state, reason }) => [message.id, device, state, reason]),
        [
          [second, 'good', 'failed', 'token_invalid'],
          [second, 'odd', 'failed', 'token_wrong_app'],
          [first, 'good', 'sent', null],
          [first, 'odd', 'sent', null],
        ],
      );
    }
    const [gone, wrong, sent] = await userTimeline('alice');
    assert.match(gone?.explanation ?? '', /^Apple said 410 Unregistered at \S+Z: the app was removed from this device/);
    assert.equal(gone?.cure, null);
    assert.match(wrong?.cure ?? '', /^A sandbox token sent to production\?/);
    assert.equal(wrong?.attempts[0]?.cure, wrong?.cure);
    assert.deepEqual(Object.keys(sent?.times ?? {}), ['queued', 'sent']);
    assert.match(sent?.explanation ?? '', /^Apple took it at/);
  });

  it('of a user show what waits, tried or not', async () => {
    const [waits, never] = [await scene.device('w1', { user: 'wilma' }), await scene.device('w2', { user: 'wilma' })];
    scene.fault(waits, { kind: 'answer', status: 429, retryAfterSeconds: 600 }, 1);
    scene.fault(never, { kind: 'answer', status: 503, retryAfterSeconds: 600 }, 1);
    const id = await scene.send({ users: ['wilma'] });
    const areTried = (told: readonly UserEntry[]) => told.every(({ attempts }) => attempts.length === 1);
    const [one, other] = await until(() => userTimeline('wilma'), areTried);
    assert.deepEqual([one?.state, other?.state], ['queued', 'queued']);
    assert.match(one?.explanation ?? '', /^Waits for its next attempt at \S+: Apple said 429 TooManyRequests/);
    assert.match(one?.cure ?? '', /less often/);
    assert.ok((one?.next_attempt_at ?? '') > new Date().toISOString());

    // The account pauses now: a third device is not tried at all.
    await scene.device('w3', { user: 'walter' });
    const third = await scene.send({ users: ['walter'] });
    const [untouched] = await userTimeline('walter');
    assert.deepEqual([untouched?.message.id, untouched?.state, untouched?.attempts], [third, 'queued', []]);
    assert.equal(untouched?.explanation, 'Waits for its first attempt over Apple.');
    for (const message of [id, third]) ok(await scene.call('POST', `/v1/messages/${message}/cancel`), 200);
    await scene.reaches(third, ({ settled, devices }) => settled === devices);
    assert.match((await userTimeline('walter'))[0]?.explanation ?? '', /^Canceled at/);
    const events = (await messageTimeline(third)).map(({ event }) => event);
    assert.deepEqual(events.slice(0, 3), ['message.accepted', 'delivery.queued', 'message.canceled']);
    assert.equal(events[3], 'delivery.canceled');
    scene.clock.forward(601_000);
  });

  it('of a message tell every step in order of time', async () => {
    const token = await scene.device('steps', { user: 'stella' });
    // The newest fault comes first.
    scene.fault(token, { kind: 'answer', status: 400, reason: 'BadDeviceToken' }, 1);
    scene.fault(token, { kind: 'answer', status: 500 }, 1);
    const id = await scene.send({ devices: ['steps'] });
    await scene.reaches(id);
    for (const limit of [1, 2, 100]) {
      const told = await messageTimeline(id, limit);
      assert.deepEqual(
        told.map(({ event, device, vendor }) => [event, device, vendor?.code]),
        [
          ['message.accepted', undefined, undefined],
          ['delivery.queued', 'steps', undefined],
          ['delivery.attempted', 'steps', 'InternalServerError'],
          ['delivery.attempted', 'steps', 'BadDeviceToken'],
          ['delivery.failed', 'steps', undefined],
          ['message.completed', undefined, undefined],
        ],
      );
      assert.deepEqual(
        told.map(({ at }) => at),
        told.map(({ at }) => at).sort(),
      );
    }
    const [, , , attempted, failed] = await messageTimeline(id);
    assert.match(attempted?.cure ?? '', /sandbox/);
    assert.match(failed?.detail ?? '', /^Apple said 400 BadDeviceToken/);
    assert.equal(failed?.cure, undefined, 'said by the attempt already');
  });

  it('of a message can be narrowed to one device', async () => {
    await scene.devices('narrow', 3);
    const id = await scene.send({ devices: ['narrow00000', 'narrow00001', 'narrow00002'] });
    await scene.reaches(id);
    const told = await messageTimeline(id, 2, '?device=narrow00001');
    assert.deepEqual(
      told.map(({ event, device }) => `${event} ${device ?? ''}`),
      [
        'message.accepted ',
        'delivery.queued narrow00001',
        'delivery.attempted narrow00001',
        'delivery.sent narrow00001',
        'message.completed ',
      ],
    );
    assert.equal((await messageTimeline(id, 100, '?device=nobody')).length, 2);
  });

  it('of a message to more than 1,000 devices go device by device', async () => {
    await scene.devices('many', 1_001);
    const id = await scene.send({ everyone: true }, { notification: { title: 'x' }, class: 'transactional' });
    const { devices } = await scene.reaches(id);
    assert.ok(devices > 1_000);
    const told = await messageTimeline(id, 1_000);
    assert.deepEqual([told[0]?.event, told.at(-1)?.event], ['message.accepted', 'message.completed']);
    const inDeviceOrder = told.slice(1, -1).map(({ device, at }) => `${device} ${at}`);
    assert.deepEqual(inDeviceOrder, [...inDeviceOrder].sort());
    assert.equal(new Set(told.map(({ device }) => device)).size, devices + 1);
  });

  it('tell a bare push token by its hash', async () => {
    const token = 'ab'.repeat(32);
    const id = await scene.send({ push_tokens: [{ provider: 'apns', token }] });
    await scene.reaches(id);
    const told = await messageTimeline(id);
    assert.ok(told.slice(1, -1).every((entry) => entry.device === undefined && (entry.token_hash ?? '').length > 20));
    assert.doesNotMatch(JSON.stringify(told), new RegExp(token));
  });

  it('refuse what is no page, no device, no message; and know nobody of an odd name', async () => {
    const id = await scene.send({ devices: ['good'] });
    for (const path of [
      ...[`/v1/messages/${id}`, '/v1/users/alice'].flatMap((of) =>
        [
          'limit=0',
          'limit=1001',
          'limit=x',
          'cursor=',
          'cursor=%00',
          'cursor=bm90aGluZw',
          'page=2',
          'limit=1&limit=2',
        ].map((query) => `${of}/timeline?${query}`),
      ),
      `/v1/messages/${id}/timeline?device=`,
      `/v1/messages/${id}/timeline?device=a%2Fb`,
      `/v1/messages/${id}/timeline?device=a&device=b`,
      '/v1/users/alice/timeline?device=good',
    ]) {
      const { status, body } = await scene.call<{ code: string }>('GET', path);
      assert.deepEqual([status, body.code], [422, 'validation_failed'], path);
    }
    for (const path of [
      `/v1/messages/${id.slice(0, -4)}${id.endsWith('0000') ? '1111' : '0000'}/timeline`,
      '/v1/messages/x%00/timeline',
    ]) {
      assert.equal((await scene.call('GET', path)).status, 404, path);
    }
    for (const user of ['nobody', '%00', 'a%2Fb', '%F0%9F%9A%80', 'x'.repeat(257), "'; drop", '..%2f..', '%22%2C']) {
      const { status, body } = await scene.call<Page<unknown>>('GET', `/v1/users/${user}/timeline`);
      assert.deepEqual([status, body], [200, { data: [], next_cursor: null, has_more: false }], user);
    }
  });

  it('find users of every name that can be given', async () => {
    const names = ['a/b', 'ü ß', '🚀', '%2F', '%00', '"', '\\', "o'neil", 'x'.repeat(256), '名'.repeat(85)];
    for (const [n, user] of names.entries()) await scene.device(`named-${n}`, { user });
    const id = await scene.send({ users: names });
    await scene.reaches(id);
    for (const [n, user] of names.entries()) {
      const told = await userTimeline(user, 1);
      assert.deepEqual(
        told.map(({ device }) => device),
        [`named-${n}`],
        user,
      );
    }
  });
});
