import assert from 'node:assert/strict';
import type { Quotas } from '../../../providers/contract.js';
import { openQuotaVendor, type QuotaVendor } from '../../support/quota-kind.js';
import { openWorld, until } from '../../support/world.js';
import { type DeliveryBody, MovedClock, newToken, openScene, type Scene, VISIBLE } from './scene.js';

const HOUR_MS = 3_600_000;
const TRANSACTIONAL_PER_DAY = 10;
/** So that the vendor's day turns in twelve hours, whenever this runs. */
const QUOTAS: Quotas = {
  dayStartsMinutes: (Math.floor(Date.now() / 60_000) + 720) % 1_440,
  quotas: [
    { class: 'marketing', per: 'device', max: 2 },
    { class: 'transactional', per: 'account', max: TRANSACTIONAL_PER_DAY },
  ],
  tellAt: [0.5, 1],
};

interface ProviderBody {
  readonly state: string;
  readonly parked: readonly { class: string; reason: string }[];
  readonly quotas: readonly {
    readonly class: string;
    readonly per: string;
    readonly max: number | null;
    readonly used: number | null;
    readonly left: number | null;
    readonly parked_until: string | null;
  }[];
}

describe('what a vendor lets through in a day', function () {
  this.timeout(60_000);
  let scene: Scene;
  let vendor: QuotaVendor;
  before(async () => {
    const clock = new MovedClock();
    vendor = openQuotaVendor(QUOTAS, () => clock.now());
    const world = await openWorld({ now: () => clock.now() });
    scene = { ...(await openScene({ world, variations: { kinds: [vendor.kind], clock } })), clock };
  });
  after(() => scene?.world.close());

  const fcmToken = (name: string) => `${'x'.repeat(22)}:APA91b${name.padEnd(120, 'a')}`;
  let made = 0;
  /** An Android phone with an address at the vendor, and one at another that comes after it. */
  async function phone(alsoAt: 'apns' | 'nobody' = 'apns'): Promise<string> {
    const id = `phone${made++}`;
    const own = { provider: 'fcm', token: fcmToken(id) };
    const registrations = alsoAt === 'apns' ? [own, { provider: 'apns', token: newToken() }] : [own];
    await scene.device(id, { platform: 'android', registrations });
    return id;
  }
  const send = (devices: readonly string[], of: 'marketing' | 'transactional' = 'marketing', more = {}) =>
    scene.send({ devices }, { ...VISIBLE, class: of, ...more });
  /** Over which road each delivery ended, and how. */
  async function endsOf(message: string): Promise<string[]> {
    await scene.reaches(message);
    return (await scene.deliveries(message)).map(wayOf);
  }
  const wayOf = ({ provider, state, reason }: DeliveryBody) => [provider, state, reason].filter(Boolean).join(' ');
  const provider = async () => (await scene.call<ProviderBody>('GET', '/v1/providers/fcm')).body;

  it('sends a device as many marketing messages as it may have; the next one goes over the next road', async () => {
    const id = await phone();
    const ends: string[] = [];
    for (let n = 0; n < 3; n++) ends.push(...(await endsOf(await send([id]))));
    assert.deepEqual(ends, ['fcm sent', 'fcm sent', 'apns sent']);
    assert.equal(vendor.asked.marketing, 2);
    assert.deepEqual(await endsOf(await send([id], 'transactional')), ['fcm sent'], 'only marketing is capped');
    const others = [await phone(), await phone()];
    assert.deepEqual(await endsOf(await send([...others, id])), ['apns sent', 'fcm sent', 'fcm sent']);
  });

  it('ends with the name of the cap where there is no other road, and counts bare push tokens by themselves', async () => {
    const to = { push_tokens: [{ provider: 'fcm', token: fcmToken('bare') }] };
    const sent: string[] = [];
    for (let n = 0; n < 3; n++) sent.push(await scene.send(to, { ...VISIBLE, class: 'marketing' }));
    for (const id of sent) await scene.reaches(id);
    const deliveries = await Promise.all(sent.map((id) => scene.delivery(id)));
    assert.deepEqual(deliveries.map(wayOf).sort(), ['fcm failed quota_exceeded', 'fcm sent', 'fcm sent']);
    const capped = sent[deliveries.findIndex(({ state }) => state === 'failed')];
    const { body } = await scene.call('GET', `/v1/messages/${capped}/timeline`);
    assert.match(JSON.stringify(body), /the device has had 2, as many as it may have in a day of the vendor/);
    assert.match(JSON.stringify(body), /marketing_per_device/);
  });

  it('counts what was taken, not what was tried', async () => {
    const id = await phone('nobody');
    const busy = { kind: 'deferred', scope: 'target', reason: 'timeout' } as const;
    vendor.next.push({ kind: 'rejected', reason: 'payload_rejected' }, busy, { kind: 'uncertain' }, busy);
    const rejected = await endsOf(await send([id]));
    // Twice busy, and once nobody knows: it may have arrived, and is sent again in the same place.
    const insisted = await endsOf(await send([id]));
    const ends = [rejected, insisted, await endsOf(await send([id])), await endsOf(await send([id]))].flat();
    assert.deepEqual(ends, ['fcm failed payload_rejected', 'fcm sent', 'fcm sent', 'fcm failed quota_exceeded']);
  });

  it('parks marketing when the vendor says that its quota is used up, until its day turns', async () => {
    const [roaming, waiting] = [await phone(), await phone('nobody')];
    vendor.marketingLeft = 0;
    const askedBefore = vendor.asked.marketing;
    const first = await send([waiting], 'marketing', { delivery: { ttl: '2d' } });
    const parked = await until(provider, (body) => body.parked.length > 0);
    assert.deepEqual([parked.state, parked.parked[0]?.class], ['ok', 'marketing']);
    assert.deepEqual(
      parked.parked.map(({ reason }) => reason),
      ['quota_exceeded'],
    );
    const held = await send([waiting, roaming], 'marketing', { delivery: { ttl: '2d' } });
    assert.deepEqual(await endsOf(await send([roaming])), ['apns sent']);
    assert.deepEqual(await endsOf(await send([waiting, roaming], 'transactional')), ['fcm sent', 'fcm sent']);
    assert.equal(vendor.asked.marketing, askedBefore + 1, 'nobody asked again');
    const waits = await until(
      () => scene.deliveries(held),
      (all) => all.some(({ state }) => state === 'sent') && all.some(({ attempts }) => attempts.length === 1),
    );
    assert.deepEqual(waits.map(wayOf).sort(), ['apns sent', 'fcm queued']);
    const { detail } = waits.find(({ state }) => state === 'queued')?.attempts[0] ?? {};
    assert.equal(detail, 'not asked: marketing messages are paused');

    vendor.marketingLeft = 1_000;
    scene.clock.forward(12 * HOUR_MS);
    assert.deepEqual(await endsOf(first), ['fcm sent']);
    assert.deepEqual((await endsOf(held)).sort(), ['apns sent', 'fcm sent']);
    assert.deepEqual((await until(provider, (body) => body.parked.length === 0)).state, 'ok');
    assert.deepEqual(await endsOf(await send([roaming])), ['fcm sent']);
  });

  it('counts what an app was let through, shows what is left, and parks the class when nothing is', async () => {
    const phones = await Promise.all(Array.from({ length: TRANSACTIONAL_PER_DAY }, () => phone()));
    const account = async () => (await provider()).quotas.find(({ per }) => per === 'account');
    assert.deepEqual(await endsOf(await send(phones.slice(0, 6), 'transactional')), Array(6).fill('fcm sent'));
    const { max, used, left } = (await account()) ?? {};
    assert.deepEqual({ max, used, left }, { max: 10, used: 6, left: 4 });
    await endsOf(await send(phones.slice(6), 'transactional'));
    const spent = await until(account, (quota) => quota?.parked_until !== null);
    assert.deepEqual([spent?.used, spent?.left], [10, 0]);
    const taken = vendor.taken.transactional;
    assert.deepEqual(await endsOf(await send(phones.slice(0, 1), 'transactional')), ['apns sent']);
    assert.deepEqual(await endsOf(await send(phones.slice(0, 1))), ['fcm sent'], 'marketing goes on');
    assert.equal(vendor.taken.transactional, taken);
    const ratio = /pealbell_quota_remaining_ratio\{app="demo",provider="fcm",class="transactional"\} [01]/;
    await until(
      async () => (await fetch(`${scene.gateway.admin.url}/metrics`)).text(),
      (text) => ratio.test(text),
    );
  });
});
