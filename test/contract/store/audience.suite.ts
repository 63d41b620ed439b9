import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Audience } from '../../../src/domain/audience.js';
import type { Platform } from '../../../src/domain/device.js';
import { registration, upsert } from './devices.suite.js';
import { bareTarget, type OpenedStore, Scene } from './scene.js';

const NOBODY: Audience = {
  users: [],
  devices: [],
  pushTokens: [],
  everyone: false,
  exceptUsers: [],
  exceptDevices: [],
};

interface Known {
  readonly id: string;
  readonly user: string | null;
  readonly platform: Platform;
}

const PLATFORMS = ['ios', 'android', 'web'] as const;

/** Whom a message is for, by the words of `Audience`. */
function model(devices: readonly Known[], audience: Audience): string[] {
  return devices
    .filter(
      ({ id, user }) =>
        audience.everyone || audience.devices.includes(id) || (user !== null && audience.users.includes(user)),
    )
    .filter(({ platform }) => audience.onlyPlatforms === undefined || audience.onlyPlatforms.includes(platform))
    .filter(({ id, user }) => !audience.exceptDevices.includes(id) && !audience.exceptUsers.includes(user ?? '\n'))
    .map(({ id }) => id)
    .sort((a, b) => (a < b ? -1 : 1));
}

/** `DeviceStore.members`, `membersOf`, `count`. */
export function audienceSuite(get: () => OpenedStore): void {
  describe('audience', () => {
    async function people(scene: Scene): Promise<Known[]> {
      const devices: Known[] = Array.from({ length: 24 }, (_, i) => ({
        id: `d${String(i * 7).padStart(3, '0')}`,
        user: i % 5 === 0 ? null : `u${i % 4}`,
        platform: PLATFORMS[i % 3] ?? 'ios',
      }));
      await get().devices.change(
        devices.map(({ id, ...fields }) => upsert(scene.app, id, fields)),
        scene.now,
      );
      return devices;
    }

    const names = (known: readonly string[]) => fc.subarray([...known, 'unknown'], { maxLength: 4 });
    const audiences = (devices: readonly Known[]) => {
      const ids = devices.map(({ id }) => id);
      const users = ['u0', 'u1', 'u2', 'u3'];
      return fc
        .record({
          users: names(users),
          devices: names(ids),
          everyone: fc.boolean(),
          onlyPlatforms: fc.option(fc.subarray([...PLATFORMS]), { nil: undefined }),
          exceptUsers: names(users),
          exceptDevices: names(ids),
        })
        .map(({ onlyPlatforms, ...rest }): Audience => {
          const base = { ...rest, pushTokens: [] };
          return onlyPlatforms === undefined ? base : { ...base, onlyPlatforms };
        });
    };

    it('is the union of its parts without doubles, narrowed and lessened, in device order, page by page', async function () {
      this.timeout(60_000);
      const { devices } = get();
      const [scene, foreign] = [new Scene(), new Scene()];
      const known = await people(scene);
      await people(foreign);
      await fc.assert(
        fc.asyncProperty(audiences(known), fc.integer({ min: 1, max: 9 }), async (audience, limit) => {
          const expected = model(known, audience);
          const found: string[] = [];
          for (;;) {
            const page = await devices.members(scene.app, audience, { limit, after: found.at(-1) ?? '' });
            assert.ok(page.length <= limit);
            found.push(...page.map(({ device }) => device));
            if (page.length < limit) break;
          }
          assert.deepEqual(found, expected);
          for (const cap of [0, 1, expected.length, expected.length + 1, 1_000]) {
            assert.equal(await devices.count(scene.app, audience, cap), Math.min(expected.length, cap + 1));
          }
        }),
        { numRuns: 40 },
      );
    });

    it('resolves several small audiences at once to what each alone resolves to, at most one past the limit', async function () {
      this.timeout(60_000);
      const { devices } = get();
      const [scene, foreign] = [new Scene(), new Scene()];
      const known = await people(scene);
      await people(foreign);
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.record({ audience: audiences(known), foreign: fc.boolean() }), { maxLength: 5 }),
          fc.constantFrom(1, 3, 500),
          async (wanted, limit) => {
            const queries = wanted.map((query) => ({
              app: query.foreign ? foreign.app : scene.app,
              audience: query.audience,
            }));
            const together = await devices.membersOf(queries, limit);
            const alone = await Promise.all(
              queries.map(({ app, audience }) => devices.members(app, audience, { limit: limit + 1, after: '' })),
            );
            assert.deepEqual(together, alone);
          },
        ),
        { numRuns: 25 },
      );
    });

    it('finds the wanted devices of a user who has more than the limit of others', async () => {
      const { devices } = get();
      const scene = new Scene();
      const platform = (i: number): Platform => (i < 12 ? 'android' : 'ios');
      await devices.change(
        Array.from({ length: 14 }, (_, i) =>
          upsert(scene.app, `d${String(i).padStart(2, '0')}`, { platform: platform(i), user: 'collector' }),
        ),
        scene.now,
      );
      const audience: Audience = { ...NOBODY, users: ['collector'], onlyPlatforms: ['ios'] };
      const [members] = await devices.membersOf([{ app: scene.app, audience }], 5);
      assert.deepEqual(
        members?.map(({ device }) => device),
        ['d12', 'd13'],
      );
    });

    it('tells of each member its user, its platform, and its live alert roads, newest first', async () => {
      const opened = get();
      const { devices } = opened;
      const scene = new Scene();
      const reg = (provider: string, slot = {}) =>
        registration(opened, scene.app, `${provider} ${JSON.stringify(slot)}`, { provider, ...slot });
      const first = [
        reg('old'),
        reg('twice', { environment: 'sandbox' }),
        reg('voip', { purpose: 'voip' }),
        reg('retired'),
        reg('removed'),
      ];
      await devices.change([upsert(scene.app, 'd', { platform: 'watch', user: 'ann' }, first)], scene.now);
      const later = [reg('twice'), reg('new'), registration(opened, scene.app, null, { provider: 'removed' })];
      for (const [i, one] of later.entries()) {
        await devices.change([upsert(scene.app, 'd', {}, [one])], scene.now + 1 + i);
      }
      const tokenHash = reg('retired').tokenHash ?? '';
      await devices.retire([{ app: scene.app, provider: 'retired', tokenHash, reason: '410' }], scene.now + 4);
      const audience: Audience = { ...NOBODY, devices: ['d'], users: ['ann'] };
      const expected = [{ device: 'd', user: 'ann', platform: 'watch', providers: ['new', 'twice', 'old'] }];
      assert.deepEqual(await devices.members(scene.app, audience, { limit: 5, after: '' }), expected);
      assert.deepEqual(await devices.membersOf([{ app: scene.app, audience }], 5), [expected]);
    });

    it('knows whose a live push token is, and nothing of retired, unknown and foreign ones', async () => {
      const opened = get();
      const { devices } = opened;
      const [scene, foreign] = [new Scene(), new Scene()];
      const [live, dead] = [registration(opened, scene.app, 'live'), registration(opened, scene.app, 'dead')];
      await devices.change([upsert(scene.app, 'd', { platform: 'ios', user: 'ann' }, [live])], scene.now);
      await devices.change([upsert(scene.app, 'e', { platform: 'web' }, [dead])], scene.now);
      const name = (app: string, change: typeof live) => ({
        app,
        provider: change.provider,
        tokenHash: change.tokenHash ?? '',
      });
      await devices.retire([{ ...name(scene.app, dead), reason: '410' }], scene.now + 1);
      const asked = [
        name(scene.app, live),
        name(scene.app, live),
        name(scene.app, dead),
        name(foreign.app, live),
        { ...name(scene.app, live), provider: 'fcm' },
        { ...name(scene.app, live), tokenHash: 'unknown' },
      ];
      assert.deepEqual(
        [...(await devices.holders(asked))],
        [[`${scene.app}|apns|${live.tokenHash}`, { device: 'd', user: 'ann', platform: 'ios' }]],
      );
      assert.equal((await devices.holders([])).size, 0);
    });

    it('leaves out devices made at a time or later', async () => {
      const { devices } = get();
      const scene = new Scene();
      for (const [i, id] of ['c', 'b', 'a'].entries()) await devices.change([upsert(scene.app, id)], scene.now + i);
      await devices.change([upsert(scene.app, 'c', { user: 'changed later' })], scene.now + 9);
      const everyone: Audience = { ...NOBODY, everyone: true };
      const madeBefore = async (at: number) => {
        const page = { limit: 9, after: '', createdBefore: scene.now + at };
        return (await devices.members(scene.app, everyone, page)).map(({ device }) => device);
      };
      assert.deepEqual(
        [await madeBefore(0), await madeBefore(1), await madeBefore(2), await madeBefore(3)],
        [[], ['c'], ['b', 'c'], ['a', 'b', 'c']],
      );
    });

    it('knows nothing of the bare push tokens of an audience, and of nobody nothing', async () => {
      const opened = get();
      const { devices } = opened;
      const scene = new Scene();
      await people(scene);
      const { bare } = bareTarget(opened, scene.app, 'apns', 'bare');
      assert.ok(bare);
      const audience: Audience = { ...NOBODY, pushTokens: [bare] };
      assert.deepEqual(await devices.members(scene.app, audience, { limit: 5, after: '' }), []);
      assert.deepEqual(await devices.membersOf([{ app: scene.app, audience }], 5), [[]]);
      assert.equal(await devices.count(scene.app, audience, 5), 0);
      assert.deepEqual(await devices.membersOf([], 5), []);
    });
  });
}
