import assert from 'node:assert/strict';
import type { AccountPause } from '../../../src/ports/account-store.js';
import { type OpenedStore, Scene } from './scene.js';

export function accountsSuite(get: () => OpenedStore): void {
  describe('accounts', () => {
    async function pausesOf(app: string): Promise<AccountPause[]> {
      return (await get().accounts.pauses()).filter((pause) => pause.app === app);
    }

    it('keeps pauses as given, one per account, until something passed', async () => {
      const { accounts } = get();
      const scene = new Scene();
      const pause = (provider: string, change: Partial<AccountPause> = {}): AccountPause => ({
        app: scene.app,
        provider,
        until: scene.now + 60_000,
        reason: 'rate_limited',
        failures: 1,
        since: scene.now,
        ...change,
      });
      await accounts.pause(pause('apns'), scene.now);
      await accounts.pause(pause('fcm', { reason: 'credential_rejected' }), scene.now);
      await accounts.pause(pause('apns'), scene.now);
      assert.deepEqual(
        (await pausesOf(scene.app)).sort((a, b) => (a.provider < b.provider ? -1 : 1)),
        [pause('apns'), pause('fcm', { reason: 'credential_rejected' })],
      );
      const longer = pause('apns', { until: scene.now + 90_000, reason: 'quota_exceeded', failures: 2 });
      await accounts.pause(longer, scene.now);
      assert.deepEqual(
        (await pausesOf(scene.app)).find(({ provider }) => provider === 'apns'),
        longer,
      );
      await accounts.resume(scene.app, 'apns', scene.now);
      await accounts.resume(scene.app, 'apns', scene.now);
      assert.deepEqual(
        (await pausesOf(scene.app)).map(({ provider }) => provider),
        ['fcm'],
      );
      await accounts.resume(scene.app, 'fcm', scene.now);
      const fresh = pause('fcm', { since: scene.now + 5 });
      await accounts.pause(fresh, scene.now);
      assert.deepEqual(await pausesOf(scene.app), [fresh], 'what was forgotten leaves no trace');
    });

    it('keeps pauses of classes beside the account’s, each until something of it passed', async () => {
      const { accounts } = get();
      const scene = new Scene();
      const { app, now } = scene;
      const pause = {
        app,
        provider: 'huawei',
        until: now + 5,
        reason: 'quota_exceeded',
        failures: 1,
        since: now,
      } as const;
      const all: AccountPause[] = [
        { ...pause, reason: 'credential_rejected' },
        { ...pause, class: 'marketing', until: now + 9 },
        { ...pause, class: 'transactional' },
      ];
      for (const one of all) await accounts.pause(one, now);
      assert.deepEqual(await pausesOf(app), all);
      await accounts.resume(app, 'huawei', now, 'transactional');
      assert.deepEqual(await pausesOf(app), all.slice(0, 2));
      await accounts.forget(app, 'huawei');
      assert.deepEqual(await pausesOf(app), all.slice(1, 2));
      await accounts.forget(app, 'huawei', 'marketing');
      assert.deepEqual(await pausesOf(app), []);
    });

    it('keeps the account of one app apart from another’s', async () => {
      const { accounts } = get();
      const [a, b] = [new Scene(), new Scene()];
      const common = { provider: 'apns', reason: 'timeout', failures: 1, until: a.now, since: a.now } as const;
      await accounts.pause({ app: a.app, ...common }, a.now);
      await accounts.pause({ app: b.app, ...common }, a.now);
      await accounts.resume(a.app, 'apns', a.now);
      assert.deepEqual([(await pausesOf(a.app)).length, (await pausesOf(b.app)).length], [0, 1]);
    });

    it('takes pauses of many workers at once and keeps the longest', async () => {
      const { accounts } = get();
      const scene = new Scene();
      await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          accounts.pause(
            {
              app: scene.app,
              provider: 'apns',
              reason: 'rate_limited',
              failures: 1,
              until: scene.now + ((i * 7) % 12),
              since: scene.now,
            },
            scene.now,
          ),
        ),
      );
      assert.deepEqual(
        (await pausesOf(scene.app)).map(({ until }) => until),
        [scene.now + 11],
      );
    });

    it('keeps the latest time at which something of an account was accepted, whatever the order', async () => {
      const { accounts } = get();
      const [a, b] = [new Scene(), new Scene()];
      assert.deepEqual(await accounts.acceptances(a.app), []);
      await accounts.accepted([], a.now);
      await accounts.accepted(
        [
          { app: a.app, provider: 'fcm', at: a.now + 5 },
          { app: a.app, provider: 'apns', at: a.now },
          { app: a.app, provider: 'apns', at: a.now + 2 },
          { app: b.app, provider: 'apns', at: b.now },
        ],
        a.now,
      );
      await accounts.accepted(
        [
          { app: a.app, provider: 'apns', at: a.now + 1 },
          { app: a.app, provider: 'fcm', at: a.now + 9 },
        ],
        a.now,
      );
      assert.deepEqual(await accounts.acceptances(a.app), [
        { app: a.app, provider: 'apns', at: a.now + 2 },
        { app: a.app, provider: 'fcm', at: a.now + 9 },
      ]);
      assert.deepEqual(await accounts.acceptances(b.app), [{ app: b.app, provider: 'apns', at: b.now }]);
    });

    it('takes acceptances of many workers at once', async () => {
      const { accounts } = get();
      const scene = new Scene();
      const both = (at: number) => ['apns', 'fcm'].map((provider) => ({ app: scene.app, provider, at }));
      await Promise.all(
        Array.from({ length: 12 }, (_, i) => {
          const these = both(scene.now + ((i * 7) % 12));
          return accounts.accepted(i % 2 === 0 ? these : these.reverse(), scene.now);
        }),
      );
      assert.deepEqual(
        (await accounts.acceptances(scene.app)).map(({ at }) => at),
        [scene.now + 11, scene.now + 11],
      );
    });
  });
}
