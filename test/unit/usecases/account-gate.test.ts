import assert from 'node:assert/strict';
import type { AccountAcceptance, AccountPause, AccountStore } from '../../../src/ports/account-store.js';
import { createAccountGate, type Trouble } from '../../../src/usecases/account-gate.js';
import { clock, keptLog, pledge } from '../http/serve.js';

const BLOCKED: Trouble = { reason: 'credential_rejected', blocked: true };
const BUSY: Trouble = { reason: 'provider_unavailable', blocked: false, retryAfterMs: 30_000 };
const SHOP = { app: 'shop', provider: 'apns' };

function scene() {
  const pauses = new Map<string, AccountPause>();
  const accepted: AccountAcceptance[] = [];
  const keyOf = (app: string, provider: string) => `${app}|${provider}`;
  const held: { reading: Promise<void> | undefined } = { reading: undefined };
  const accounts: AccountStore = {
    async pauses() {
      const read = [...pauses.values()];
      await held.reading;
      return read;
    },
    pause: async (pause) => void pauses.set(keyOf(pause.app, pause.provider), pause),
    resume: async (app, provider) => void pauses.delete(keyOf(app, provider)),
    forget: async (app, provider) => void pauses.delete(keyOf(app, provider)),
    expiring: async () => undefined,
    accepted: async (these) => void accepted.push(...these),
    acceptances: async (app) => accepted.filter((one) => one.app === app),
  };
  const log = keptLog();
  const retry = { baseMs: 1_000, capMs: 900_000, attemptsMax: 10 };
  const time = { now: clock.now() };
  const gate = createAccountGate({ accounts, clock: { now: () => time.now }, random: () => 0.5, retry, log });
  return { pauses, accepted, held, log, time, gate };
}

describe('an account whose credentials are replaced while the process runs', () => {
  it('goes on at once, here and in the store; another that is blocked does not', async () => {
    const { gate, pauses, log } = scene();
    gate.troubled('shop', 'apns', BLOCKED);
    gate.troubled('other', 'apns', BLOCKED);
    assert.equal(gate.admit('shop', 'apns', 5).admitted, 0);
    await gate.unblock([SHOP]);
    assert.deepEqual(gate.admit('shop', 'apns', 5), { admitted: 5 });
    assert.deepEqual([gate.isBlocked('shop', 'apns'), gate.isBlocked('other', 'apns')], [false, true]);
    assert.deepEqual([...pauses.keys()], ['other|apns']);
    await gate.refresh();
    assert.equal(gate.admit('shop', 'apns', 5).admitted, 5);
    assert.equal(log.lines.filter(({ event }) => event === 'account.unblocked').length, 1);
  });

  it('keeps a time that the vendor named: that has nothing to do with credentials', async () => {
    const { gate, pauses } = scene();
    gate.troubled('shop', 'apns', BUSY);
    await gate.unblock([SHOP, { app: 'nobody', provider: 'apns' }]);
    assert.equal(gate.admit('shop', 'apns', 5).admitted, 0);
    assert.equal(pauses.size, 1);
  });

  it('is not stopped again by what was read from the store before', async () => {
    const { gate, held } = scene();
    gate.troubled('shop', 'apns', BLOCKED);
    await gate.unblock([]); // until the block is stored
    const read = pledge();
    held.reading = read.promise;
    const refreshing = gate.refresh();
    await gate.unblock([SHOP]);
    read.resolve();
    await refreshing;
    assert.deepEqual(gate.admit('shop', 'apns', 5), { admitted: 5 });
  });
});

describe('when something of an account was last accepted', () => {
  it('is told to the store with the next look, and again no sooner than ten seconds later', async () => {
    const { gate, accepted, time } = scene();
    const started = time.now;
    await gate.refresh();
    assert.deepEqual(accepted, []);
    gate.passed('shop', 'apns');
    await gate.refresh();
    time.now = started + 9_999;
    gate.passed('shop', 'apns');
    await gate.refresh();
    assert.deepEqual(accepted, [{ ...SHOP, at: started }]);
    time.now = started + 10_000;
    gate.passed('shop', 'apns');
    await gate.refresh();
    await gate.refresh();
    assert.deepEqual(
      accepted.map(({ at }) => at - started),
      [0, 10_000],
    );
  });
});
