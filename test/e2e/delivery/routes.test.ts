import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '../../../config/load.js';
import type { Fault } from '../../../providers/simulation.js';
import { openWorld, until } from '../../support/world.js';
import { type DeliveryBody, nameOf, newToken, openScene, type Scene, total, VISIBLE } from './scene.js';

const ROUTES = `routes:
  apns_only: [{ via: native }]
  fcm_first: [{ via: fcm }, { via: native, after: [token_invalid] }]
  mended: [{ via: native }, { via: fcm, after: [credential_rejected] }]
`;
const DEAD: Fault = { kind: 'answer', status: 410, reason: 'Unregistered' };
const GONE: Fault = { kind: 'answer', status: 404, reason: 'UNREGISTERED' };
const DOWN: Fault = { kind: 'answer', status: 503, reason: 'ServiceUnavailable' };

let phones = 0;

describe('a device with two roads', function () {
  this.timeout(60_000);
  let scene: Scene;

  /** What befalls an account lasts longer than a test: who troubles one has a gateway of its own. */
  function overAGatewayOfItsOwn(): void {
    before(async () => {
      const world = await openWorld();
      await appendFile(join(world.configDir, 'apps', 'demo.yaml'), ROUTES);
      const read = () => readConfig({ dir: world.configDir, env: {} });
      scene = await openScene({ world, variations: { readConfig: read } });
    });
    after(() => scene.world.close());
  }

  /** An iPhone that is reached over FCM as well. */
  async function phone(id: string, fields: object = {}): Promise<{ apns: string; fcm: string }> {
    const apns = newToken();
    const fcm = `${String(phones++).padStart(22, 'f')}:${'A'.repeat(120)}`;
    const registrations = [
      { provider: 'apns', token: apns },
      { provider: 'fcm', token: fcm },
    ];
    const answer = await scene.call('PUT', `/v1/devices/${id}`, { platform: 'ios', registrations, ...fields });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return { apns, fcm };
  }
  const faultAt = (provider: string, match: { token: string } | { rate: number }, fault: Fault) =>
    void scene.world.simulators.faults.add({ provider, match, fault });
  const told = ({ state, reason, provider, attempts }: DeliveryBody) => ({
    end: [state, reason, provider],
    attempts: attempts.map((attempt) => [
      (attempt as { provider?: string }).provider,
      attempt.outcome,
      attempt.reason ?? null,
    ]),
  });
  const accepted = (token: string) => scene.arrivals(token).filter((arrival) => arrival.accepted).length;

  describe('whose addresses may be dead', () => {
    overAGatewayOfItsOwn();

    it('is reached over the second when its address on the first is dead, as one delivery', async () => {
      const { apns, fcm } = await phone('dead');
      faultAt('apns', { token: apns }, DEAD);
      const id = await scene.send({ devices: ['dead'] });
      const done = await scene.reaches(id);
      assert.deepEqual([done.devices, done.settled, done.counts.sent, done.reasons], [1, 1, 1, {}]);
      assert.deepEqual(told(await scene.delivery(id)), {
        end: ['sent', null, 'fcm'],
        attempts: [
          ['apns', 'unregistered', 'token_invalid'],
          ['fcm', 'accepted', null],
        ],
      });
      assert.equal(accepted(fcm), 1);
      const { retired } = await until(
        () => scene.show('dead'),
        (device) => device.retired.length === 1,
      );
      assert.equal(retired.length, 1);
      // The next message begins where the device can be reached.
      const next = await scene.send({ devices: ['dead'] });
      await scene.reaches(next);
      assert.equal((await scene.delivery(next)).attempts.length, 1);
    });

    it('fails with the last reason where both are dead', async () => {
      const { apns, fcm } = await phone('both');
      faultAt('apns', { token: apns }, DEAD);
      faultAt('fcm', { token: fcm }, GONE);
      const id = await scene.send({ devices: ['both'] });
      const done = await scene.reaches(id);
      assert.deepEqual([done.counts.failed, done.reasons, total(done.counts)], [1, { token_invalid: 1 }, 1]);
      const { end, attempts } = told(await scene.delivery(id));
      assert.deepEqual(end, ['failed', 'token_invalid', 'fcm']);
      assert.equal(attempts.length, 2);
    });

    it('takes the route that the message names, and tells it', async () => {
      const { apns, fcm } = await phone('named');
      faultAt('apns', { token: apns }, DEAD);
      const send = async (route: string) => {
        const id = await scene.send({ devices: ['named'] }, { ...VISIBLE, delivery: { route } });
        const done = (await scene.reaches(id)) as unknown as { route: string };
        assert.equal(done.route, route);
        return told(await scene.delivery(id));
      };
      assert.deepEqual((await send('fcm_first')).attempts, [['fcm', 'accepted', null]]);
      assert.deepEqual(await send('apns_only'), {
        end: ['failed', 'token_invalid', 'apns'],
        attempts: [['apns', 'unregistered', 'token_invalid']],
      });
      assert.equal(accepted(fcm), 1);
      const unknown = { to: { devices: ['named'] }, ...VISIBLE, delivery: { route: 'fcm_frist' } };
      const { status, body } = await scene.call('POST', '/v1/messages', unknown);
      assert.deepEqual(
        [status, body.errors],
        [
          422,
          [
            {
              pointer: '/delivery/route',
              code: 'unknown_route',
              detail: "'fcm_frist' is not a route of this app; did you mean 'fcm_first'?",
            },
          ],
        ],
      );
    });

    it('is not reached over a road that the message leaves out', async () => {
      const { apns, fcm } = await phone('only');
      faultAt('apns', { token: apns }, DEAD);
      const id = await scene.send({ devices: ['only'] }, { ...VISIBLE, only: { providers: ['apns', 'webpush'] } });
      assert.deepEqual((await scene.reaches(id)).reasons, { token_invalid: 1 });
      assert.equal(accepted(fcm), 0);
    });

    it('has its steps told before anything is sent', async () => {
      await phone('planned');
      const android = {
        platform: 'android',
        registrations: [{ provider: 'fcm', token: `${'g'.repeat(22)}:${'B'.repeat(120)}` }],
      };
      assert.equal((await scene.call('PUT', '/v1/devices/a1', android)).status, 201);
      const laptop = {
        platform: 'linux',
        registrations: android.registrations.map((r) => ({ ...r, token: `${'h'.repeat(22)}:${'B'.repeat(120)}` })),
      };
      assert.equal((await scene.call('PUT', '/v1/devices/l1', laptop)).status, 201);
      const plan = async (delivery: object) =>
        (
          await scene.call('POST', '/v1/messages/validate', {
            to: { devices: ['planned', 'a1', 'l1'] },
            ...VISIBLE,
            delivery,
          })
        ).body.steps;
      assert.deepEqual(await plan({}), [
        { via: 'native', provider: 'apns', devices: 1 },
        { via: 'native', provider: 'fcm', devices: 1 },
        { via: 'apns', provider: 'apns', devices: 0 },
        { via: 'fcm', provider: 'fcm', devices: 1 },
        { via: 'webpush', provider: 'webpush', devices: 0 },
      ]);
      assert.deepEqual(await plan({ route: 'fcm_first' }), [
        { via: 'fcm', provider: 'fcm', devices: 3 },
        { via: 'native', provider: null, devices: 0 },
      ]);
    });

    it('ends on the way when the message is canceled, and every one is counted once', async () => {
      const names = Array.from({ length: 120 }, (_, n) => nameOf('cancel', n));
      const made = await Promise.all(names.map((name) => phone(name)));
      for (const { apns } of made) faultAt('apns', { token: apns }, { ...DEAD, latencyMs: 40 });
      const before = scene.arrivals().length;
      const id = await scene.send({ devices: names });
      await until(
        async () => scene.arrivals().length,
        (count) => count > before + 20,
      );
      assert.equal((await scene.call('POST', `/v1/messages/${id}/cancel`)).status, 200);
      const done = await scene.reaches(id, ({ settled }) => settled === 120);
      assert.deepEqual([done.devices, total(done.counts), done.status], [120, 120, 'canceled']);
      const listed = await scene.deliveries(id);
      assert.equal(new Set(listed.map(({ device }) => device)).size, 120);
      assert.equal(listed.length, 120);
      assert.equal(listed.filter(({ state }) => state === 'sent').length, done.counts.sent);
      assert.ok(listed.every(({ state }) => state !== 'queued'));
    });

    it('is not shown to whoever took the device over on the way', async () => {
      const { apns, fcm } = await phone('taken', { user: 'alice' });
      faultAt('apns', { token: apns }, DEAD);
      faultAt('fcm', { token: fcm }, { kind: 'answer', status: 429, reason: 'QUOTA_EXCEEDED', retryAfterSeconds: 2 });
      const id = await scene.send({ users: ['alice'] });
      await until(
        () => scene.delivery(id),
        ({ attempts }) => attempts.length === 2,
      );
      await scene.call('PUT', '/v1/devices/taken', { user: 'bob' });
      await scene.reaches(id);
      assert.deepEqual(told(await scene.delivery(id)).end.slice(0, 2), ['suppressed', 'user_changed']);
      assert.equal(accepted(fcm), 0);
    });

    it('expires when its message does, whatever road it is on', async () => {
      const { apns, fcm } = await phone('late');
      faultAt('apns', { token: apns }, DEAD);
      faultAt('fcm', { token: fcm }, { kind: 'answer', status: 429, reason: 'QUOTA_EXCEEDED', retryAfterSeconds: 30 });
      const id = await scene.send({ devices: ['late'] }, { ...VISIBLE, delivery: { ttl: '60s' } });
      await until(
        () => scene.delivery(id),
        ({ attempts }) => attempts.length === 2,
      );
      scene.clock.forward(61_000);
      await scene.reaches(id);
      const { end, attempts } = told(await scene.delivery(id));
      assert.deepEqual([end[0], attempts[0]?.[0], attempts[1]?.[0]], ['expired', 'apns', 'fcm']);
    });

    it('keeps to the route its message was accepted with, whatever the file says later', async () => {
      const { apns } = await phone('kept');
      faultAt('apns', { token: apns }, DEAD);
      scene.fault(apns, { kind: 'answer', status: 429, reason: 'TooManyRequests', retryAfterSeconds: 1 }, 1);
      const under = await scene.send({ devices: ['kept'] });
      await until(
        () => scene.delivery(under),
        ({ attempts }) => attempts.length === 1,
      );
      const file = join(scene.world.configDir, 'apps', 'demo.yaml');
      await appendFile(file, '  default: [{ via: native }]\n');
      const reloading = await scene.gateway.liveConfig?.reload('api');
      assert.deepEqual(reloading?.kind === 'reloaded' && reloading.changed, [
        { key: 'apps.demo.routes', change: 'changed' },
      ]);
      await scene.reaches(under);
      assert.deepEqual(told(await scene.delivery(under)).end, ['sent', null, 'fcm']);
      await phone('after');
      const later = await scene.send({ devices: ['after'] });
      await scene.reaches(later);
      const { body } = await scene.call('POST', '/v1/messages/validate', { to: { devices: ['after'] }, ...VISIBLE });
      assert.deepEqual(body.steps, [{ via: 'native', provider: 'apns', devices: 1 }]);
    });
  });

  describe('whose first vendor is away', () => {
    overAGatewayOfItsOwn();

    it('is reached over the second while the first’s vendor is away, and nobody waits for it', async () => {
      const names = Array.from({ length: 30 }, (_, n) => nameOf('down', n));
      const tokens = await Promise.all(names.map((name) => phone(name)));
      faultAt('apns', { rate: 1 }, DOWN);
      const id = await scene.send({ devices: names });
      const done = await scene.reaches(id);
      assert.deepEqual([done.devices, done.counts.sent, done.reasons], [30, 30, {}]);
      for (const { fcm } of tokens) assert.equal(accepted(fcm), 1);
      for (const delivery of await scene.deliveries(id)) {
        const { end, attempts } = told(delivery);
        assert.deepEqual(end, ['sent', null, 'fcm']);
        assert.deepEqual(attempts, [
          ['apns', 'deferred', 'provider_unavailable'],
          ['fcm', 'accepted', null],
        ]);
      }
      // Also when it is not asked at all, because it is paused already.
      const later = await scene.send({ devices: [names[0] ?? ''] });
      await scene.reaches(later);
      assert.deepEqual(told(await scene.delivery(later)).attempts[0], ['apns', 'deferred', 'provider_unavailable']);
    });

    it('with TTL 0 has one attempt on each road, at once', async () => {
      await phone('now');
      faultAt('apns', { rate: 1 }, DOWN);
      const now = { ...VISIBLE, delivery: { ttl: '0s' } };
      const id = await scene.send({ devices: ['now'] }, now);
      assert.equal((await scene.reaches(id)).counts.sent, 1);
      faultAt('fcm', { rate: 1 }, { kind: 'answer', status: 503, reason: 'UNAVAILABLE' });
      const both = await scene.send({ devices: ['now'] }, now);
      await scene.reaches(both);
      const { end, attempts } = told(await scene.delivery(both));
      assert.deepEqual([end, attempts.length], [['failed', 'provider_unavailable', 'fcm'], 2]);
    });
  });

  describe('whose first vendor refuses the credentials', () => {
    overAGatewayOfItsOwn();

    it('goes past credentials that are refused only where the route says so', async () => {
      await phone('refused');
      faultAt('apns', { rate: 1 }, { kind: 'answer', status: 403, reason: 'InvalidProviderToken' });
      const waits = await scene.send({ devices: ['refused'] });
      await scene.reaches(waits, ({ status }) => status === 'blocked');
      const id = await scene.send({ devices: ['refused'] }, { ...VISIBLE, delivery: { route: 'mended' } });
      await scene.reaches(id);
      assert.deepEqual(told(await scene.delivery(id)).attempts.at(-1), ['fcm', 'accepted', null]);
      const kept = await scene.message(waits); // its account is asked again and again meanwhile
      assert.deepEqual([kept.counts.queued, kept.completed_at], [1, null], 'the other keeps waiting');
    });
  });
});
