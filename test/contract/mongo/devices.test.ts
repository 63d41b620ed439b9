import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { makeDataKey, parseDataKey } from '../../../src/domain/data-key.js';
import type { PushToken } from '../../../src/domain/outcome.js';
import type { DeviceChange, RegistrationChange } from '../../../src/ports/device-store.js';
import { AtRest } from '../../../src/store/at-rest.js';
import { countDevices } from '../../../src/store/mongo/audience/device-count.js';
import { DEVICES, deviceKey } from '../../../src/store/mongo/documents/devices.js';
import { REGISTRATIONS } from '../../../src/store/mongo/documents/registrations.js';
import { type Database, openDatabase } from '../../../src/store/mongo/engine/database.js';
import { type Ground, layGround } from '../../../src/store/mongo/ground.js';
import { mongoPorts } from '../../../src/store/mongo/store.js';
import type { Store } from '../../../src/store/store.js';
import { freshMongo } from '../../support/mongo-server.js';
import { openMongoUnderTest } from '../../support/open-mongo.js';
import { type OpenedStore, Scene } from '../store/scene.js';
import { firstDeath, NEXT_DEATH } from './mortal-ground.js';

/** Accesses of one call: none makes more. */
const ACCESSES_MAX = 60;

describe('devices on MongoDB', function () {
  this.timeout(120_000);
  const key = parseDataKey(makeDataKey(randomBytes));
  const opened: Database[] = [];
  let url: string;
  let store: OpenedStore;
  let db: Database;
  let ground: Ground;

  before(async function () {
    url = await freshMongo(this);
    store = await openMongoUnderTest(url, key);
    db = await openDatabase({ url });
    ground = layGround(db, new AtRest(key));
    mongoPorts(ground);
  });
  after(async () => {
    await Promise.all([store?.close(), db?.close(), ...opened.map((each) => each.close())]);
  });

  /** The ports of a process of its own, which ends before its access number `n`. */
  async function mortal(n = Infinity): Promise<Store> {
    let left = n;
    const beforeCommand = async () => {
      if (left-- <= 0) throw new Error('killed');
    };
    const own = await openDatabase({ url, beforeCommand });
    opened.push(own);
    return mongoPorts(layGround(own, new AtRest(key)));
  }

  async function recover(): Promise<void> {
    while ((await ground.outbox.recover(100, 0)) > 0);
  }

  const token = (scene: Scene, name: string): RegistrationChange => ({
    provider: 'apns',
    environment: 'production',
    purpose: 'alert',
    token: name as PushToken,
    tokenHash: store.hasher.pushToken(scene.app, 'apns', name as PushToken),
  });
  const put = (scene: Scene, id: string, names: readonly string[], fields: object = {}): DeviceChange => ({
    ...{ app: scene.app, id, fields: { platform: 'ios', ...fields }, mode: 'upsert' },
    registrations: names.map((name) => token(scene, name)),
  });
  const tokensOf = async (scene: Scene, ...ids: readonly string[]) => {
    const found = await store.devices.addresses(ids.map((device) => ({ app: scene.app, device })));
    return ids.map((id) => found.get(`${scene.app}|${id}`)?.registrations.map((one) => one.token));
  };
  const toldOf = async (scene: Scene) =>
    (await store.told(scene.app)).map(({ type, data }) => `${type} ${data.device}`).sort();

  interface Case {
    readonly what: string;
    prepare(scene: Scene): readonly DeviceChange[];
    act(ports: Store, scene: Scene): Promise<unknown>;
    check(scene: Scene): Promise<void>;
    readonly told: readonly string[];
  }

  const cases: readonly Case[] = [
    {
      what: 'an import',
      prepare: () => [],
      act: ({ devices }, scene) =>
        devices.change(
          ['a', 'b', 'c'].map((id) => put(scene, id, [`t of ${id}`], { user: 'ann' })),
          scene.now,
        ),
      async check(scene) {
        assert.deepEqual(await tokensOf(scene, 'a', 'b', 'c'), [['t of a'], ['t of b'], ['t of c']]);
      },
      told: ['device.registered a', 'device.registered b', 'device.registered c'],
    },
    {
      what: 'another push token in the place of one',
      prepare: (scene) => [put(scene, 'a', ['old'])],
      act: ({ devices }, scene) => devices.change([put(scene, 'a', ['new'])], scene.now + 5),
      async check(scene) {
        assert.deepEqual(await tokensOf(scene, 'a'), [['new']]);
        assert.deepEqual(await store.devices.retirementPressure(scene.app, 0), { live: 1, retired: 0 });
      },
      told: ['device.updated a'],
    },
    {
      what: 'a push token that moves to another device',
      prepare: (scene) => [put(scene, 'a', ['phone']), put(scene, 'b', ['its own'])],
      act: ({ devices }, scene) => devices.change([put(scene, 'b', ['phone'])], scene.now + 5),
      async check(scene) {
        assert.deepEqual(await tokensOf(scene, 'a', 'b'), [[], ['phone']]);
      },
      told: ['device.updated a', 'device.updated b'],
    },
    {
      what: 'a retirement',
      prepare: (scene) => [put(scene, 'a', ['dead']), put(scene, 'b', ['alive'])],
      act: ({ devices }, scene) =>
        devices.retire(
          [{ app: scene.app, provider: 'apns', tokenHash: token(scene, 'dead').tokenHash ?? '', reason: '410' }],
          scene.now + 5,
        ),
      async check(scene) {
        assert.deepEqual(await tokensOf(scene, 'a', 'b'), [[], ['alive']]);
        assert.deepEqual(await store.devices.retirementPressure(scene.app, scene.now), { live: 1, retired: 1 });
      },
      told: ['device.token_invalid a'],
    },
    {
      what: 'an address that a vendor replaced',
      prepare: (scene) => [put(scene, 'a', ['old'])],
      act: ({ addresses }, scene) => {
        const [from, to] = [token(scene, 'old'), token(scene, 'new')];
        const next = { token: 'new' as PushToken, tokenHash: to.tokenHash ?? '' };
        const one = { app: scene.app, provider: 'apns', tokenHash: from.tokenHash ?? '', to: next, asOf: scene.now };
        return addresses.replace([one], scene.now + 5);
      },
      async check(scene) {
        assert.deepEqual(await tokensOf(scene, 'a'), [['new']]);
        assert.deepEqual(await store.devices.retirementPressure(scene.app, 0), { live: 1, retired: 1 });
      },
      told: ['device.updated a'],
    },
    {
      what: 'a removal',
      prepare: (scene) => [put(scene, 'a', ['t of a']), put(scene, 'b', ['t of b'])],
      act: ({ devices }, scene) => devices.remove(scene.app, 'a', scene.now + 5),
      async check(scene) {
        assert.deepEqual(await tokensOf(scene, 'a', 'b'), [undefined, ['t of b']]);
        assert.deepEqual(await store.devices.retirementPressure(scene.app, 0), { live: 1, retired: 0 });
        await store.devices.sweep(scene.now + 10, 100);
        assert.equal(await db.run(() => db.of(DEVICES).countDocuments({ _id: deviceKey(scene.app, 'a') })), 0);
      },
      told: ['device.removed a'],
    },
    {
      what: 'a subscription of several',
      prepare: (scene) => [put(scene, 'a', []), put(scene, 'b', [])],
      act: ({ topics }, scene) =>
        topics.subscribe(scene.app, 'news', { devices: ['a', 'b'], users: [] }, scene.now + 5),
      async check(scene) {
        const { items } = await store.topics.subscribers(scene.app, 'news', { limit: 9 });
        assert.deepEqual(
          items.map(({ device, subscribedAt }) => [device, subscribedAt - scene.now]),
          [
            ['a', 5],
            ['b', 5],
          ],
        );
      },
      told: ['device.updated a', 'device.updated b'],
    },
  ];
  for (const { what, prepare, act, check, told } of cases) {
    it(`${what}, killed at any access and repeated, is there as a whole and told once`, async () => {
      let isWhole = false;
      for (let n = firstDeath(); !isWhole; n += NEXT_DEATH) {
        assert.ok(n < ACCESSES_MAX, 'it takes too many accesses');
        const scene = new Scene();
        await store.devices.change(prepare(scene), scene.now);
        await store.wantEvents(scene.app, [
          ...(['device.registered', 'device.updated', 'device.removed', 'device.token_invalid'] as const),
        ]);
        isWhole = await act(await mortal(n), scene).then(
          () => true,
          (error: unknown) => {
            assert.match(String(error), /killed/);
            return false;
          },
        );
        await recover();
        await act(store, scene);
        await recover();
        await check(scene);
        assert.deepEqual(await toldOf(scene), [...told].sort(), `killed at access ${n}`);
      }
    });
  }

  it('gives a push token that two processes bring at once to exactly one device', async () => {
    const processes = [await mortal(), await mortal(), await mortal()];
    for (let round = 0; round < 15; round++) {
      const scene = new Scene();
      const ids = ['a', 'b', 'c'];
      await Promise.all(
        processes.map(({ devices }, n) => devices.change([put(scene, ids[n] ?? '', ['phone'])], scene.now)),
      );
      const held = (await tokensOf(scene, ...ids)).flat();
      assert.deepEqual(held, ['phone']);
      const name = { app: scene.app, provider: 'apns', tokenHash: token(scene, 'phone').tokenHash ?? '' };
      const holders = await store.devices.holders([name]);
      assert.equal(holders.size, 1);
      const everyone = { users: [], devices: [], pushTokens: [], everyone: true, exceptUsers: [], exceptDevices: [] };
      const members = await store.devices.members(scene.app, everyone, { limit: 9, after: '' });
      assert.equal(members.flatMap(({ providers }) => providers).length, 1);
    }
  });

  it('makes a device anew before its removal is done, and nobody takes from it what is its own then', async () => {
    let isWhole = false;
    for (let n = firstDeath(); !isWhole; n += NEXT_DEATH) {
      assert.ok(n < ACCESSES_MAX);
      const scene = new Scene();
      await store.devices.change([put(scene, 'a', ['phone'], { user: 'ann' })], scene.now);
      await store.wantEvents(scene.app, ['device.registered', 'device.removed']);
      isWhole = await (await mortal(n)).devices.remove(scene.app, 'a', scene.now).then(
        () => true,
        () => false,
      );
      const before = await store.devices.get(scene.app, 'a');
      const listed = await store.devices.list(scene.app, { limit: 5 });
      assert.equal(listed.items.length, before === undefined ? 0 : 1);
      const [made] = await store.devices.change([put(scene, 'a', ['phone'])], scene.now);
      assert.equal(made?.kind, before === undefined ? 'created' : 'updated');
      await recover();
      await store.devices.sweep(scene.now + 5, 100);
      assert.deepEqual(await tokensOf(scene, 'a'), [['phone']]);
      const expected = before === undefined ? ['device.registered a', 'device.removed a'] : [];
      assert.deepEqual(await toldOf(scene), expected, `killed at access ${n}`);
    }
  });

  it('reads a device with its push tokens or not at all, whenever it is removed meanwhile', async () => {
    const audience = (users: readonly string[]) => ({
      everyone: false,
      users,
      devices: [],
      pushTokens: [],
      exceptUsers: [],
      exceptDevices: [],
    });
    for (let n = 0, wasReached = true; wasReached; n++) {
      assert.ok(n < ACCESSES_MAX);
      const scene = new Scene();
      await store.devices.change([put(scene, 'a', ['phone'], { user: 'ann' })], scene.now);
      const removing = (reads: number) => {
        let left = reads;
        return async () => {
          if (left-- === 0) await store.devices.remove(scene.app, 'a', scene.now);
        };
      };
      const readsWith = async <T>(read: (ports: Store) => Promise<T>): Promise<T> => {
        const own = await openDatabase({ url, beforeCommand: removing(n) });
        opened.push(own);
        return read(mongoPorts(layGround(own, new AtRest(key))));
      };
      const found = await readsWith(({ devices }) => devices.addresses([{ app: scene.app, device: 'a' }]));
      assert.notDeepEqual(found.get(`${scene.app}|a`)?.registrations, [], `removed before read ${n}`);
      wasReached = (await store.devices.get(scene.app, 'a')) === undefined;
      await store.devices.change([put(scene, 'a', ['phone'], { user: 'ann' })], scene.now);
      const [members = []] = await readsWith(({ devices }) =>
        devices.membersOf([{ app: scene.app, audience: audience(['ann']) }], 9),
      );
      assert.ok(
        members.every(({ providers }) => providers.length > 0),
        `removed before read ${n}`,
      );
      wasReached ||= (await store.devices.get(scene.app, 'a')) === undefined;
    }
  });

  it('counts all devices of an app in steps, but none that is being removed', async () => {
    const scene = new Scene();
    const ids = Array.from({ length: 7 }, (_, n) => `counted${n}`);
    await store.devices.change(
      ids.map((id) => put(scene, id, [])),
      scene.now,
    );
    const steps = [1, 2, 3, 7, 8];
    for (const step of steps) {
      for (const cap of [0, 3, 6, 7, 20]) {
        assert.equal(await countDevices(db, scene.app, cap, step), Math.min(7, cap + 1), `${cap} by ${step}`);
      }
    }
    await db.of(DEVICES).updateOne({ _id: deviceKey(scene.app, 'counted3') }, { $set: { removedAt: 1 } });
    for (const step of steps) assert.equal(await countDevices(db, scene.app, 20, step), 6);
    assert.equal(await countDevices(db, `${scene.app}!`, 20), 0);
  });

  it('leaves no registration of a device that is gone, and none that its device does not list', async () => {
    const scene = new Scene();
    await store.devices.change([put(scene, 'a', ['one']), put(scene, 'b', ['two'])], scene.now);
    await store.devices.change([put(scene, 'a', ['three'])], scene.now + 1);
    await store.devices.remove(scene.app, 'b', scene.now + 2);
    const left = await db.run(() => db.of(REGISTRATIONS).find({ app: scene.app }).lean());
    assert.deepEqual(
      left.map(({ tokenHash, owner }) => [tokenHash, owner]),
      [[token(scene, 'three').tokenHash, deviceKey(scene.app, 'a')]],
    );
    assert.equal(await db.run(() => db.of(DEVICES).countDocuments({ _id: deviceKey(scene.app, 'b') })), 0);
  });
});
