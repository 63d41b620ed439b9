import assert from 'node:assert/strict';
import type { PushToken } from '../../../src/domain/outcome.js';
import type { Replacement } from '../../../src/ports/address-store.js';
import { registration, upsert } from './devices.suite.js';
import { type OpenedStore, Scene } from './scene.js';

/** `AddressStore`: what vendors say of addresses beside that they are dead. */
export function addressesSuite(get: () => OpenedStore): void {
  describe('addresses that a vendor replaced', () => {
    async function registered(scene: Scene, id: string, token = `old of ${id}`, at = scene.now) {
      const change = { ...registration(get(), scene.app, token, { environment: 'sandbox' }), region: 'eu' };
      await get().devices.change([upsert(scene.app, id, { platform: 'ios' }, [change])], at);
    }
    const hashOf = (scene: Scene, token: string) => get().hasher.pushToken(scene.app, 'apns', token as PushToken);
    const replacement = (scene: Scene, from: string, to: string, asOf = scene.now): Replacement => ({
      ...{ app: scene.app, provider: 'apns', tokenHash: hashOf(scene, from), asOf },
      to: { token: to as PushToken, tokenHash: hashOf(scene, to) },
    });
    const addressesOf = async (scene: Scene, id: string) => {
      const found = await get().devices.addresses([{ app: scene.app, device: id }]);
      return found.get(`${scene.app}|${id}`)?.registrations;
    };
    const tokensOf = async (scene: Scene, id: string) => (await addressesOf(scene, id))?.map(({ token }) => token);
    const tombstonesOf = async (scene: Scene, id: string) =>
      (await get().devices.get(scene.app, id))?.retired.map(({ reason, tokenHash }) => [reason, tokenHash]);

    it('are the device’s from now on, with all else as it was, and the old ones are tombstones', async () => {
      const { addresses, wantEvents, told } = get();
      const scene = new Scene();
      await registered(scene, 'a');
      await registered(scene, 'b');
      await wantEvents(scene.app, ['device.updated', 'device.token_invalid']);
      const wanted = [
        replacement(scene, 'old of a', 'new of a'),
        replacement(scene, 'nobody’s', 'new of nobody'),
        replacement(scene, 'old of b', 'old of b'),
      ];
      assert.deepEqual(await addresses.replace(wanted, scene.now + 5), ['replaced', 'kept', 'kept']);
      const [address] = (await addressesOf(scene, 'a')) ?? [];
      const { token, environment, region, purpose, registeredAt, confirmedAt } = address ?? {};
      assert.deepEqual(
        { token, environment, region, purpose, registeredAt, confirmedAt },
        {
          ...{ token: 'new of a', environment: 'sandbox', region: 'eu', purpose: 'alert' },
          ...{ registeredAt: scene.now + 5, confirmedAt: scene.now + 5 },
        },
      );
      assert.deepEqual(await tombstonesOf(scene, 'a'), [['replaced', hashOf(scene, 'old of a')]]);
      assert.deepEqual(await tokensOf(scene, 'b'), ['old of b']);
      assert.deepEqual(
        await addresses.replace(wanted, scene.now + 6),
        ['replaced', 'kept', 'kept'],
        'told to two sends',
      );
      assert.deepEqual(await addresses.replace([], scene.now), []);
      assert.deepEqual(
        (await told(scene.app)).map(({ type, data }) => [type, data]),
        [['device.updated', { device: 'a' }]],
      );
    });

    it('may be replaced again within one call', async () => {
      const { addresses } = get();
      const scene = new Scene();
      await registered(scene, 'a');
      const chain = [replacement(scene, 'old of a', 'second'), replacement(scene, 'second', 'third', scene.now + 9)];
      assert.deepEqual(await addresses.replace(chain, scene.now + 5), ['replaced', 'replaced']);
      assert.deepEqual(await tokensOf(scene, 'a'), ['third']);
    });

    it('stay where the device has said since that they are its own', async () => {
      const { addresses } = get();
      const scene = new Scene();
      await registered(scene, 'a', 'old of a', scene.now + 10);
      assert.deepEqual(await addresses.replace([replacement(scene, 'old of a', 'n', scene.now + 9)], scene.now + 20), [
        'kept',
      ]);
      assert.deepEqual(await tokensOf(scene, 'a'), ['old of a']);
    });

    it('stay as they are where the new one is registered already, and take over one that was retired', async () => {
      const { addresses, devices, wantEvents, told } = get();
      const scene = new Scene();
      await registered(scene, 'a');
      await registered(scene, 'b');
      await registered(scene, 'other', 'taken');
      await registered(scene, 'former', 'free');
      await devices.retire(
        [{ app: scene.app, provider: 'apns', tokenHash: hashOf(scene, 'free'), reason: 'gone' }],
        scene.now,
      );
      await wantEvents(scene.app, ['device.updated', 'device.token_invalid']);
      const wanted = [replacement(scene, 'old of a', 'taken'), replacement(scene, 'old of b', 'free')];
      assert.deepEqual(await addresses.replace(wanted, scene.now + 5), ['taken', 'replaced']);
      assert.deepEqual([await tokensOf(scene, 'a'), await tokensOf(scene, 'other')], [['old of a'], ['taken']]);
      assert.deepEqual([await tokensOf(scene, 'b'), await tombstonesOf(scene, 'former')], [['free'], []]);
      const events = (await told(scene.app)).map(({ type, data }) => [type, data.device, data.reason]);
      assert.deepEqual(events, [['device.updated', 'b', undefined]]);
    });

    it('are replaced by many at once, and while their devices go', async () => {
      const { addresses, devices } = get();
      const scene = new Scene();
      const ids = Array.from({ length: 12 }, (_, n) => `d${n}`);
      for (const id of ids) await registered(scene, id);
      const wanted = ids.map((id) => replacement(scene, `old of ${id}`, `new of ${id}`));
      const answers = await Promise.all([
        ...[wanted, [...wanted].reverse(), wanted].map((each) => addresses.replace(each, scene.now + 5)),
        ...ids.slice(0, 4).map((id) => devices.remove(scene.app, id, scene.now + 5)),
      ]);
      const replaced = answers.flatMap((answer) => (Array.isArray(answer) ? answer : []));
      assert.ok(replaced.filter((answer) => answer === 'replaced').length >= 8);
      for (const id of ids.slice(4)) assert.deepEqual(await tokensOf(scene, id), [`new of ${id}`]);
      const gone = ids.slice(0, 4).flatMap((id) => ['old', 'new'].map((age) => hashOf(scene, `${age} of ${id}`)));
      const holders = await devices.holders(gone.map((tokenHash) => ({ app: scene.app, provider: 'apns', tokenHash })));
      assert.equal(holders.size, 0);
      for (const id of ids.slice(0, 4)) await registered(scene, id, `new of ${id}`);
      assert.deepEqual(await tokensOf(scene, 'd0'), ['new of d0'], 'nothing of them was left behind');
    });
  });

  describe('what vendors say of notifications', () => {
    const word = (scene: Scene, token: string, state: 'on' | 'off', at: number) => ({
      ...{ app: scene.app, provider: 'apns', state, at: scene.now + at },
      tokenHash: get().hasher.pushToken(scene.app, 'apns', token as PushToken),
    });
    const register = (scene: Scene, id: string, at: number, fields: object = {}) =>
      get().devices.change(
        [upsert(scene.app, id, { platform: 'ios', ...fields }, [registration(get(), scene.app, `t of ${id}`)])],
        scene.now + at,
      );
    const stateOf = async (scene: Scene, id: string) => (await get().devices.get(scene.app, id))?.notifications;

    it('stands where the device has said nothing since', async () => {
      const { addresses, wantEvents, told } = get();
      const scene = new Scene();
      await register(scene, 'silent', 0);
      await register(scene, 'spoke', 0, { notifications: 'on' });
      await register(scene, 'later', 50, { notifications: 'on' });
      await wantEvents(scene.app, ['device.updated']);
      const words = ['silent', 'spoke', 'later', 'nobody'].map((id) => word(scene, `t of ${id}`, 'off', 10));
      assert.equal(await addresses.notifications(words, scene.now + 60), 2);
      assert.deepEqual(
        [await stateOf(scene, 'silent'), await stateOf(scene, 'spoke'), await stateOf(scene, 'later')],
        ['off', 'off', 'on'],
      );
      assert.equal(await addresses.notifications(words, scene.now + 61), 0, 'repeated');
      const devices = (await told(scene.app)).map(({ data }) => data.device);
      assert.deepEqual(devices.sort(), ['silent', 'spoke']);
      await register(scene, 'silent', 70, { notifications: 'on' });
      assert.equal(await addresses.notifications(words, scene.now + 80), 0, 'told late');
      await register(scene, 'spoke', 90, { model: 'x' });
      assert.equal(await stateOf(scene, 'spoke'), 'off', 'who says other things has not spoken of this');
      assert.equal(await addresses.notifications([word(scene, 't of spoke', 'on', 95)], scene.now + 96), 1);
      assert.equal(await stateOf(scene, 'spoke'), 'on');
    });

    it('counts the newest of several, and none of an address out of use', async () => {
      const { addresses, devices } = get();
      const scene = new Scene();
      await register(scene, 'a', 0);
      await register(scene, 'b', 0);
      const dead = word(scene, 't of b', 'off', 5);
      await devices.retire([{ ...dead, reason: 'gone' }], scene.now + 1);
      const words = [
        word(scene, 't of a', 'on', 7),
        word(scene, 't of a', 'off', 9),
        word(scene, 't of a', 'on', 8),
        dead,
      ];
      assert.equal(await addresses.notifications(words, scene.now + 10), 1);
      assert.deepEqual([await stateOf(scene, 'a'), await stateOf(scene, 'b')], ['off', undefined]);
      assert.equal(await addresses.notifications([], scene.now), 0);
    });
  });
}
