import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Audience, type AudienceCandidate, reaches } from '../../../src/domain/audience.js';
import type { Platform } from '../../../src/domain/device.js';
import type { Filter } from '../../../src/domain/filter.js';
import { matchesFilter } from '../../../src/domain/filter-match.js';
import { runs } from '../../support/full.js';
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
  readonly topics: readonly string[];
  readonly providers: readonly string[];
}

const PLATFORMS = ['ios', 'android', 'web'] as const;
const TOPICS = ['t0', 't1', 't2'];
const PROVIDERS = ['apns', 'fcm', 'web'];

/** Filters that ask of the device, of the user's id and of topics; others have a suite of their own. */
const FILTERS: readonly Filter[] = [
  { kind: 'test', attr: { kind: 'text', field: 'device.platform' }, op: 'eq', value: 'web' },
  { kind: 'test', attr: { kind: 'text', field: 'user.id' }, op: 'in', value: ['u1', 'u2'] },
  { kind: 'not', of: { kind: 'test', attr: { kind: 'names', field: 'device.topics' }, op: 'contains', value: 't1' } },
  { kind: 'test', attr: { kind: 'attribute', of: 'user', name: 'plan' }, op: 'exists', value: true },
];

function candidate({ id, providers, ...device }: Known): AudienceCandidate {
  return { id, providers, device: { ...device, attributes: {}, tags: [] } };
}

/** Whom a message is for, by the words of `Audience`. */
function model(devices: readonly Known[], audience: Audience): string[] {
  const { topics = [], exceptTopics = [], onlyPlatforms, onlyProviders } = audience;
  const means = (filter: Filter | undefined, known: Known) => filter && matchesFilter(filter, candidate(known));
  return devices
    .filter(
      (known) =>
        audience.everyone ||
        audience.devices.includes(known.id) ||
        (known.user !== null && audience.users.includes(known.user)) ||
        known.topics.some((topic) => topics.includes(topic)) ||
        means(audience.filter, known),
    )
    .filter(({ platform }) => onlyPlatforms === undefined || onlyPlatforms.includes(platform))
    .filter(({ providers }) => onlyProviders === undefined || providers.some((name) => onlyProviders.includes(name)))
    .filter((known) => means(audience.onlyFilter, known) ?? true)
    .filter(({ id, user }) => !audience.exceptDevices.includes(id) && !audience.exceptUsers.includes(user ?? '\n'))
    .filter((known) => !known.topics.some((topic) => exceptTopics.includes(topic)))
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
        topics: TOPICS.filter((_, n) => (i >> n) % 2 === 0),
        providers: PROVIDERS.filter((_, n) => (i >> n) % 3 === 0),
      }));
      await get().devices.change(
        devices.map(({ id, topics, providers, ...fields }) => ({
          ...upsert(
            scene.app,
            id,
            fields,
            providers.map((provider) => registration(get(), scene.app, `${provider} of ${id}`, { provider })),
          ),
          topics: { kind: 'replace', names: topics },
        })),
        scene.now,
      );
      return devices;
    }

    const names = (known: readonly string[]) => fc.subarray([...known, 'unknown'], { maxLength: 4 });
    const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });
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
          topics: rarely(fc.subarray([...TOPICS, 'unknown'])),
          filter: rarely(fc.constantFrom(...FILTERS)),
          onlyProviders: rarely(fc.subarray([...PROVIDERS, 'unknown'])),
          onlyFilter: rarely(fc.constantFrom(...FILTERS)),
          exceptTopics: rarely(fc.subarray(TOPICS)),
        })
        .map((parts) => ({ ...withoutUndefined(parts), pushTokens: [] }) satisfies Audience);
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
          const told = known.filter((one) => reaches(audience, candidate(one))).map(({ id }) => id);
          assert.deepEqual(told, expected, 'reaches');
          for (const cap of [0, 1, expected.length, expected.length + 1, 1_000]) {
            assert.equal(await devices.count(scene.app, audience, cap), Math.min(expected.length, cap + 1));
          }
        }),
        { numRuns: runs(60) },
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
        { numRuns: runs(25) },
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
      const fields = { platform: 'watch', user: 'ann', manufacturer: 'Huawei' } as const;
      await devices.change([upsert(scene.app, 'd', fields, first)], scene.now);
      const later = [reg('twice'), reg('new'), registration(opened, scene.app, null, { provider: 'removed' })];
      for (const [i, one] of later.entries()) {
        await devices.change([upsert(scene.app, 'd', {}, [one])], scene.now + 1 + i);
      }
      const tokenHash = reg('retired').tokenHash ?? '';
      await devices.retire([{ app: scene.app, provider: 'retired', tokenHash, reason: '410' }], scene.now + 4);
      const audience: Audience = { ...NOBODY, devices: ['d'], users: ['ann'] };
      const expected = [
        { device: 'd', user: 'ann', platform: 'watch', manufacturer: 'Huawei', providers: ['new', 'twice', 'old'] },
      ];
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
      const known = {
        id: 'd',
        providers: ['apns'],
        device: { user: 'ann', platform: 'ios', attributes: {}, tags: [], topics: [] },
      };
      const key = `${scene.app}|apns|${live.tokenHash}`;
      assert.deepEqual([...(await devices.holders(asked))], [[key, known]]);
      const replace = (names: readonly string[]) => ({ kind: 'replace', names }) as const;
      const said = { attributes: { plan: 'pro' }, tags: ['vip'], locale: 'de', timezone: 'UTC' };
      const { attributes, tags, ...fields } = said;
      await opened.users.change([{ app: scene.app, id: 'ann', fields, attributes, tags: replace(tags) }], scene.now);
      const fcm = registration(opened, scene.app, 'other road', { provider: 'fcm' });
      const more = { attributes: { n: 1 }, tags: replace(['beta']), topics: replace(['news']) };
      await devices.change([{ ...upsert(scene.app, 'd', { locale: 'fr' }, [fcm]), ...more }], scene.now);
      const found = (await devices.holders(asked)).get(key);
      assert.deepEqual(found && { ...found, providers: [...found.providers].sort() }, {
        id: 'd',
        providers: ['apns', 'fcm'],
        device: { ...known.device, locale: 'fr', attributes: { n: 1 }, tags: ['beta'], topics: ['news'] },
        user: said,
      });
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

    it('tells of the wanted roads alone, where some are wanted', async () => {
      const opened = get();
      const { devices } = opened;
      const scene = new Scene();
      const reg = (provider: string, slot = {}) =>
        registration(opened, scene.app, `${provider} ${JSON.stringify(slot)}`, { provider, ...slot });
      await devices.change(
        [
          upsert(scene.app, 'both', { platform: 'web', user: 'ann' }, [reg('web'), reg('fcm')]),
          upsert(scene.app, 'other', { platform: 'web', user: 'ann' }, [reg('apns')]),
          upsert(scene.app, 'voip', { platform: 'ios', user: 'ann' }, [reg('fcm', { purpose: 'voip' })]),
          upsert(scene.app, 'none', { platform: 'ios', user: 'ann' }),
        ],
        scene.now,
      );
      const audience: Audience = { ...NOBODY, users: ['ann'], onlyProviders: ['fcm', 'huawei'] };
      const expected = [{ device: 'both', user: 'ann', platform: 'web', providers: ['fcm'] }];
      assert.deepEqual(await devices.members(scene.app, audience, { limit: 5, after: '' }), expected);
      assert.deepEqual(await devices.membersOf([{ app: scene.app, audience }], 5), [expected]);
      assert.equal(await devices.count(scene.app, audience, 5), 1);
    });

    it('does not count subscriptions of a time or later towards topics and filters, but leaves out whom they except', async () => {
      const { devices, topics } = get();
      const scene = new Scene();
      await devices.change(
        ['early', 'late', 'never'].map((id) => upsert(scene.app, id)),
        scene.now,
      );
      const subscribe = (topic: string, device: string, at: number) =>
        topics.subscribe(scene.app, topic, { devices: [device], users: [] }, scene.now + at);
      await subscribe('news', 'early', 1);
      await subscribe('news', 'late', 5);
      await subscribe('news', 'early', 9);
      const meantThen = async (audience: Partial<Audience>) => {
        const page = { limit: 9, after: '', createdBefore: scene.now + 5 };
        return (await devices.members(scene.app, { ...NOBODY, ...audience }, page)).map(({ device }) => device);
      };
      const filter: Filter = {
        kind: 'test',
        attr: { kind: 'names', field: 'device.topics' },
        op: 'contains',
        value: 'news',
      };
      assert.deepEqual(await meantThen({ topics: ['news'] }), ['early']);
      assert.deepEqual(await meantThen({ filter }), ['early']);
      assert.deepEqual(await meantThen({ filter: { kind: 'not', of: filter } }), ['late', 'never']);
      assert.deepEqual(await meantThen({ filter, topics: ['news'] }), ['early']);
      assert.deepEqual(await meantThen({ everyone: true, exceptTopics: ['news'] }), ['never']);
    });

    it('finds the few of many that are meant, page by page', async function () {
      this.timeout(60_000);
      const { devices } = get();
      const scene = new Scene();
      const ids = Array.from({ length: 5_000 }, (_, n) => `d${String(n).padStart(5, '0')}`);
      const meant = (n: number) => n % 1_000 === 999 || n === 4_998;
      for (let from = 0; from < ids.length; from += 1_000) {
        await devices.change(
          ids.slice(from, from + 1_000).map((id, n) => {
            const names = meant(from + n) ? ['rare', 'all'] : ['all'];
            return { ...upsert(scene.app, id), topics: { kind: 'replace', names } };
          }),
          scene.now,
        );
      }
      const rare = ids.filter((_, n) => meant(n));
      const filter: Filter = { kind: 'test', attr: { kind: 'names', field: 'device.topics' }, op: 'eq', value: 'rare' };
      for (const audience of [
        { ...NOBODY, filter },
        { ...NOBODY, topics: ['rare', 'unknown'] },
        { ...NOBODY, topics: ['all'], onlyFilter: filter },
      ]) {
        const found: string[] = [];
        for (;;) {
          const page = await devices.members(scene.app, audience, { limit: 4, after: found.at(-1) ?? '' });
          found.push(...page.map(({ device }) => device));
          if (page.length < 4) break;
        }
        assert.deepEqual(found, rare);
        assert.equal(await devices.count(scene.app, audience, 100), rare.length);
      }
      const all: Audience = { ...NOBODY, topics: ['all'], exceptTopics: ['rare'] };
      assert.equal(await devices.count(scene.app, all, 10_000), ids.length - rare.length);
      assert.equal(await devices.count(scene.app, all, 2_500), 2_501);
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

function withoutUndefined<T extends object>(parts: T) {
  const entries = Object.entries(parts).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> }; // Missing is not undefined.
}
