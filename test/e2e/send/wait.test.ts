import assert from 'node:assert/strict';
import type { ApiAnswer } from '../../support/world.js';
import { type DeliveryBody, openScene, type Scene, VISIBLE } from '../delivery/scene.js';

interface Settled {
  readonly id: string;
  readonly status: string;
  readonly audience: { readonly devices: number };
  readonly deliveries?: readonly DeliveryBody[];
}

describe('a send that prefers to wait', function () {
  this.timeout(60_000);
  let scene: Scene;
  before(async () => {
    scene = await openScene({ latencyMs: 20 });
  });
  after(() => scene?.world.close());

  const send = (to: unknown, wait: number, more = {}): Promise<ApiAnswer<Settled>> =>
    scene.call<Settled>('POST', '/v1/messages', { to, ...VISIBLE, ...more }, { prefer: `wait=${wait}` });
  const applied = ({ headers }: ApiAnswer<Settled>) => headers.get('preference-applied');

  it('is answered with every delivery once all are settled, whatever became of each', async () => {
    await scene.device('w1', { user: 'wanda' });
    const dead = await scene.device('w2', { user: 'wanda' });
    scene.fault(dead, { kind: 'answer', status: 410 });
    const answer = await send({ users: ['wanda'] }, 20);
    assert.equal(answer.status, 200);
    assert.equal(applied(answer), 'wait=20');
    assert.equal(answer.headers.get('location'), `/v1/messages/${answer.body.id}`);
    assert.equal(answer.body.status, 'completed');
    const told = answer.body.deliveries?.map(({ device, state, reason }) => [device, state, reason]);
    assert.deepEqual(told, [
      ['w1', 'sent', null],
      ['w2', 'failed', 'token_invalid'],
    ]);
    assert.deepEqual(answer.body.deliveries, await scene.deliveries(answer.body.id));
  });

  it('is answered at once with no deliveries where nobody has a device', async () => {
    const { status, body } = await send({ users: ['nobody'] }, 30);
    assert.deepEqual([status, body.status, body.deliveries], [200, 'completed', []]);
  });

  it('is answered 202 when its time is over, and the message goes on', async () => {
    const token = await scene.device('slow');
    scene.fault(token, { kind: 'answer', status: 200, latencyMs: 2_000 }, 1);
    const answer = await send({ devices: ['slow'] }, 1);
    assert.equal(answer.status, 202);
    assert.equal(applied(answer), 'wait=1');
    assert.equal(answer.body.status, 'queued');
    assert.equal('deliveries' in answer.body, false);
    assert.equal((await scene.reaches(answer.body.id)).counts.sent, 1);
  });

  it('waits for 100 devices and not for 101', async () => {
    await scene.devices('hundred', 101, (n) => (n === 100 ? 'last' : 'many'));
    const hundred = await send({ users: ['many'] }, 20);
    assert.deepEqual([hundred.status, hundred.body.deliveries?.length], [200, 100]);
    const more = await send({ users: ['many', 'last'] }, 20);
    assert.deepEqual([more.status, applied(more), more.body.audience.devices], [202, null, 101]);
    await scene.reaches(more.body.id);
  });

  it('waits for the first message when its key is repeated', async () => {
    await scene.device('twice');
    const once = () =>
      scene.call<Settled>(
        'POST',
        '/v1/messages',
        { to: { devices: ['twice'] }, ...VISIBLE },
        { prefer: 'wait=20', 'idempotency-key': 'wait-1' },
      );
    const [first, again] = [await once(), await once()];
    assert.deepEqual([first.status, again.status, again.body.id], [200, 200, first.body.id]);
    assert.equal(again.headers.get('idempotency-replayed'), 'true');
    assert.deepEqual(again.body.deliveries, first.body.deliveries);
  });

  it('does not hold up the end of the process', async () => {
    const own = await openScene({ roles: ['api'] });
    try {
      await own.device('never');
      const answer = own.call(
        'POST',
        '/v1/messages',
        { to: { devices: ['never'] }, ...VISIBLE },
        { prefer: 'wait=30' },
      );
      // Stored, so that the call is waiting or about to.
      const stored = await waitForOne(own);
      assert.equal(stored, 1);
      const started = performance.now();
      await own.gateway.stop();
      assert.ok(performance.now() - started < 4_000, 'well before the grace of 5 s and the wait of 30 s are over');
      assert.equal((await answer).status, 202);
    } finally {
      await own.world.close();
    }
  });
});

async function waitForOne(scene: Scene): Promise<number> {
  for (;;) {
    const { body } = await scene.call<{ data: readonly object[] }>('GET', '/v1/messages');
    if (body.data.length > 0) return body.data.length;
  }
}
