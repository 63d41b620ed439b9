import assert from 'node:assert/strict';
import { readLedger } from '../../support/verdict.js';
import { openWorld } from '../../support/world.js';
import { type Arrival, openScene, type Scene, VISIBLE } from '../delivery/scene.js';

interface Plan {
  readonly providers: readonly {
    readonly provider: string;
    readonly payload?: unknown;
    readonly vendor?: { readonly verdict: string; readonly detail: string };
  }[];
  readonly errors?: readonly { readonly parameter?: string; readonly code: string }[];
}

const TOKEN = `${'v'.repeat(22)}:${'A'.repeat(140)}`;

describe('a message that vendors are asked about', function () {
  this.timeout(60_000);
  let scene: Scene;
  before(async () => {
    scene = await openScene({ world: await openWorld() });
    const [browser] = await scene.world.simulators.webpush.subscribe({ service: 'mozilla', count: 1 });
    await scene.device('droid', {
      ...{ user: 'vera', platform: 'android' },
      registrations: [{ provider: 'fcm', token: TOKEN }],
    });
    await scene.device('tab', {
      ...{ user: 'vera', platform: 'web' },
      registrations: [{ provider: 'webpush', token: browser }],
    });
  });
  after(() => scene?.world.close());

  const validate = (body: unknown, query = '?providers=true') =>
    scene.call<Plan>('POST', `/v1/messages/validate${query}`, body);
  const verdicts = async (body: unknown, query?: string) => {
    const answer = await validate(body, query);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return Object.fromEntries(answer.body.providers.map(({ provider, vendor }) => [provider, vendor?.verdict]));
  };
  const accepted = () =>
    readLedger(scene.world.simulators.ledger).filter((line) => line.accepted && line.token === TOKEN);

  it('is judged by those that can, and reaches nobody', async () => {
    const body = { to: { users: ['vera'] }, ...VISIBLE };
    assert.deepEqual(await verdicts(body), { apns: undefined, fcm: 'accepted', webpush: undefined });
    assert.deepEqual(await verdicts(body, '?providers=false'), { apns: undefined, fcm: undefined, webpush: undefined });
    assert.deepEqual(await verdicts(body, ''), { apns: undefined, fcm: undefined, webpush: undefined });
    assert.deepEqual(accepted(), []);
  });

  it('is judged for a bare push token too, and for nobody not at all', async () => {
    const push_tokens = [{ provider: 'fcm', token: TOKEN }];
    assert.equal((await verdicts({ to: { push_tokens }, ...VISIBLE })).fcm, 'accepted');
    assert.equal((await verdicts({ to: { users: ['nobody'] }, ...VISIBLE })).fcm, 'not_askable');
  });

  it('retires nothing when the vendor says that the address is dead', async () => {
    scene.world.simulators.faults.add({
      ...{ provider: 'fcm', match: { token: TOKEN }, times: 1 },
      fault: { kind: 'answer', status: 404, reason: 'UNREGISTERED' },
    });
    const [, fcm] = (await validate({ to: { devices: ['droid'] }, ...VISIBLE })).body.providers;
    assert.equal(fcm?.vendor?.verdict, 'refused');
    assert.match(fcm?.vendor?.detail ?? '', /registration token is dead \(404 UNREGISTERED/);
    const { registrations, retired } = await scene.show('droid');
    assert.deepEqual([registrations.length, retired.length], [1, 0]);
  });

  it('shows the payloads that then arrive', async () => {
    const body = { to: { users: ['vera'] }, notification: { title: 'Paid' }, data: { a: 'b' } };
    const shown = new Map((await validate(body, '')).body.providers.map((one) => [one.provider, one.payload]));
    await scene.reaches(await scene.send(body.to, { notification: body.notification, data: body.data }));
    const arrived = new Map(scene.arrivals().flatMap((line) => (line.accepted ? [[roadOf(line), line.payload]] : [])));
    const plain = (value: unknown) => JSON.parse(JSON.stringify(value).replaceAll(/msg_[0-9a-z]*/g, ''));

    const { payload } = shown.get('webpush') as { payload: unknown };
    const encrypted = arrived.get('webpush') as { pealbell: { tag: string } };
    assert.match(encrypted.pealbell.tag, /^msg_[0-9a-z]+$/);
    assert.deepEqual(plain(payload), plain(encrypted));

    const preview = shown.get('fcm') as { message: Record<string, unknown> };
    const { message } = arrived.get('fcm') as { message: Record<string, unknown> };
    for (const part of ['notification', 'data']) assert.deepEqual(plain(preview.message[part]), plain(message[part]));
  });

  it('is refused for a parameter that is neither true nor false, or unknown', async () => {
    for (const [query, code] of [
      ['?providers=yes', 'invalid_value'],
      ['?providers=true&providers=true', 'invalid_value'],
      ['?provider=true', 'unknown_parameter'],
    ] as const) {
      const { status, body } = await validate({ to: { users: ['vera'] }, ...VISIBLE }, query);
      assert.deepEqual([status, body.errors?.[0]?.code], [422, code], query);
    }
  });
});

function roadOf({ token }: Arrival): string {
  return token.startsWith('https:') ? 'webpush' : 'fcm';
}
