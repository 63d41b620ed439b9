import assert from 'node:assert/strict';
import { type OpenedStore, Scene } from './scene.js';

/** `FeedTurnStore`. */
export function feedTurnsSuite(get: () => OpenedStore): void {
  describe('turns of asking a vendor for dead addresses', () => {
    it('are had by one at a time, when they have come, each provider for itself', async () => {
      const { feedTurns } = get();
      const { app, now } = new Scene();
      const asked = await Promise.all(Array.from({ length: 8 }, () => feedTurns.take(app, 'oppo', now, now + 10)));
      assert.equal(asked.filter(Boolean).length, 1);
      assert.equal(await feedTurns.take(app, 'oppo', now + 9, now + 99), false);
      assert.equal(await feedTurns.take(app, 'fcm', now + 9, now + 99), true);
      assert.equal(await feedTurns.take(`${app}x`, 'oppo', now + 9, now + 99), true);
      assert.equal(await feedTurns.take(app, 'oppo', now + 10, now + 20), true, 'whoever had it is taken for dead');
      await feedTurns.next(app, 'oppo', now + 15);
      assert.equal(await feedTurns.take(app, 'oppo', now + 14, now + 30), false);
      assert.equal(await feedTurns.take(app, 'oppo', now + 15, now + 30), true);
      await feedTurns.next(app, 'new', now + 5);
      assert.equal(await feedTurns.take(app, 'new', now + 4, now + 30), false);
    });
  });
}
