import assert from 'node:assert/strict';
import type { Scope } from '../../../src/ports/key-store.js';
import { openWorld } from '../../support/world.js';
import { openScene, type Scene } from '../delivery/scene.js';

interface Line {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Everything of an app's devices, and of one user, as NDJSON. */
describe('exports', function () {
  this.timeout(60_000);
  let scene: Scene;
  before(async () => {
    scene = await openScene({ world: await openWorld({ roads: 'apns' }) });
  });
  after(() => scene?.world.close());

  const url = () => scene.gateway.api?.url ?? '';
  const ask = (path: string, key = scene.key) => fetch(url() + path, { headers: { authorization: `Bearer ${key}` } });

  async function linesOf<T>(answer: Response): Promise<T[]> {
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'application/x-ndjson');
    const text = await answer.text();
    return text === ''
      ? []
      : text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as T);
  }

  it('of devices: nothing of an empty app', async () => {
    assert.deepEqual(await linesOf(await ask('/v1/devices/export')), []);
  });

  it('of devices: each as it is answered alone, in the order of ids, over many pages, without push tokens', async () => {
    const tokens = await scene.devices('many', 1_234);
    await scene.device('zz', { user: 'zoe', tags: ['b', 'a'], topics: ['news'], attributes: { n: 1 } });
    const answer = await ask('/v1/devices/export');
    const text = await answer.clone().text();
    const devices = await linesOf<{ id: string; user: string }>(answer);
    assert.equal(devices.length, 1_235);
    const ids = devices.map(({ id }) => id);
    assert.deepEqual(ids, [...ids].sort());
    assert.equal(new Set(ids).size, ids.length);
    assert.deepEqual(devices.at(-1), await scene.show('zz'));
    for (const token of tokens.slice(0, 3)) assert.ok(!text.includes(token));
  });

  it('of a user: the record, the devices, the deliveries; the same as asked for alone', async () => {
    await scene.call('PUT', '/v1/users/erin%2F1', { attributes: { plan: 'pro' }, locale: 'de' });
    for (const id of ['e2', 'e1']) await scene.device(id, { user: 'erin/1' });
    const sent: string[] = [];
    for (let n = 0; n < 3; n++) sent.push(await scene.send({ users: ['erin/1'] }));
    for (const id of sent) await scene.reaches(id);
    const lines = await linesOf<Line>(await ask('/v1/users/erin%2F1/export'));
    assert.deepEqual(
      lines.map(({ type, data }) => [type, data.id ?? data.message, data.device]),
      [
        ['user', 'erin/1', undefined],
        ['device', 'e1', undefined],
        ['device', 'e2', undefined],
        ...sent.reverse().flatMap((id) => ['e1', 'e2'].map((device) => ['delivery', id, device])),
      ],
    );
    assert.deepEqual(lines[0]?.data, (await scene.call('GET', '/v1/users/erin%2F1')).body);
    assert.deepEqual(lines[1]?.data, await scene.show('e1'));
    assert.deepEqual(lines[3]?.data, (await scene.deliveries(sent[0] ?? ''))[0]);
  });

  it('of a user: deliveries only, where nothing else is kept any more', async () => {
    await scene.device('f1', { user: 'frank' });
    await scene.reaches(await scene.send({ users: ['frank'] }));
    await scene.call('PUT', '/v1/devices/f1', { user: null });
    const lines = await linesOf<Line>(await ask('/v1/users/frank/export'));
    assert.deepEqual(
      lines.map(({ type }) => type),
      ['delivery'],
    );
  });

  it('of a user: 404 for one who is unknown, or whom no store can hold', async () => {
    for (const id of ['nobody', '%00', 'x'.repeat(257)]) {
      const answer = await ask(`/v1/users/${id}/export`);
      assert.deepEqual([answer.status, ((await answer.json()) as { code: string }).code], [404, 'user_not_found']);
    }
  });

  it('of a user: each delivery once, over many pages', async () => {
    await scene.devices('heavy', 300, () => 'heidi');
    const sent = [await scene.send({ users: ['heidi'] }), await scene.send({ users: ['heidi'] })];
    for (const id of sent) await scene.reaches(id);
    const lines = await linesOf<Line>(await ask('/v1/users/heidi/export'));
    const places = lines.filter(({ type }) => type === 'delivery').map(({ data }) => `${data.message} ${data.device}`);
    assert.deepEqual([places.length, new Set(places).size], [600, 600]);
  });

  it('need the scopes of what is in them', async () => {
    const keyWith = async (scopes: readonly Scope[]) => (await scene.gateway.keys.create({ app: 'demo', scopes })).key;
    const [devices, messages] = [await keyWith(['devices:read']), await keyWith(['messages:read'])];
    const codes: number[] = [];
    for (const [path, key] of [
      ['/v1/devices/export', messages],
      ['/v1/users/heidi/export', devices],
      ['/v1/users/heidi/export', messages],
    ] as const) {
      codes.push((await ask(path, key)).status);
    }
    assert.deepEqual(codes, [403, 403, 403]);
    const one = await ask('/v1/devices/export?limit=1');
    assert.equal(one.status, 422);
  });
});
