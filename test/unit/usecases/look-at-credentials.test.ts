import assert from 'node:assert/strict';
import type { ExpiringCredential } from '../../../src/ports/account-store.js';
import { lookAtCredentials } from '../../../src/usecases/look-at-credentials.js';
import type { ConfiguredProvider } from '../../../src/usecases/provider-directory.js';

const DAY_MS = 86_400_000;

describe('a look at credentials', () => {
  it('tells of those that end within 30, 7 and 1 days, by the number that they are within', async () => {
    const now = Date.UTC(2031, 0, 1);
    const told = async (leftMs: number | undefined) => {
      const said: ExpiringCredential[] = [];
      const credentialEnd =
        leftMs === undefined ? {} : { credentialEnd: { credential: 'certificate', endsAt: now + leftMs } };
      const apns = { name: 'apns', ...credentialEnd } as ConfiguredProvider; // nothing else of it is asked for
      await lookAtCredentials({
        providers: { apps: () => ['shop'], configured: () => [apns] },
        accounts: { expiring: async (these) => void said.push(...these) },
        clock: { now: () => now },
      });
      return said.map(({ days }) => days);
    };
    assert.deepEqual(await told(undefined), []);
    assert.deepEqual(await told(30 * DAY_MS + 1), []);
    assert.deepEqual(await told(30 * DAY_MS), [30]);
    assert.deepEqual(await told(7 * DAY_MS + 1), [30]);
    assert.deepEqual(await told(7 * DAY_MS), [7]);
    assert.deepEqual(await told(DAY_MS), [1]);
    assert.deepEqual(await told(-5 * DAY_MS), [1]);
  });
});
