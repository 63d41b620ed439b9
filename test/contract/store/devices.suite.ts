import assert from 'node:assert/strict';
import type { PushToken } from '../../../src/domain/outcome.js';
import type { DeviceChange, DeviceChangeResult, RegistrationChange } from '../../../src/ports/device-store.js';
import { allPages, type OpenedStore, Scene } from './scene.js';

/** A registration to set, or to remove with `null`. */
export function registration(
  opened: OpenedStore,
  app: string,
  token: string | null,
  slot: { provider?: string; environment?: 'production' | 'sandbox'; purpose?: string } = {},
): RegistrationChange {
  const provider = slot.provider ?? 'apns';
  return {
    provider,
    environment: slot.environment ?? 'production',
    purpose: slot.purpose ?? 'alert',
    token: token as PushToken | null,
    ...(token === null ? {} : { tokenHash: opened.hasher.pushToken(app, provider, token as PushToken) }),
  };
}

export function upsert(
  app: string,
  id: string,
  fields: DeviceChange['fields'] = { platform: 'ios' },
  registrations: readonly RegistrationChange[] = [],
): DeviceChange {
  return { app, id, fields, registrations, mode: 'upsert' };
}

/** `DeviceStore.change`, `get`, `remove`, `list`, `addresses`, `owners`. */
export function devicesSuite(get: () => OpenedStore): void {
  describe('devices', () => {
    const tokensOf = async (app: string, id: string) => {
      const found = await get().devices.addresses([{ app, device: id }]);
      return found.get(`${app}|${id}`)?.registrations.map(({ token }) => token);
    };

    it('tells the languages of devices, and nothing of those whose language nobody knows', async () => {
      const { devices } = get();
      const scene = new Scene();
      const other = new Scene();
      await devices.change(
        [
          upsert(scene.app, 'd1', { platform: 'ios', locale: 'zh-Hans-CN', user: 'ann' }),
          upsert(scene.app, 'd2', { platform: 'ios', user: 'ann' }),
          upsert(other.app, 'd1', { platform: 'ios', locale: 'fr' }),
        ],
        scene.now,
      );
      const asked = ['d1', 'd2', 'd3', 'd1'].map((device) => ({ app: scene.app, device }));
      assert.deepEqual([...(await devices.locales(asked))], [[`${scene.app}|d1`, { device: 'zh-Hans-CN' }]]);
      assert.equal((await devices.locales([])).size, 0);
    });

    it('makes a device, changes only what is named, and clears what is null', async () => {
      const { devices } = get();
      const scene = new Scene();
      const none = { attributes: {}, tags: [], topics: [], registrations: [], retired: [] };
      const base = { app: scene.app, id: 'd1', createdAt: scene.now, ...none };
      const all = {
        platform: 'android',
        user: 'ann',
        manufacturer: 'ACME',
        locale: 'de-CH',
        timezone: 'Europe/Zurich',
        appVersion: '1.2',
        osVersion: '15',
        model: 'P"9',
        notifications: 'on',
      } as const;
      const [made] = await devices.change([upsert(scene.app, 'd1', all)], scene.now);
      assert.deepEqual(made, {
        kind: 'created',
        device: { ...base, ...all, updatedAt: scene.now, lastSeenAt: scene.now },
      });
      const [changed] = await devices.change(
        [upsert(scene.app, 'd1', { locale: 'fr', notifications: 'off', model: null, user: null })],
        scene.now + 1,
      );
      const { model: _, ...kept } = all;
      const expected = {
        ...base,
        ...kept,
        locale: 'fr',
        notifications: 'off',
        user: null,
        updatedAt: scene.now + 1,
        lastSeenAt: scene.now + 1,
      };
      assert.deepEqual(changed, { kind: 'updated', device: expected });
      assert.deepEqual(await devices.get(scene.app, 'd1'), expected);
      const update = { ...upsert(scene.app, 'd1', { user: 'bob', platform: 'harmonyos' }), mode: 'update' as const };
      const [updated] = await devices.change([update], scene.now + 2);
      assert.deepEqual(updated, {
        kind: 'updated',
        device: {
          ...expected,
          user: 'bob',
          platform: 'harmonyos',
          updatedAt: scene.now + 2,
          lastSeenAt: scene.now + 2,
        },
      });
      const [bare] = await devices.change([upsert(scene.app, 'd2')], scene.now);
      assert.deepEqual(bare, {
        kind: 'created',
        device: { ...base, id: 'd2', platform: 'ios', user: null, updatedAt: scene.now, lastSeenAt: scene.now },
      });
    });

    it('makes nothing without a platform, and nothing at all for an update', async () => {
      const { devices } = get();
      const scene = new Scene();
      const token = registration(get(), scene.app, 'a token');
      const results = await devices.change(
        [
          upsert(scene.app, 'no platform', { user: 'ann' }, [token]),
          { ...upsert(scene.app, 'no device', { platform: 'ios' }, [token]), mode: 'update' },
          upsert(scene.app, 'made', { platform: 'ios' }),
        ],
        scene.now,
      );
      assert.deepEqual(
        results.map(({ kind }) => kind),
        ['platform_required', 'missing', 'created'],
      );
      assert.equal(await devices.get(scene.app, 'no platform'), undefined);
      assert.equal(await devices.get(scene.app, 'no device'), undefined);
      assert.deepEqual(await devices.retirementPressure(scene.app, 0), { live: 0, retired: 0 });
      assert.deepEqual(await devices.change([], scene.now), []);
    });

    it('lets a device make and change itself for its user, and no device of anybody else', async () => {
      const { devices } = get();
      const scene = new Scene();
      const own = (id: string, user: string | null, fields: DeviceChange['fields']): DeviceChange => ({
        ...upsert(scene.app, id, fields, [registration(get(), scene.app, `token of ${id} by ${user}`)]),
        own: { user },
      });
      const kinds = async (...changes: readonly DeviceChange[]) =>
        (await devices.change(changes, scene.now)).map(({ kind }) => kind);
      assert.deepEqual(
        await kinds(
          own('d1', 'ann', { platform: 'ios', locale: 'fr' }),
          own('d1', 'bob', { locale: 'de' }),
          own('d1', null, { platform: 'web' }),
          own('d2', null, { platform: 'web' }),
          own('d3', 'ann', { locale: 'de' }),
          own('d2', null, { platform: 'ios', model: 'x' }),
          own('d1', 'ann', { locale: 'it' }),
        ),
        ['created', 'not_theirs', 'not_theirs', 'created', 'platform_required', 'updated', 'updated'],
      );
      const [d1, d2] = await Promise.all([devices.get(scene.app, 'd1'), devices.get(scene.app, 'd2')]);
      assert.deepEqual([d1?.user, d1?.platform, d1?.locale], ['ann', 'ios', 'it']);
      assert.deepEqual([d2?.user, d2?.platform, d2?.model], [null, 'web', 'x']);
      assert.deepEqual(await tokensOf(scene.app, 'd1'), ['token of d1 by ann'], 'a refused change registers nothing');
      await devices.change([upsert(scene.app, 'd1', { user: 'bob' })], scene.now);
      assert.deepEqual(await kinds(own('d1', 'ann', { locale: 'fr' }), own('d1', 'bob', {})), [
        'not_theirs',
        'updated',
      ]);
    });

    it('makes a device once where it and its server bring it at the same time', async () => {
      const { devices } = get();
      const scene = new Scene();
      const own: DeviceChange = { ...upsert(scene.app, 'd1', { platform: 'ios' }), own: { user: 'ann' } };
      for (let round = 0; round < 5; round++) {
        await devices.remove(scene.app, 'd1', scene.now);
        const [[mine], [theirs]] = await Promise.all([
          devices.change([own], scene.now),
          devices.change([upsert(scene.app, 'd1', { platform: 'ios', user: 'bob' })], scene.now),
        ]);
        const { user } = (await devices.get(scene.app, 'd1')) ?? {};
        assert.equal(user, 'bob', 'what the server says counts in the end');
        assert.ok(mine?.kind === 'created' ? theirs?.kind === 'updated' : mine?.kind === 'not_theirs');
      }
    });

    it('tells whose devices are', async () => {
      const { devices } = get();
      const [scene, other] = [new Scene(), new Scene()];
      await devices.change(
        [
          upsert(scene.app, 'd1', { platform: 'ios', user: 'ann' }),
          upsert(scene.app, 'd2'),
          upsert(other.app, 'd3', { platform: 'ios', user: 'eve' }),
        ],
        scene.now,
      );
      const asked = ['d1', 'd2', 'd3', 'd1'].map((device) => ({ app: scene.app, device }));
      assert.deepEqual([...(await devices.owners(asked))].sort(), [
        [`${scene.app}|d1`, 'ann'],
        [`${scene.app}|d2`, null],
      ]);
      assert.equal((await devices.owners([])).size, 0);
    });

    it('keeps one live registration per provider, environment and purpose', async () => {
      const opened = get();
      const { devices } = opened;
      const scene = new Scene();
      const reg = (token: string | null, slot = {}) => registration(opened, scene.app, token, slot);
      const first = [
        { ...reg('t1'), bundleId: 'com.shop', region: 'cn' },
        reg('t2', { environment: 'sandbox' }),
        reg('t3', { purpose: 'voip' }),
        reg('t4', { provider: 'fcm' }),
      ];
      await devices.change([upsert(scene.app, 'd', { platform: 'ios' }, first)], scene.now);
      const [replaced] = await devices.change(
        [upsert(scene.app, 'd', {}, [reg('t5'), reg(null, { provider: 'fcm' })])],
        scene.now + 1,
      );
      assert.ok(replaced?.kind === 'updated');
      const { registrations } = replaced.device;
      const summary = ({ tokenHash, environment, purpose, registeredAt, confirmedAt }: (typeof registrations)[0]) => [
        tokenHash,
        environment,
        purpose,
        registeredAt - scene.now,
        confirmedAt - scene.now,
      ];
      assert.deepEqual(
        registrations.map(summary).sort(),
        [
          [reg('t5').tokenHash, 'production', 'alert', 1, 1],
          [reg('t2').tokenHash, 'sandbox', 'alert', 0, 0],
          [reg('t3').tokenHash, 'production', 'voip', 0, 0],
        ].sort(),
      );
      assert.deepEqual((await tokensOf(scene.app, 'd'))?.sort(), ['t2', 't3', 't5']);
      await devices.change([upsert(scene.app, 'd', {}, [reg('t2', { environment: 'sandbox' })])], scene.now + 5);
      const confirmed = (await devices.get(scene.app, 'd'))?.registrations.find(
        ({ environment }) => environment === 'sandbox',
      );
      assert.deepEqual([confirmed?.registeredAt, confirmed?.confirmedAt], [scene.now, scene.now + 5]);
    });

    it('gives an address with everything needed to reach it, newest first, and leaves out missing devices', async () => {
      const opened = get();
      const { devices } = opened;
      const scene = new Scene();
      const full = { ...registration(opened, scene.app, 'tok-1'), bundleId: 'com.shop', region: 'cn' };
      await devices.change(
        [upsert(scene.app, 'd', { platform: 'ios', user: 'ann', notifications: 'off', manufacturer: 'Apple' }, [full])],
        scene.now,
      );
      const newer = registration(opened, scene.app, 'tok-2', { provider: 'fcm' });
      await devices.change([upsert(scene.app, 'd', {}, [newer]), upsert(scene.app, 'bare')], scene.now + 1);
      const names = ['d', 'bare', 'missing', 'd'].map((device) => ({ app: scene.app, device }));
      const found = await devices.addresses([...names, { app: 'elsewhere', device: 'd' }]);
      assert.deepEqual([...found.keys()].sort(), [`${scene.app}|bare`, `${scene.app}|d`]);
      assert.deepEqual(found.get(`${scene.app}|bare`), { user: null, platform: 'ios', registrations: [] });
      assert.deepEqual(found.get(`${scene.app}|d`), {
        user: 'ann',
        platform: 'ios',
        notifications: 'off',
        manufacturer: 'Apple',
        registrations: [
          { ...newer, registeredAt: scene.now + 1, confirmedAt: scene.now + 1 },
          { ...full, registeredAt: scene.now, confirmedAt: scene.now },
        ],
      });
      assert.equal((await devices.addresses([])).size, 0);
    });

    it('gives a push token to the last device to register it; the one before loses it', async () => {
      const opened = get();
      const { devices } = opened;
      const [scene, other] = [new Scene(), new Scene()];
      const token = (app: string) => [registration(opened, app, 'phone of two')];
      await devices.change([upsert(scene.app, 'a', { platform: 'ios' }, token(scene.app))], scene.now);
      await devices.change([upsert(other.app, 'a', { platform: 'ios' }, token(other.app))], scene.now);
      await devices.change([upsert(scene.app, 'b', { platform: 'ios' }, token(scene.app))], scene.now + 1);
      assert.deepEqual(await tokensOf(scene.app, 'a'), []);
      assert.deepEqual(await tokensOf(scene.app, 'b'), ['phone of two']);
      assert.deepEqual(await tokensOf(other.app, 'a'), ['phone of two'], 'another app’s is another push token');
      const moved = (await devices.get(scene.app, 'b'))?.registrations[0];
      assert.equal(moved?.registeredAt, scene.now + 1, 'first registered by this device');
      const both = await devices.change(
        ['c', 'd', 'e'].map((id) => upsert(scene.app, id, { platform: 'ios' }, token(scene.app))),
        scene.now + 2,
      );
      assert.ok(both.every(({ kind }) => kind === 'created'));
      const owners = await Promise.all(['b', 'c', 'd', 'e'].map((id) => tokensOf(scene.app, id)));
      assert.deepEqual(owners, [[], [], [], ['phone of two']]);
    });

    it('applies two changes of one device in one call in order', async () => {
      const opened = get();
      const { devices } = opened;
      const scene = new Scene();
      const reg = (token: string | null) => [registration(opened, scene.app, token)];
      const results = await devices.change(
        [
          { ...upsert(scene.app, 'd', { user: 'early' }), mode: 'update' },
          upsert(scene.app, 'd', { platform: 'ios', user: 'ann' }, reg('t1')),
          upsert(scene.app, 'other', { platform: 'web' }),
          upsert(scene.app, 'd', { user: 'bob', locale: 'de' }, reg('t2')),
          upsert(scene.app, 'd', { locale: null }),
        ],
        scene.now,
      );
      assert.deepEqual(
        results.map((result) => [result.kind, userOf(result)]),
        [
          ['missing', undefined],
          ['created', 'ann'],
          ['created', null],
          ['updated', 'bob'],
          ['updated', 'bob'],
        ],
      );
      assert.deepEqual(await tokensOf(scene.app, 'd'), ['t2']);
      assert.equal((await devices.get(scene.app, 'd'))?.locale, undefined);
    });

    it('takes the last word where one change names a slot or a push token more than once', async () => {
      const opened = get();
      const { devices } = opened;
      const scene = new Scene();
      const reg = (token: string | null, purpose = 'alert') => registration(opened, scene.app, token, { purpose });
      const cases: [string, RegistrationChange[], [string, string][]][] = [
        ['two', [reg('a1'), reg('a2')], [['a2', 'alert']]],
        ['removed-and-set', [reg(null), reg('b1')], [['b1', 'alert']]],
        ['set-and-removed', [reg('c1'), reg(null)], []],
        ['twice', [reg('d1'), reg('d1')], [['d1', 'alert']]],
        ['moved', [reg('e1', 'alert'), reg('e1', 'voip')], [['e1', 'voip']]],
        [
          'three',
          [reg('f1'), reg('f2', 'voip'), reg('f1', 'voip'), reg('f3')],
          [
            ['f1', 'voip'],
            ['f3', 'alert'],
          ],
        ],
      ];
      for (const [id, registrations, expected] of cases) {
        for (const at of [0, 1]) {
          await devices.change([upsert(scene.app, id, { platform: 'ios' }, registrations)], scene.now + at);
          const found = await devices.addresses([{ app: scene.app, device: id }]);
          const live = found.get(`${scene.app}|${id}`)?.registrations.map(({ token, purpose }) => [token, purpose]);
          assert.deepEqual(live?.sort(), expected, id);
        }
      }
    });

    it('removes a device with its registrations, and tells when there was none', async () => {
      const opened = get();
      const { devices } = opened;
      const [scene, foreign] = [new Scene(), new Scene()];
      await devices.change(
        [upsert(scene.app, 'd', { platform: 'ios' }, [registration(opened, scene.app, 't')])],
        scene.now,
      );
      assert.equal(await devices.get(foreign.app, 'd'), undefined);
      assert.equal(await devices.remove(foreign.app, 'd', scene.now), false);
      assert.equal(await devices.remove(scene.app, 'd', scene.now), true);
      assert.equal(await devices.remove(scene.app, 'd', scene.now), false);
      assert.equal(await devices.get(scene.app, 'd'), undefined);
      assert.equal((await devices.addresses([{ app: scene.app, device: 'd' }])).size, 0);
      assert.deepEqual(await devices.retirementPressure(scene.app, 0), { live: 0, retired: 0 });
      const [again] = await devices.change([upsert(scene.app, 'd')], scene.now + 1);
      assert.ok(again?.kind === 'created');
      assert.deepEqual([again.device.registrations, again.device.retired], [[], []]);
    });

    it('lists in id order, of one user too, page by page, and of no other app', async () => {
      const { devices } = get();
      const [scene, foreign] = [new Scene(), new Scene()];
      const ids = ['B', 'a', '_x', '10', '9', 'z:1', 'a.b', 'a-b', 'aa'];
      await devices.change(
        ids.map((id, i) => upsert(scene.app, id, { platform: 'ios', user: i % 2 === 0 ? 'ann' : 'bob' })),
        scene.now,
      );
      await devices.change([upsert(foreign.app, 'foreign', { platform: 'ios', user: 'ann' })], scene.now);
      const byteOrder = (a: string, b: string) => (a < b ? -1 : 1);
      for (const limit of [1, 2, 8, 9, 10]) {
        const { items } = await allPages((page) => devices.list(scene.app, page), limit);
        assert.deepEqual(
          items.map(({ id }) => id),
          [...ids].sort(byteOrder),
        );
      }
      const anns = ids.filter((_, i) => i % 2 === 0).sort(byteOrder);
      const { items, pages } = await allPages((page) => devices.list(scene.app, page, 'ann'), 2);
      assert.deepEqual(
        items.map(({ id }) => id),
        anns,
      );
      assert.equal(pages, 3);
      assert.deepEqual(await devices.list(scene.app, { limit: 5 }, 'nobody'), { items: [] });
    });

    it('makes a new device once when many calls bring it at once, and loses no change', async () => {
      const opened = get();
      const { devices } = opened;
      const scene = new Scene();
      const ids = Array.from({ length: 20 }, (_, i) => `d${String(i).padStart(2, '0')}`);
      const orders = [ids, [...ids].reverse(), [...ids.slice(7), ...ids.slice(0, 7)]];
      const results = await Promise.all(
        Array.from({ length: 9 }, (_, call) =>
          devices.change(
            (orders[call % 3] ?? ids).map((id) =>
              upsert(scene.app, id, { platform: 'ios' }, [registration(opened, scene.app, `token of ${id}`)]),
            ),
            scene.now,
          ),
        ),
      );
      const kinds = results.flat().map(({ kind }) => kind);
      assert.deepEqual(
        [kinds.filter((kind) => kind === 'created').length, kinds.filter((kind) => kind === 'updated').length],
        [20, 160],
      );
      for (const result of results.flat()) {
        assert.ok(result.kind === 'created' || result.kind === 'updated');
        assert.equal(result.device.registrations.length, 1);
      }
    });

    it('goes through when devices swap push tokens, are removed and retired at the same time', async () => {
      const opened = get();
      const { devices } = opened;
      const scene = new Scene();
      const ids = Array.from({ length: 10 }, (_, i) => `d${i}`);
      const calls: Promise<unknown>[] = [];
      for (let call = 0; call < 16; call++) {
        const turned = ids.map((_, i) => ids[(i * 3 + call) % 10] ?? '');
        const changes = turned.map((id, i) =>
          upsert(scene.app, id, { platform: 'ios' }, [registration(opened, scene.app, `t${(i + call) % 10}`)]),
        );
        calls.push(devices.change(changes, scene.now + call));
        calls.push(devices.remove(scene.app, turned[0] ?? '', scene.now));
        const gone = turned.map((_, i) => ({
          app: scene.app,
          provider: 'apns',
          tokenHash: registration(opened, scene.app, `t${(9 - i + call) % 10}`).tokenHash ?? '',
          reason: '410',
        }));
        calls.push(devices.retire(gone, scene.now + call), devices.strike(gone, scene.now + call));
      }
      await Promise.all(calls);
      const owners = await devices.addresses(ids.map((device) => ({ app: scene.app, device })));
      const live = [...owners.values()].flatMap(({ registrations }) => registrations.map(({ token }) => token));
      assert.equal(new Set(live).size, live.length, 'no push token is live on two devices');
      for (const { registrations } of owners.values()) assert.ok(registrations.length <= 1);
    });

    it('changes 500 devices in one call in under two seconds', async () => {
      const opened = get();
      const { devices } = opened;
      const scene = new Scene();
      const changes = Array.from({ length: 500 }, (_, i) =>
        upsert(scene.app, `d${i}`, { platform: 'ios', user: `u${i}` }, [registration(opened, scene.app, `t${i}`)]),
      );
      const begun = performance.now();
      const made = await devices.change(changes, scene.now);
      const again = await devices.change(changes, scene.now + 1);
      const ms = performance.now() - begun;
      assert.ok(made.every(({ kind }) => kind === 'created') && again.every(({ kind }) => kind === 'updated'));
      assert.ok(ms / 2 < 2_000, `${Math.round(ms / 2)} ms each`);
    });
  });
}

function userOf(result: DeviceChangeResult): string | null | undefined {
  return result.kind === 'created' || result.kind === 'updated' ? result.device.user : undefined;
}
