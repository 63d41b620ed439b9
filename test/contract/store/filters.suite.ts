import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Audience } from '../../../src/domain/audience.js';
import type { Filter } from '../../../src/domain/filter.js';
import { type FilterSubject, matchesFilter } from '../../../src/domain/filter-match.js';
import { parseFilter } from '../../../src/domain/parse-filter.js';
import { deviceFacts, userRecords, wireFilters } from '../../support/filters.js';
import { runs } from '../../support/full.js';
import { type OpenedStore, Scene } from './scene.js';

const NOBODY: Audience = {
  users: [],
  devices: [],
  pushTokens: [],
  everyone: false,
  exceptUsers: [],
  exceptDevices: [],
};

function read(wire: unknown): Filter {
  const parsed = parseFilter(wire, '');
  if (parsed.kind === 'filter') return parsed.filter;
  throw new Error(`${JSON.stringify(wire)}: ${JSON.stringify(parsed.faults)}`);
}

/** Filters in `DeviceStore.members` and `count`: what they select is what `matchesFilter` says. */
export function filtersSuite(get: () => OpenedStore): void {
  describe('filters', () => {
    /** Stores devices `d00`, `d01` … and their users. @returns each with what is known of it */
    async function people(
      scene: Scene,
      facts: readonly FilterSubject['device'][],
      records: readonly ({ readonly id: string } & NonNullable<FilterSubject['user']>)[] = [],
    ): Promise<ReadonlyMap<string, FilterSubject>> {
      const replace = (names: readonly string[]) => ({ kind: 'replace', names }) as const;
      const users = new Map(records.map((record) => [record.id, record]));
      await get().users.change(
        [...users.values()].map(({ id, attributes, tags, ...fields }) => ({
          app: scene.app,
          id,
          fields,
          attributes,
          tags: replace(tags),
        })),
        scene.now,
      );
      const subjects = new Map<string, FilterSubject>();
      for (const [n, device] of facts.entries()) {
        const user = device.user === null ? undefined : users.get(device.user);
        subjects.set(`d${String(n).padStart(3, '0')}`, { device, ...(user === undefined ? {} : { user }) });
      }
      const results = await get().devices.change(
        [...subjects].map(([id, { device }]) => {
          const { attributes, tags, topics, ...fields } = device;
          const names = { attributes, tags: replace(tags), topics: replace(topics) };
          return { app: scene.app, id, fields, registrations: [], mode: 'upsert', ...names } as const;
        }),
        scene.now,
      );
      assert.ok(results.every(({ kind }) => kind === 'created'));
      return subjects;
    }

    const members = async (scene: Scene, audience: Audience) =>
      (await get().devices.members(scene.app, audience, { limit: 500, after: '' })).map(({ device }) => device);

    it('select exactly the devices that the evaluator does, whatever devices, users and filters there are', async function () {
      this.timeout(120_000);
      let [asked, some, all] = [0, 0, 0];
      const population = fc.record({
        facts: fc.array(deviceFacts, { minLength: 100, maxLength: 100, size: 'max' }),
        records: userRecords,
        filters: fc.array(wireFilters, { minLength: 32, maxLength: 32, size: 'max' }),
      });
      await fc.assert(
        fc.asyncProperty(population, async ({ facts, records, filters }) => {
          const scene = new Scene();
          const subjects = await people(scene, facts, records.map(withoutUndefined));
          for (const [n, wire] of filters.entries()) {
            const filter = read(wire);
            const wanted = [...subjects].filter(([, subject]) => matchesFilter(filter, subject)).map(([id]) => id);
            const audience: Audience =
              n % 2 === 0 ? { ...NOBODY, filter } : { ...NOBODY, everyone: true, onlyFilter: filter };
            assert.deepEqual(await members(scene, audience), wanted, JSON.stringify(wire));
            asked++;
            if (wanted.length > 0) some++;
            if (wanted.length === subjects.size) all++;
          }
        }),
        // What is wrong is told by the filter alone; to make it smaller would take a store call a step.
        { numRuns: runs(24), endOnFailure: true },
      );
      // A property over filters that all match nobody, or everybody, would say nothing.
      assert.ok(some > asked / 4 && all < asked / 2, `${asked} asked, ${some} matched some, ${all} all`);
    });

    const base: FilterSubject['device'] = { user: null, platform: 'ios', attributes: {}, tags: [], topics: [] };
    const cases: readonly (readonly [
      string,
      unknown,
      readonly Partial<FilterSubject['device']>[],
      readonly boolean[],
    ])[] = [
      [
        'numbers are not texts',
        { attr: 'device.n', op: 'eq', value: 5 },
        [5, '5', 5.0, true, ['5']].map((n) => ({ attributes: { n } })),
        [true, false, true, false, false],
      ],
      [
        'numbers come in their own order',
        { attr: 'device.n', op: 'gt', value: 9 },
        [10, 9, '99', -1, 1e300].map((n) => ({ attributes: { n } })),
        [true, false, false, false, true],
      ],
      [
        'texts come by code point',
        { attr: 'device.n', op: 'gt', value: '\uffff' },
        ['\u{10000}', '\ufffe', 'z', ''].map((n) => ({ attributes: { n } })),
        [true, false, false, false],
      ],
      [
        'versions come as dotted numbers',
        { attr: 'device.app_version', op: 'gte', value: '5.10' },
        ['5.9', '5.10.0', '5.10-rc', '10', '5', 'v6', '5.010'].map((appVersion) => ({ appVersion })),
        [false, true, true, true, false, false, true],
      ],
      [
        'of a list one element is enough',
        { attr: 'device.sizes', op: 'in', value: ['m', 'l'] },
        [['s', 'm'], ['s'], [], 'l', 'ml'].map((sizes) => ({ attributes: { sizes } })),
        [true, false, false, true, false],
      ],
      [
        'an element is not a part of a text',
        { attr: 'device.sizes', op: 'contains', value: 'm' },
        [['ml'], ['m'], 'ml', 5].map((sizes) => ({ attributes: { sizes } })),
        [false, true, true, false],
      ],
      [
        'what is missing matches ne',
        { attr: 'device.plan', op: 'ne', value: 'pro' },
        [{}, { attributes: { plan: 'pro' } }, { attributes: { plan: ['x', 'pro'] } }, { attributes: { plan: 5 } }],
        [true, false, false, true],
      ],
      [
        'an empty text is there, no tags are not',
        {
          any: [
            { attr: 'device.plan', op: 'exists' },
            { attr: 'device.tags', op: 'exists' },
          ],
        },
        [{ attributes: { plan: '' } }, { attributes: { plan: [] } }, { tags: ['x'] }, { attributes: { other: 1 } }],
        [true, true, true, false],
      ],
      [
        'nobody is named by the empty beginning of what is missing',
        { attr: 'device.model', op: 'prefix', value: '' },
        [{}, { model: 'P9' }],
        [false, true],
      ],
      [
        'a negation of a negation is what it was',
        { not: { not: { attr: 'device.tags', op: 'contains', value: 'beta' } } },
        [{ tags: ['beta'] }, {}],
        [true, false],
      ],
    ];
    for (const [what, wire, variants, expected] of cases) {
      it(`${what}`, async () => {
        const scene = new Scene();
        const subjects = await people(
          scene,
          variants.map((variant) => ({ ...base, ...variant })),
        );
        const filter = read(wire);
        const wanted = [...subjects.keys()].filter((_, n) => expected[n]);
        const told = [...subjects].filter(([, subject]) => matchesFilter(filter, subject)).map(([id]) => id);
        assert.deepEqual([told, await members(scene, { ...NOBODY, filter })], [wanted, wanted]);
      });
    }

    it('holds as many parameters as the largest filter has', async () => {
      const scene = new Scene();
      await people(scene, [{ ...base, attributes: { k99: 'v99' } }]);
      const value = Array.from({ length: 100 }, (_, n) => `v${n}`);
      const any = Array.from({ length: 99 }, (_, n) => ({ attr: `device.k${n + 1}`, op: 'in', value }));
      assert.deepEqual(await members(scene, { ...NOBODY, filter: read({ any }) }), ['d000']);
    });
  });
}

function withoutUndefined<T extends object>(record: T) {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> }; // Missing is not undefined.
}
