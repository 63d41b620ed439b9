import assert from 'node:assert/strict';
import { type Issue, VendorTokens } from '../../../providers/shared/vendor-tokens.js';
import { createSharedTokens } from '../../../src/usecases/shared-tokens.js';
import { type OpenedStore, Scene } from './scene.js';

const LEASE_MS = 30_000;

/** `VendorTokenStore`. */
export function vendorTokensSuite(get: () => OpenedStore): void {
  describe('access tokens of vendors', () => {
    const credential = (app: string, key = 'k1', provider = 'maker') => ({ app, provider, key });

    it('are kept by app, provider and credential, the newest of each, with the times they came with', async () => {
      const { vendorTokens } = get();
      const scene = new Scene();
      const of = credential(scene.app);
      assert.equal(await vendorTokens.read(of), undefined);
      for (const value of ['first', 'second']) {
        assert.equal(await vendorTokens.claim(of, value, scene.now, scene.now + LEASE_MS), undefined);
        const token = { value, issuedAt: scene.now, expiresAt: scene.now - 1 };
        await vendorTokens.keep(of, value, token);
        assert.deepEqual(await vendorTokens.read(of), token, 'also one that has ended');
      }
      const others = [credential(`${scene.app}:test`), credential(scene.app, 'k2'), credential(scene.app, 'k1', 'b')];
      for (const other of others) assert.equal(await vendorTokens.read(other), undefined);
    });

    it('are asked for by one at a time; what a claim that ran out brings is not kept', async () => {
      const { vendorTokens } = get();
      const scene = new Scene();
      const of = credential(scene.app);
      const { now } = scene;
      assert.equal(await vendorTokens.claim(of, 'a', now, now + LEASE_MS), undefined);
      assert.equal(await vendorTokens.claim(of, 'b', now + 1, now + 1 + LEASE_MS), now + LEASE_MS);
      assert.equal(await vendorTokens.claim(credential(scene.app, 'k2'), 'c', now, now + LEASE_MS), undefined);
      assert.equal(await vendorTokens.read(of), undefined, 'a claim is no token');
      const later = now + LEASE_MS;
      assert.equal(await vendorTokens.claim(of, 'b', later, later + LEASE_MS), undefined);
      const token = { value: 'late', issuedAt: now, expiresAt: now + 3_600_000 };
      await vendorTokens.keep(of, 'a', token);
      await vendorTokens.giveUp(of, 'a', 0);
      assert.equal(await vendorTokens.read(of), undefined);
      assert.equal(await vendorTokens.claim(of, 'd', later, later + LEASE_MS), later + LEASE_MS, 'b still has it');
      await vendorTokens.keep(of, 'b', token);
      assert.deepEqual(await vendorTokens.read(of), token);
      assert.equal(await vendorTokens.claim(of, 'd', later, later + LEASE_MS), undefined, 'it was given back');
    });

    it('are not asked for before the time that a vendor named; one that was kept stays', async () => {
      const { vendorTokens } = get();
      const scene = new Scene();
      const of = credential(scene.app);
      const { now } = scene;
      const token = { value: 'old', issuedAt: now, expiresAt: now + 1 };
      await vendorTokens.claim(of, 'a', now, now + LEASE_MS);
      await vendorTokens.keep(of, 'a', token);
      await vendorTokens.claim(of, 'b', now, now + LEASE_MS);
      await vendorTokens.giveUp(of, 'b', now + 60_000);
      assert.equal(await vendorTokens.claim(of, 'c', now + 59_999, now + 99_999), now + 60_000);
      assert.deepEqual(await vendorTokens.read(of), token);
      assert.equal(await vendorTokens.claim(of, 'c', now + 60_000, now + 99_999), undefined);
    });

    it('are asked for by one of many that want to at once', async () => {
      const { vendorTokens } = get();
      const scene = new Scene();
      const of = credential(scene.app);
      for (const now of [scene.now, scene.now + LEASE_MS]) {
        const answers = await Promise.all(
          Array.from({ length: 12 }, (_, n) => vendorTokens.claim(of, `${now}.${n}`, now, now + LEASE_MS)),
        );
        assert.equal(answers.filter((until) => until === undefined).length, 1);
        assert.ok(answers.every((until) => until === undefined || until === now + LEASE_MS));
      }
    });

    it('are fetched once for several processes, and once more when the vendor refuses the one', async () => {
      const { vendorTokens } = get();
      const scene = new Scene();
      const clock = { now: () => scene.now };
      const signal = new AbortController().signal;
      let fetched = 0;
      const issue = async (): Promise<Issue> => {
        await new Promise((resolve) => setImmediate(resolve));
        return { kind: 'token', token: { value: `token ${++fetched}`, lifeSeconds: 3_600 } };
      };
      const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
      const processes = Array.from({ length: 3 }, () => {
        const tokens = createSharedTokens({ vendorTokens, clock })(scene.app, 'maker');
        return new VendorTokens({ key: 'k', issue }, { now: clock.now, log, name: 'maker', app: scene.app, tokens });
      });
      const current = () => Promise.all(processes.map((one) => one.current(signal)));
      assert.deepEqual(await current(), Array(3).fill({ kind: 'token', value: 'token 1' }));
      const renewed = await Promise.all(processes.map((one) => one.renew('token 1', signal)));
      assert.deepEqual(renewed, Array(3).fill({ kind: 'token', value: 'token 2' }));
      assert.equal(fetched, 2);
      for (const one of processes) one.close();
    });

    it('lie sealed, and count as none where the data key is another one', async () => {
      const opened = get();
      const scene = new Scene();
      const of = credential(scene.app);
      const value = 'vendor-token-canary-0123456789';
      await opened.vendorTokens.claim(of, 'a', scene.now, scene.now + LEASE_MS);
      await opened.vendorTokens.keep(of, 'a', { value, issuedAt: scene.now, expiresAt: scene.now + 1 });
      const stored = await opened.everythingStored();
      assert.ok(stored.includes(scene.app), 'what lies open is found');
      for (const form of [value, Buffer.from(value).toString('hex'), Buffer.from(value).toString('base64')])
        assert.ok(!stored.includes(form), form);
      const keys = new Map([['k1', new Uint8Array(32).fill(1)]]);
      const wrong = opened.withDataKey({ version: 1, hashKey: new Uint8Array(32), current: 'k1', keys });
      assert.equal(await wrong.vendorTokens.read(of), undefined);
    });

    it('are swept some time after they ended, unless somebody is asking for another', async () => {
      const { vendorTokens } = get();
      const scene = new Scene();
      const ended = credential(scene.app, 'ended');
      const asked = credential(scene.app, 'asked');
      const failed = credential(scene.app, 'failed');
      const { now } = scene;
      for (const of of [ended, asked]) {
        await vendorTokens.claim(of, 'a', now, now + LEASE_MS);
        await vendorTokens.keep(of, 'a', { value: of.key, issuedAt: now, expiresAt: now + 10 });
      }
      await vendorTokens.claim(asked, 'b', now, now + LEASE_MS);
      await vendorTokens.claim(failed, 'a', now, now + LEASE_MS);
      await vendorTokens.giveUp(failed, 'a', now + 5);
      while ((await vendorTokens.sweep(now + 10, 1)) > 0);
      assert.equal((await vendorTokens.read(ended))?.value, 'ended', 'it ends at that time, not before it');
      while ((await vendorTokens.sweep(now + 11, 1)) > 0);
      assert.equal(await vendorTokens.read(ended), undefined);
      assert.equal((await vendorTokens.read(asked))?.value, 'asked');
    });
  });
}
