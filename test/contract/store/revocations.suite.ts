import assert from 'node:assert/strict';
import type { RevocableAccess, Revocation } from '../../../src/ports/revocation-store.js';
import { type OpenedStore, Scene } from './scene.js';

/** `RevocationStore`. */
export function revocationsSuite(get: () => OpenedStore): void {
  describe('revocations', () => {
    const access = (scene: Scene, change: Partial<RevocableAccess> = {}): RevocableAccess => ({
      app: scene.app,
      device: 'phone',
      user: 'ann',
      jti: 't1',
      issuedAt: scene.now,
      ...change,
    });
    const of = (scene: Scene, part: Revocation['part'], subject: string, at = 0): Revocation => ({
      app: scene.app,
      part,
      subject,
      upTo: scene.now + at,
    });

    it('refuses what was issued to a device or a user up to then, and a token whenever it was issued', async () => {
      const { revocations } = get();
      const [scene, foreign] = [new Scene(), new Scene()];
      await revocations.add(
        [of(scene, 'device', 'phone'), of(scene, 'user', 'bob', 5), of(scene, 'jti', 'bad')],
        scene.now,
      );
      const cases: readonly [RevocableAccess, boolean][] = [
        [access(scene), true],
        [access(scene, { issuedAt: scene.now - 1 }), true],
        [access(scene, { issuedAt: scene.now + 0.9 }), true],
        [access(scene, { issuedAt: scene.now + 1 }), false],
        [access(scene, { device: 'tablet' }), false],
        [access(scene, { device: 'tablet', user: 'bob', issuedAt: scene.now + 5 }), true],
        [access(scene, { device: 'tablet', user: 'bob', issuedAt: scene.now + 6 }), false],
        [access(scene, { device: 'tablet', user: null }), false],
        [access(scene, { device: 'tablet', jti: 'bad', issuedAt: scene.now + 3_600_000 }), true],
        // Each is looked for where it stands only.
        [access(scene, { device: 'bob', user: 'phone', jti: 'phone' }), false],
        [access(foreign), false],
      ];
      assert.deepEqual(
        await revocations.find(cases.map(([one]) => one)),
        cases.map(([, revoked]) => revoked),
      );
      const { jti: _, ...unnamed } = access(scene, { device: 'tablet' });
      assert.deepEqual(await revocations.find([unnamed]), [false]);
      assert.deepEqual(await revocations.find([]), []);
    });

    it('keeps the latest of those about the same, in whatever order they come, and takes two in one call', async () => {
      const { revocations } = get();
      const scene = new Scene();
      await revocations.add([of(scene, 'device', 'phone', 10), of(scene, 'device', 'phone', 20)], scene.now);
      await revocations.add([of(scene, 'device', 'phone', 5)], scene.now);
      await revocations.add([], scene.now);
      assert.deepEqual(await revocations.find([20, 21].map((at) => access(scene, { issuedAt: scene.now + at }))), [
        true,
        false,
      ]);
      assert.deepEqual(await mine(scene, scene.now), [of(scene, 'device', 'phone', 20)]);
    });

    it('tells page by page what was recorded since, and again where it was repeated', async () => {
      const { revocations } = get();
      const scene = new Scene();
      const wanted = ['a', 'b', 'c'].map((subject) => of(scene, 'user', subject));
      await revocations.add([of(scene, 'user', 'old')], scene.now - 1);
      for (const one of wanted) await revocations.add([one], scene.now);
      assert.deepEqual(await mine(scene, scene.now, 2), wanted);
      await revocations.add([of(scene, 'user', 'old')], scene.now + 7);
      assert.deepEqual(await mine(scene, scene.now + 1), [of(scene, 'user', 'old')]);
    });

    it('removes what was recorded before, in steps', async () => {
      const { revocations } = get();
      const scene = new Scene();
      for (const [index, subject] of ['a', 'b', 'c'].entries()) {
        await revocations.add([of(scene, 'jti', subject)], scene.now + index);
      }
      let removed = 0;
      while ((await revocations.sweep(scene.now + 2, 1)) > 0) removed += 1;
      assert.ok(removed >= 2);
      assert.deepEqual(await mine(scene, scene.now), [of(scene, 'jti', 'c')]);
      assert.deepEqual(await revocations.find(['b', 'c'].map((jti) => access(scene, { jti }))), [false, true]);
    });

    /** The scene's own: others share the store. */
    async function mine(scene: Scene, from: number, limit = 100): Promise<Revocation[]> {
      const found: Revocation[] = [];
      for (let after: Revocation | undefined; ; ) {
        const page = await get().revocations.since(from, limit, after);
        assert.ok(page.length <= limit);
        found.push(...page);
        after = page.at(-1);
        if (page.length < limit) return found.filter(({ app }) => app === scene.app);
      }
    }
  });
}
