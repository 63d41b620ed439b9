import assert from 'node:assert/strict';
import { until } from '../../support/world.js';
import { VISIBLE } from '../delivery/scene.js';
import { type LiveScene, openLiveScene } from './live-scene.js';

interface RecalledBody {
  readonly id: string;
  readonly status: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly reached: Readonly<Record<string, number>>;
  readonly recalled_at?: string;
  readonly warnings: readonly { readonly code: string; readonly provider?: string; readonly detail: string }[];
}

describe('recalling a message', function () {
  this.timeout(60_000);
  let scene: LiveScene;
  before(async () => {
    scene = await openLiveScene();
  });
  after(() => scene?.world.close());

  async function recall(id: string): Promise<RecalledBody> {
    const answer = await scene.call<RecalledBody>('POST', `/v1/messages/${id}/recall`);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body;
  }

  it('takes it out of mailboxes, and off the screens of whoever has it', async () => {
    for (const [device, user] of Object.entries({ away: 'ann', here: 'ben', gone: 'cem' })) {
      await scene.device(device, { user });
    }
    await scene.visited('away', 'ann');
    await scene.online('here', 'ben');
    await scene.visited('gone', 'cem');
    const id = await scene.send({ users: ['ann', 'ben'] }, { ...VISIBLE, delivery: { route: 'online_only' } });
    await scene.reaches(id);
    assert.deepEqual(await scene.mailbox('away'), [`letter ${id}`]);

    const { counts, reached, status, warnings, recalled_at } = await recall(id);
    assert.deepEqual([counts.recalled, counts.delivered, counts.sent, counts.queued], [1, 1, 0, 0]);
    assert.deepEqual(reached, { sent: 2, delivered: 1, displayed: 0, opened: 0 });
    assert.deepEqual([status, warnings, typeof recalled_at], ['completed', [], 'string']);
    const clear = `recalled ${id}`;
    for (const device of ['away', 'here']) assert.deepEqual(await scene.mailbox(device), [clear], device);
    assert.deepEqual(await scene.mailbox('gone'), []);
    assert.ok(
      scene.told.every(([device, notice]) => device === 'here' || notice.kind !== 'clear' || device === 'away'),
    );
    const notices = scene.told.filter(([device]) => device === 'here').map(([, notice]) => notice);
    assert.deepEqual(notices[0], { kind: 'clear', messages: [id], tags: [id], reason: 'recalled' });
    const { body } = await scene.call<{ data: { event: string; device?: string }[] }>(
      'GET',
      `/v1/messages/${id}/timeline`,
    );
    const events = body.data.map(({ event, device }) => `${event} ${device ?? ''}`);
    assert.ok(events.includes('delivery.recalled away'), events.join());

    const again = await recall(id);
    assert.deepEqual([again.counts, again.recalled_at], [counts, recalled_at], 'repeating it is harmless');
  });

  it('cancels what has not left, and tells what vendors keep', async () => {
    const tokens = await scene.devices('kept', 2);
    const id = await scene.send(
      { devices: ['kept00000', 'kept00001'] },
      { ...VISIBLE, delivery: { route: 'push_only' } },
    );
    await scene.reaches(id);
    assert.equal(tokens.length, 2);
    const { counts, warnings } = await recall(id);
    assert.deepEqual([counts.sent, counts.recalled], [2, 0]);
    assert.deepEqual(
      warnings.map(({ code, provider }) => [code, provider]),
      [['not_recallable', 'apns']],
    );
    assert.match(warnings[0]?.detail ?? '', /apns has taken 2/);

    const slow = await scene.device('slow');
    scene.fault(slow, { kind: 'answer', status: 503, retryAfterSeconds: 3_600 }, 1);
    const waiting = await scene.send({ devices: ['slow'] }, { ...VISIBLE, delivery: { route: 'push_only' } });
    await until(
      () => scene.deliveries(waiting),
      ([delivery]) => delivery?.attempts.length === 1,
    );
    await recall(waiting);
    const ended = await scene.reaches(waiting, ({ settled }) => settled === 1);
    assert.deepEqual([ended.status, ended.counts.canceled], ['canceled', 1]);
  });

  it('is carried through when what was under way has settled', async () => {
    await scene.device('late', { user: 'dan' });
    await scene.visited('late', 'dan');
    const id = await scene.send({ devices: ['late'] }, { ...VISIBLE, delivery: { route: 'online_only' } });
    await scene.reaches(id);
    await recall(id);
    // Put at the very moment of the recall, by somebody who did not know of it yet.
    await until(
      () => scene.parts.store.recalls.owed(10),
      ({ length }) => length === 0,
    );
    assert.deepEqual(await scene.mailbox('late'), [`recalled ${id}`]);
  });

  it('is 404 for a message that is not there', async () => {
    for (const id of ['msg_00000000000000000000000000', 'x']) {
      assert.equal((await scene.call('POST', `/v1/messages/${id}/recall`)).status, 404, id);
    }
  });

  it('of two letters with one collapse key only the newest is handed over', async () => {
    await scene.device('tidy', { user: 'eve' });
    await scene.visited('tidy', 'eve');
    const delivery = { route: 'online_only', collapse_key: 'order-1' };
    const first = await scene.send({ devices: ['tidy'] }, { ...VISIBLE, delivery });
    await scene.reaches(first);
    const second = await scene.send({ devices: ['tidy'] }, { ...VISIBLE, delivery });
    await scene.reaches(second);
    assert.deepEqual(await scene.mailbox('tidy'), [`letter ${second}`]);
    const { counts } = await scene.message(first);
    assert.deepEqual([counts.suppressed, counts.sent], [1, 0]);
    // The older one is called back: what stands under its tag is the newer one.
    await recall(first);
    assert.deepEqual(await scene.mailbox('tidy'), [`letter ${second}`]);
  });
});
