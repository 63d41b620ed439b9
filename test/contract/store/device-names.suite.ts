import assert from 'node:assert/strict';
import type { Device } from '../../../src/domain/device.js';
import type { DeviceChange } from '../../../src/ports/device-store.js';
import { upsert } from './devices.suite.js';
import { type OpenedStore, Scene } from './scene.js';

type Names = Pick<DeviceChange, 'attributes' | 'tags' | 'topics'>;

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`);
const sorted = (names: readonly string[]) => [...names].sort((a, b) => (a < b ? -1 : 1));

/** Attributes, tags and topics of `DeviceStore.change`. */
export function deviceNamesSuite(get: () => OpenedStore): void {
  describe('device attributes, tags and topics', () => {
    async function change(scene: Scene, id: string, names: Names, fields = {}): Promise<Device> {
      const [result] = await get().devices.change(
        [{ ...upsert(scene.app, id, { platform: 'ios', ...fields }), ...names }],
        scene.now,
      );
      assert.ok(result?.kind === 'created' || result?.kind === 'updated', result?.kind);
      return result.device;
    }
    const shown = ({ attributes, tags, topics }: Device) => ({ attributes, tags, topics });

    it('sets what is named, removes what is null, and leaves the rest', async () => {
      const scene = new Scene();
      const values = {
        text: 'a "b" ü😀',
        empty: '',
        big: 1e300,
        tiny: 5e-324,
        no: false,
        list: ['x', '', 'x'],
        none: [],
      };
      const made = await change(scene, 'd', { attributes: { ...values, gone: 1, never: null } });
      assert.deepEqual(made.attributes, { ...values, gone: 1 });
      const changed = await change(scene, 'd', {
        attributes: { gone: null, text: 2, unknown: null, 'a.b-c_d': true },
      });
      assert.deepEqual(changed.attributes, { ...values, text: 2, 'a.b-c_d': true });
      assert.deepEqual((await change(scene, 'd', {})).attributes, changed.attributes);
      assert.deepEqual((await get().devices.get(scene.app, 'd'))?.attributes, changed.attributes);
    });

    it('takes another set of tags and topics, or changes some of one, and gives them sorted', async () => {
      const scene = new Scene();
      const set = { kind: 'replace', names: ['b', 'B', 'a', 'b', '_'] } as const;
      const made = await change(scene, 'd', { tags: set, topics: set });
      assert.deepEqual(shown(made), {
        attributes: {},
        tags: sorted(['b', 'B', 'a', '_']),
        topics: sorted(['b', 'B', 'a', '_']),
      });
      const edit = { kind: 'edit', add: ['z', 'a'], remove: ['B', 'unknown'] } as const;
      const edited = await change(scene, 'd', { tags: edit, topics: edit });
      assert.deepEqual([edited.tags, edited.topics], [sorted(['z', 'b', 'a', '_']), sorted(['z', 'b', 'a', '_'])]);
      assert.deepEqual(shown(await change(scene, 'd', {})), shown(edited));
      const other = await change(scene, 'd', {
        tags: { kind: 'replace', names: [] },
        topics: { kind: 'replace', names: ['z'] },
      });
      assert.deepEqual([other.tags, other.topics], [[], ['z']]);
      const begun = await change(scene, 'new', { tags: edit, topics: edit });
      assert.deepEqual(
        [begun.tags, begun.topics],
        [
          ['a', 'z'],
          ['a', 'z'],
        ],
      );
    });

    it('keeps them when the user changes, and forgets them with the device', async () => {
      const scene = new Scene();
      const names: Names = {
        attributes: { screen: 'large' },
        tags: { kind: 'replace', names: ['beta'] },
        topics: { kind: 'replace', names: ['news'] },
      };
      const made = await change(scene, 'd', names, { user: 'ann' });
      assert.deepEqual(shown(await change(scene, 'd', {}, { user: 'bob' })), shown(made));
      assert.deepEqual(shown(await change(scene, 'd', {}, { user: null })), shown(made));
      await get().devices.remove(scene.app, 'd', scene.now);
      assert.deepEqual(shown(await change(scene, 'd', {})), { attributes: {}, tags: [], topics: [] });
    });

    it('applies two changes of one device in one call in order', async () => {
      const scene = new Scene();
      const edit = (add: string[], remove: string[] = []) => ({ kind: 'edit', add, remove }) as const;
      const results = await get().devices.change(
        [
          { ...upsert(scene.app, 'd'), tags: edit(['a', 'b']), topics: edit(['a', 'b']), attributes: { n: 1, m: 1 } },
          {
            ...upsert(scene.app, 'd'),
            tags: edit(['c'], ['a']),
            topics: edit(['c'], ['a']),
            attributes: { n: 2, m: null },
          },
        ],
        scene.now,
      );
      const last = results[1];
      assert.ok(last?.kind === 'updated');
      assert.deepEqual(shown(last.device), { attributes: { n: 2 }, tags: ['b', 'c'], topics: ['b', 'c'] });
    });

    it('refuses a change beyond what a device may have, applies nothing of it and all of the others', async () => {
      const { devices } = get();
      const scene = new Scene();
      const many = Object.fromEntries(numbered('k', 64).map((name) => [name, 1]));
      const full: Names = {
        attributes: many,
        tags: { kind: 'replace', names: numbered('t', 100) },
        topics: { kind: 'replace', names: numbered('t', 1_000) },
      };
      const before = await change(scene, 'full', full);
      const more = (names: Names, fields = {}) => ({ ...upsert(scene.app, 'full', fields), ...names });
      const add = { kind: 'edit', add: ['more'], remove: [] } as const;
      const results = await devices.change(
        [
          { ...upsert(scene.app, 'other'), tags: add },
          more({ attributes: { more: 1 } }, { user: 'never' }),
          more({ tags: add }),
          more({ topics: add }),
          more({ tags: { kind: 'edit', add: ['more'], remove: ['t0'] }, attributes: { k0: null, more: 1 } }),
          { ...upsert(scene.app, 'new'), ...full, topics: { kind: 'replace', names: numbered('t', 1_001) } },
        ],
        scene.now + 1,
      );
      assert.deepEqual(
        results.map((result) => (result.kind === 'too_many' ? result.excess : result.kind)),
        [
          'created',
          { what: 'attributes', max: 64 },
          { what: 'tags', max: 100 },
          { what: 'topics', max: 1_000 },
          'updated',
          { what: 'topics', max: 1_000 },
        ],
      );
      const after = await devices.get(scene.app, 'full');
      assert.equal(after?.user, null);
      assert.deepEqual(after?.topics, before.topics);
      assert.deepEqual([after?.tags.length, after?.tags.includes('more')], [100, true]);
      assert.equal(await devices.get(scene.app, 'new'), undefined);
      assert.deepEqual((await devices.get(scene.app, 'other'))?.tags, ['more']);
    });

    it('loses no tag, topic or attribute when many calls change one device at once', async () => {
      const scene = new Scene();
      await change(scene, 'd', {});
      const names = numbered('n', 20);
      const edit = (name: string) => ({ kind: 'edit', add: [name], remove: [] }) as const;
      await Promise.all(
        names.map((name, n) => change(scene, 'd', { tags: edit(name), topics: edit(name), attributes: { [name]: n } })),
      );
      const device = await get().devices.get(scene.app, 'd');
      assert.ok(device);
      const attributes = Object.fromEntries(names.map((name, n) => [name, n]));
      assert.deepEqual(shown(device), { attributes, tags: sorted(names), topics: sorted(names) });
    });
  });
}
