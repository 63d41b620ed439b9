import assert from 'node:assert/strict';
import { EVENT_TYPES } from '../../../src/domain/event.js';
import { Scene } from '../store/scene.js';
import { firstDeath, NEXT_DEATH, openParties, type Parties } from './mortal-ground.js';

describe('store/mongo: accounts and quotas whose process dies', function () {
  this.timeout(60_000);
  let parties: Parties;
  before(async function () {
    parties = await openParties(this);
  });
  after(() => parties?.close());

  const recover = () => parties.party.ground.outbox.recover(100, 0);

  async function scene(): Promise<Scene> {
    const made = new Scene();
    await parties.wantEvents(made.app, EVENT_TYPES);
    return made;
  }

  const toldIn = async (app: string) => (await parties.told(app)).map(({ type }) => type);

  it('tell once that an account is paused, and once that it is well', async () => {
    for (const order of ['recover, repeat', 'repeat, recover'] as const) {
      for (let n = firstDeath(), wasReached = true; wasReached; n += NEXT_DEATH) {
        const { app, now } = await scene();
        const mortal = await parties.openMortal(n);
        const act = async ({ accounts }: Pick<typeof mortal, 'accounts'>) => {
          const pause = { app, provider: 'apns', until: now + 9, reason: 'timeout', failures: 1, since: now } as const;
          await accounts.pause(pause, now);
          await accounts.expiring([{ app, provider: 'apns', credential: 'key', endsAt: now + 9, days: 7 }], now);
        };
        await act(mortal).catch((error: unknown) => assert.match(String(error), /killed/));
        wasReached = mortal.isDead;
        if (order === 'recover, repeat') await recover();
        await act(parties.party);
        await recover();
        assert.deepEqual(
          (await toldIn(app)).sort(),
          ['credential.expiring', 'provider.degraded'],
          `killed at ${n}; ${order}`,
        );
      }
    }
  });

  it('tell once that an account is well', async () => {
    for (let n = firstDeath(), wasReached = true; wasReached; n += NEXT_DEATH) {
      const { app, now } = await scene();
      const pause = { app, provider: 'apns', until: now + 9, reason: 'timeout', failures: 1, since: now } as const;
      await parties.party.accounts.pause(pause, now);
      const mortal = await parties.openMortal(n);
      const act = ({ accounts }: Pick<typeof mortal, 'accounts'>) => accounts.resume(app, 'apns', now);
      await act(mortal).catch((error: unknown) => assert.match(String(error), /killed/));
      wasReached = mortal.isDead;
      await recover();
      await act(parties.party);
      assert.deepEqual(await toldIn(app), ['provider.degraded', 'provider.recovered'], `killed at ${n}`);
    }
  });

  it('tell once of a share that was reached, where it was counted', async () => {
    for (let n = firstDeath(), wasReached = true; wasReached; n += NEXT_DEATH) {
      const { app, now } = await scene();
      const day = { app, provider: 'maker', class: 'marketing', dayEndsAt: now + 9 } as const;
      const taken = { ...day, count: 8, max: 10, tellAt: [0.8], isUsedUp: false };
      const mortal = await parties.openMortal(n);
      await mortal.quotas.count([taken], now).catch((error: unknown) => assert.match(String(error), /killed/));
      wasReached = mortal.isDead;
      await recover();
      const [used] = await parties.party.quotas.count([{ ...taken, count: 0 }], now);
      assert.deepEqual(await toldIn(app), used === 8 ? ['quota.threshold'] : [], `killed at ${n}`);
      assert.ok(used === 8 || n < 3, 'what was written is counted');
    }
  });
});
