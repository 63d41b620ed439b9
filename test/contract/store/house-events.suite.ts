import assert from 'node:assert/strict';
import { EVENT_TYPES } from '../../../src/domain/event.js';
import type { AccountPause } from '../../../src/ports/account-store.js';
import type { DeviceChange } from '../../../src/ports/device-store.js';
import { registration, upsert } from './devices.suite.js';
import { type OpenedStore, Scene } from './scene.js';

/** Events of devices, accounts and upstream messages: written with the change, and only then. */
export function houseEventsSuite(get: () => OpenedStore): void {
  describe('events of devices', () => {
    /** An app whose every event is wanted. */
    async function told() {
      const scene = new Scene();
      await get().wantEvents(scene.app, EVENT_TYPES);
      const words = async () => (await get().told(scene.app)).map(({ type, data }) => [type, data] as const);
      let seen = 0;
      /** Those since the last look. */
      const news = async () => {
        const all = await words();
        const fresh = all.slice(seen);
        seen = all.length;
        return fresh;
      };
      const change = (...changes: readonly DeviceChange[]) => get().devices.change(changes, scene.now);
      const token = (text: string | null, slot = {}) => registration(get(), scene.app, text, slot);
      return { scene, news, change, token };
    }

    it('tells of a device that was made, and of each change that changes something', async () => {
      const { scene, news, change, token } = await told();
      const { app } = scene;
      const updated = [['device.updated', { device: 'd1' }]];
      const full = { platform: 'ios', user: 'ann', locale: 'fr' } as const;
      const names = {
        attributes: { size: 3, nested: 'x' },
        tags: { kind: 'replace', names: ['b', 'a'] },
        topics: { kind: 'replace', names: ['news'] },
      } as const;
      const whole = { ...upsert(app, 'd1', full, [token('t1')]), ...names };
      await change(whole);
      assert.deepEqual(await news(), [['device.registered', { device: 'd1' }]]);
      await change(whole);
      await change(upsert(app, 'd1', {}));
      await change({ ...upsert(app, 'd1'), tags: { kind: 'edit', add: ['a'], remove: ['z'] } });
      await change({ ...upsert(app, 'd1'), topics: { kind: 'edit', add: ['news'], remove: ['z'] } });
      await change(upsert(app, 'd1', { model: null }, [token(null, { purpose: 'voip' })]));
      assert.deepEqual(await news(), [], 'what was so before is no change');
      const changes: readonly DeviceChange[] = [
        upsert(app, 'd1', { user: 'bob' }),
        upsert(app, 'd1', { user: null }),
        upsert(app, 'd1', { locale: 'de' }),
        upsert(app, 'd1', { locale: null }),
        upsert(app, 'd1', { platform: 'macos' }),
        { ...upsert(app, 'd1', {}), attributes: { size: 4 } },
        { ...upsert(app, 'd1', {}), attributes: { nested: null } },
        { ...upsert(app, 'd1', {}), tags: { kind: 'edit', add: [], remove: ['a'] } },
        { ...upsert(app, 'd1', {}), topics: { kind: 'edit', add: ['sport'], remove: [] } },
        { ...upsert(app, 'd1', {}), topics: { kind: 'replace', names: [] } },
        upsert(app, 'd1', {}, [token('t2')]),
        upsert(app, 'd1', {}, [token('t3', { purpose: 'voip' })]),
        upsert(app, 'd1', {}, [token(null, { purpose: 'voip' })]),
        upsert(app, 'd1', {}, [{ ...token('t2'), region: 'cn' }]),
      ];
      for (const one of changes) {
        await change(one);
        assert.deepEqual(await news(), updated, JSON.stringify(one));
      }
    });

    it('tells of a device that lost its push token to another, and of each device once', async () => {
      const { scene, news, change, token } = await told();
      await change(upsert(scene.app, 'a', undefined, [token('t')]), upsert(scene.app, 'b'), upsert(scene.app, 'c'));
      assert.equal((await news()).length, 3);
      await change(upsert(scene.app, 'b', { locale: 'fr' }, [token('t')]), upsert(scene.app, 'd'));
      assert.deepEqual(await news(), [
        ['device.registered', { device: 'd' }],
        ['device.updated', { device: 'b' }],
        ['device.updated', { device: 'a' }],
      ]);
    });

    it('tells nothing of a change that was refused', async () => {
      const { scene, news, change } = await told();
      await change(upsert(scene.app, 'a'));
      await news();
      const many = Array.from({ length: 2_000 }, (_, n) => `tag${n}`);
      const [full] = await change({ ...upsert(scene.app, 'a'), tags: { kind: 'replace', names: many } });
      assert.equal(full?.kind, 'too_many');
      await change({ ...upsert(scene.app, 'x', {}), mode: 'update' }, upsert(scene.app, 'y', {}));
      await change({ ...upsert(scene.app, 'a', { locale: 'fr' }), own: { user: 'mallory' } });
      await get().devices.remove(scene.app, 'nobody', scene.now);
      assert.deepEqual(await news(), []);
    });

    it('tells of many devices in blocks, and of those of another app in that one’s log', async () => {
      const [here, there] = [await told(), await told()];
      const made = Array.from({ length: 40 }, (_, n) => upsert((n % 2 === 0 ? here : there).scene.app, `d${n}`));
      await get().devices.change(made, here.scene.now);
      assert.deepEqual(
        [(await here.news()).length, (await there.news()).map(([, data]) => data).includes({ device: 'd0' })],
        [20, false],
      );
    });

    it('tells of devices that were removed, one by one or with their user', async () => {
      const { scene, news, change, token } = await told();
      const { devices, erasure } = get();
      const ann = { platform: 'ios', user: 'ann' } as const;
      await change(upsert(scene.app, 'a', ann, [token('t')]), upsert(scene.app, 'b', ann), upsert(scene.app, 'c', ann));
      await news();
      await devices.remove(scene.app, 'a', scene.now);
      await devices.remove(scene.app, 'a', scene.now);
      assert.deepEqual(await news(), [['device.removed', { device: 'a' }]]);
      await erasure.removeDevices(scene.app, 'ann', 10, scene.now);
      assert.deepEqual((await news()).map(([type, { device } = {}]) => [type, device]).sort(), [
        ['device.removed', 'b'],
        ['device.removed', 'c'],
      ]);
    });

    it('tells of those that are subscribed or not any more', async () => {
      const { scene, news, change } = await told();
      const { topics } = get();
      await change(upsert(scene.app, 'a'), upsert(scene.app, 'b', { platform: 'ios', user: 'ben' }));
      await news();
      await topics.subscribe(scene.app, 'news', { devices: ['a'], users: ['ben'] }, scene.now);
      assert.equal((await news()).length, 2);
      await topics.subscribe(scene.app, 'news', { devices: ['a', 'b'], users: [] }, scene.now);
      await topics.unsubscribe(scene.app, 'news', { devices: ['a'], users: [] }, scene.now);
      await topics.unsubscribe(scene.app, 'news', { devices: ['a'], users: [] }, scene.now);
      assert.deepEqual(await news(), [['device.updated', { device: 'a' }]]);
    });

    it('tells once that a push token is dead, and which', async () => {
      const { scene, news, change, token } = await told();
      const { devices } = get();
      const { app } = scene;
      const [a, b] = [token('ta'), token('tb')];
      await change(upsert(app, 'a', undefined, [a]), upsert(app, 'b', undefined, [b]));
      await news();
      const dead = (one: typeof a, reason: string) => ({
        app,
        provider: 'apns',
        tokenHash: one.tokenHash ?? '',
        reason,
      });
      await devices.retire(
        [dead(a, 'Unregistered'), { ...dead(b, 'Unregistered'), asOf: scene.now - 1 }],
        scene.now + 1,
      );
      await devices.retire([dead(a, 'Unregistered')], scene.now + 2);
      assert.deepEqual(await news(), [
        ['device.token_invalid', { device: 'a', provider: 'apns', token_hash: a.tokenHash, reason: 'Unregistered' }],
      ]);
      for (let day = 1; day <= 4; day++)
        await devices.strike([dead(b, 'BadDeviceToken')], scene.now + day * 86_400_000);
      assert.deepEqual(
        (await news()).map(([type, data]) => [type, data?.reason]),
        [['device.token_invalid', 'BadDeviceToken']],
      );
    });

    it('writes nothing where nobody wants to hear of it', async () => {
      const scene = new Scene();
      const { devices, wantEvents, told: read } = get();
      await wantEvents(scene.app, ['device.removed']);
      await devices.change([upsert(scene.app, 'a'), upsert(scene.app, 'b')], scene.now);
      await devices.remove(scene.app, 'a', scene.now + 7);
      assert.deepEqual(await read(scene.app), [{ type: 'device.removed', at: scene.now + 7, data: { device: 'a' } }]);
    });

    it('has one event for each change that was made, whoever changes at once', async () => {
      const { scene, news, token } = await told();
      const { devices } = get();
      const moves = Array.from({ length: 12 }, (_, n) =>
        devices.change([upsert(scene.app, `d${n % 3}`, { platform: 'ios', model: `m${n}` }, [token('t')])], scene.now),
      );
      await Promise.all(moves);
      const events = await news();
      assert.equal(events.filter(([type]) => type === 'device.registered').length, 3);
      assert.ok(events.filter(([type]) => type === 'device.updated').length >= 9, 'each has a model of its own');
    });
  });

  describe('events of accounts', () => {
    const pauseOf = (scene: Scene, change: Partial<AccountPause> = {}): AccountPause => ({
      ...{ app: scene.app, provider: 'apns', until: scene.now + 1_000, reason: 'provider_unavailable' },
      ...{ failures: 1, since: scene.now, ...change },
    });
    async function opened() {
      const scene = new Scene();
      await get().wantEvents(scene.app, EVENT_TYPES);
      const words = async () =>
        (await get().told(scene.app)).map(({ type, data }) => [type, data.reason ?? null, data.since]);
      return { scene, words, accounts: get().accounts };
    }

    it('tells once that an account is paused, and once that something passed', async () => {
      const { scene, words, accounts } = await opened();
      const { app, now } = scene;
      await accounts.resume(app, 'apns', now);
      await Promise.all([1, 2, 3].map((failures) => accounts.pause(pauseOf(scene, { failures }), now)));
      await accounts.pause(pauseOf(scene, { reason: 'rate_limited' }), now + 1);
      await accounts.resume(app, 'apns', now + 2);
      await accounts.resume(app, 'apns', now + 2);
      assert.deepEqual(await words(), [
        ['provider.degraded', 'provider_unavailable', now],
        ['provider.recovered', null, now],
      ]);
    });

    it('tells of the trouble of a class by itself; what another class gets through says nothing about it', async () => {
      const { scene, accounts } = await opened();
      const { app, now } = scene;
      const parked = pauseOf(scene, { class: 'marketing', reason: 'quota_exceeded' });
      await accounts.pause(parked, now);
      await accounts.pause({ ...parked, until: now + 2_000 }, now + 1);
      await accounts.pause(pauseOf(scene), now);
      await accounts.resume(app, 'apns', now + 2);
      await accounts.accepted([{ app, provider: 'apns', at: now + 3 }], now + 3);
      await accounts.resume(app, 'apns', now + 4, 'transactional');
      await accounts.resume(app, 'apns', now + 5, 'marketing');
      const told = (await get().told(app)).map(({ type, data }) => [type, data.class ?? null, data.reason ?? null]);
      assert.deepEqual(told, [
        ['provider.degraded', 'marketing', 'quota_exceeded'],
        ['provider.degraded', null, 'provider_unavailable'],
        ['provider.recovered', null, null],
        ['provider.recovered', 'marketing', null],
      ]);
    });

    it('tells that a class is well whose pause was forgotten, once something of it passed, and of its next trouble', async () => {
      const { scene, accounts } = await opened();
      const { app, now } = scene;
      const parked = pauseOf(scene, { class: 'marketing', reason: 'quota_exceeded' });
      const passed = (of: 'marketing' | 'transactional', at: number) =>
        accounts.accepted([{ app, provider: 'apns', class: of, at }], now + 9);
      await accounts.pause(parked, now);
      await passed('marketing', now + 1);
      await accounts.forget(app, 'apns', 'marketing');
      await passed('marketing', now);
      await passed('transactional', now + 2);
      const typesOf = async () => (await get().told(app)).map(({ type, data }) => [type, data.class ?? null]);
      assert.deepEqual(await typesOf(), [['provider.degraded', 'marketing']]);
      await passed('marketing', now + 2);
      await passed('marketing', now + 3);
      await accounts.pause({ ...parked, since: now + 4 }, now + 4);
      assert.deepEqual(await typesOf(), [
        ['provider.degraded', 'marketing'],
        ['provider.recovered', 'marketing'],
        ['provider.degraded', 'marketing'],
      ]);
    });

    it('tells once, for each number of days, that a credential ends', async () => {
      const { scene, accounts } = await opened();
      const end = { app: scene.app, provider: 'apns', credential: 'certificate', endsAt: scene.now + 7, days: 30 };
      await accounts.expiring([], scene.now);
      await Promise.all([1, 2, 3].map(() => accounts.expiring([end, end], scene.now)));
      await accounts.expiring(
        [
          { ...end, days: 7 },
          { ...end, endsAt: scene.now + 9 },
        ],
        scene.now + 1,
      );
      const log = await get().told(scene.app);
      assert.deepEqual(
        log.map(({ type, data }) => [type, data.provider, data.credential, data.expires_at]).sort(),
        [7, 7, 9].map((left) => ['credential.expiring', 'apns', 'certificate', scene.now + left]),
      );
    });

    it('tells that credentials are refused, and not again when they are tried once more in vain', async () => {
      const { scene, words, accounts } = await opened();
      const { app, now } = scene;
      await accounts.pause(pauseOf(scene), now);
      await accounts.pause(pauseOf(scene, { reason: 'credential_rejected' }), now);
      await accounts.forget(app, 'apns');
      assert.deepEqual(
        (await accounts.pauses()).filter((one) => one.app === app),
        [],
      );
      await accounts.pause(pauseOf(scene, { reason: 'credential_rejected', since: now + 5 }), now + 5);
      assert.deepEqual(
        (await words()).map(([type]) => type),
        ['provider.degraded', 'credential.rejected'],
      );
      await accounts.accepted([{ app, provider: 'apns', at: now + 6 }], now + 6);
      assert.equal((await words()).length, 2, 'it is paused still: that one left before');
      await accounts.forget(app, 'apns');
      await accounts.accepted([{ app, provider: 'apns', at: now + 7 }], now + 7);
      await accounts.accepted([{ app, provider: 'apns', at: now + 8 }], now + 8);
      assert.deepEqual((await words()).slice(2), [['provider.recovered', null, now]]);
    });
  });

  describe('events of upstream messages', () => {
    it('names each message that was taken, once, and not what it says nor who said it', async () => {
      const scene = new Scene();
      const { upstream, wantEvents, told: read } = get();
      await wantEvents(scene.app, ['client.upstream']);
      const batch = {
        ...{ app: scene.app, device: 'phone', user: 'ann', stream: 's' },
        items: [1, 2].map((n) => ({ n, topic: 'chat', data: { secret: n }, at: scene.now - n })),
      };
      await upstream.add([batch], scene.now);
      await upstream.add([batch], scene.now + 1);
      const listed = (await upstream.list(scene.app, { limit: 10 })).items;
      assert.deepEqual(
        await read(scene.app),
        listed.map(({ id, device, topic, at }) => ({
          type: 'client.upstream',
          at: scene.now,
          data: { id, device, topic, at },
        })),
      );
      assert.equal(listed.length, 2);
    });
  });
}
