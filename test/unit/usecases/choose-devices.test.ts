import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createMemoryBus } from '../../../src/bus/memory.js';
import type { Audience, AudienceMember } from '../../../src/domain/audience.js';
import { choosePerUser, PER_USER_RULES, type PerUserRule } from '../../../src/domain/per-user.js';
import type { LiveBus } from '../../../src/ports/live-bus.js';
import { type ChooseDevices, createChooseDevices } from '../../../src/usecases/choose-devices.js';
import { Scene } from '../../contract/store/scene.js';
import { openTestStore, type TestStore } from '../../support/open-store.js';

interface Owned {
  readonly user: string | null;
  readonly seen: number;
  readonly online: boolean;
  readonly isPhone: boolean;
}

const NOBODY: Audience = {
  users: [],
  devices: [],
  pushTokens: [],
  everyone: false,
  exceptUsers: [],
  exceptDevices: [],
};

describe('choosing devices of a user', function () {
  this.timeout(60_000);
  let store: TestStore;
  let bus: LiveBus;
  let choose: ChooseDevices;
  before(async () => {
    store = await openTestStore();
    bus = createMemoryBus();
    choose = createChooseDevices({ devices: store.devices, bus });
  });
  after(async () => {
    await bus?.close();
    await store?.close();
  });

  async function people(scene: Scene, owned: readonly Owned[]) {
    const seat = await bus.join({
      offer: async ({ to }) => to.map(() => 'handed'),
      tell: () => {},
      clearAll: () => {},
      announce: () => {},
      replaced: () => {},
      missed: () => {},
    });
    for (const [n, { user, seen, online, isPhone }] of owned.entries()) {
      const id = nameOf(n);
      await store.devices.change(
        [
          {
            app: scene.app,
            id,
            fields: { platform: isPhone ? 'ios' : 'web', user },
            registrations: [],
            mode: 'upsert',
          },
        ],
        scene.now + seen * 60_000,
      );
      if (online) await seat.here(scene.app, id);
    }
    return seat;
  }
  const nameOf = (n: number) => `d${String(n).padStart(2, '0')}`;

  async function walk(scene: Scene, rule: PerUserRule, audience: Audience, pageSize: number): Promise<string[][]> {
    const pages: string[][] = [];
    for (let after = ''; ; ) {
      const createdBefore = scene.now + 3_600_000;
      const members = await store.devices.members(scene.app, audience, { limit: pageSize, after, createdBefore });
      const page = { members, after, createdBefore };
      pages.push((await choose.ofPage(scene.app, rule, audience, page)).map(({ device }) => device));
      if (members.length < pageSize) return pages;
      after = members.at(-1)?.device ?? '';
    }
  }

  it('says the same page by page as of all at once: each user is decided about once', async () => {
    const owned = fc.array(
      fc.record({
        user: fc.constantFrom('ann', 'ann', 'bob', 'cem', null),
        seen: fc.nat(3),
        online: fc.boolean(),
        isPhone: fc.boolean(),
      }),
      { minLength: 3, maxLength: 14 },
    );
    const audiences: readonly Audience[] = [
      { ...NOBODY, everyone: true },
      { ...NOBODY, everyone: true, onlyPlatforms: ['ios'] },
      { ...NOBODY, users: ['ann', 'cem'], exceptDevices: ['d01', 'd02'] },
    ];
    await fc.assert(
      fc.asyncProperty(
        owned,
        fc.constantFrom(...PER_USER_RULES),
        fc.constantFrom(...audiences),
        fc.integer({ min: 1, max: 5 }),
        async (devices, rule, audience, pageSize) => {
          const scene = new Scene();
          const seat = await people(scene, devices);
          const [all = []] = await store.devices.membersOf([{ app: scene.app, audience }], 500);
          const rivals = all.map((member: AudienceMember) => {
            const { seen } = devices[Number(member.device.slice(1))] as Owned;
            return { device: member.device, user: member.user, lastSeenAt: scene.now + seen * 60_000 };
          });
          const online = new Set(devices.flatMap(({ online: is }, n) => (is ? [nameOf(n)] : [])));
          const expected = [...choosePerUser(rule, rivals, online)].sort();
          const once = await choose.ofAll(scene.app, rule, all);
          assert.deepEqual(
            once.map(({ device }) => device),
            expected,
          );
          const pages = await walk(scene, rule, audience, pageSize);
          assert.deepEqual(pages.flat().sort(), expected, 'nobody twice, nobody left out');
          for (const page of pages) assert.deepEqual(page, [...page].sort(), 'each page in device order');
          await seat.leave();
        },
      ),
      { numRuns: 25 },
    );
  });

  it('decides about nobody anew when somebody else becomes the last active in between', async () => {
    const scene = new Scene();
    const plain = { online: false, isPhone: false };
    const seat = await people(scene, [
      { ...plain, user: 'ann', seen: 2 },
      { ...plain, user: null, seen: 0 },
      { ...plain, user: 'ann', seen: 1 },
    ]);
    const audience = { ...NOBODY, everyone: true };
    const createdBefore = scene.now + 3_600_000;
    const page = (after: string, limit: number) =>
      store.devices.members(scene.app, audience, { limit, after, createdBefore }).then(async (members) => {
        const chosen = await choose.ofPage(scene.app, 'last_active', audience, { members, after, createdBefore });
        return chosen.map(({ device }) => device);
      });
    assert.deepEqual(await page('', 2), ['d00', 'd01']);
    await store.devices.seen([{ app: scene.app, device: 'd02' }], scene.now + 600_000);
    assert.deepEqual(await page('d01', 2), [], 'the message went to d00');
    assert.deepEqual(await page('', 2), ['d01', 'd02'], 'and now it would go to d02, which stands on a later page');
    await seat.leave();
  });
});
