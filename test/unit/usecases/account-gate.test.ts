import assert from 'node:assert/strict';
import type { AccountAcceptance, AccountPause, AccountStore } from '../../../src/ports/account-store.js';
import { createAccountGate, type Trouble } from '../../../src/usecases/account-gate.js';
import { clock, keptLog, pledge } from '../http/serve.js';

const BLOCKED: Trouble = { reason: 'credential_rejected', blocked: true };
const BUSY: Trouble = { reason: 'provider_unavailable', blocked: false, retryAfterMs: 30_000 };
const USED_UP: Trouble = { reason: 'quota_exceeded', isOfClass: true, blocked: false, retryAfterMs: 8 * 3_600_000 };
const SHOP = { app: 'shop', provider: 'apns' };

function scene() {
  const pauses = new Map<string, AccountPause>();
  const accepted: AccountAcceptance[] = [];
  const keyOf = (...names: readonly (string | undefined)[]) => names.filter((name) => name !== undefined).join('|');
  const held: { reading: Promise<void> | undefined } = { reading: undefined };
  const accounts: AccountStore = {
    async pauses() {
      const read = [...pauses.values()];
      await held.reading;
      return read;
    },
    pause: async (pause) => void pauses.set(keyOf(pause.app, pause.provider, pause.class), pause),
    resume: async (app, provider, _now, of) => void pauses.delete(keyOf(app, provider, of)),
    forget: async (app, provider, of) => void pauses.delete(keyOf(app, provider, of)),
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
    gate.troubled('shop', 'apns', 'marketing', BLOCKED);
    gate.troubled('other', 'apns', 'marketing', BLOCKED);
    assert.equal(gate.admit('shop', 'apns', 'marketing', 5).admitted, 0);
    await gate.unblock([SHOP]);
    assert.deepEqual(gate.admit('shop', 'apns', 'marketing', 5), { admitted: 5 });
    assert.deepEqual([gate.isBlocked('shop', 'apns'), gate.isBlocked('other', 'apns')], [false, true]);
    assert.deepEqual([...pauses.keys()], ['other|apns']);
    await gate.refresh();
    assert.equal(gate.admit('shop', 'apns', 'marketing', 5).admitted, 5);
    assert.equal(log.lines.filter(({ event }) => event === 'account.unblocked').length, 1);
  });

  it('keeps a time that the vendor named: that has nothing to do with credentials', async () => {
    const { gate, pauses } = scene();
    gate.troubled('shop', 'apns', 'marketing', BUSY);
    await gate.unblock([SHOP, { app: 'nobody', provider: 'apns' }]);
    assert.equal(gate.admit('shop', 'apns', 'marketing', 5).admitted, 0);
    assert.equal(pauses.size, 1);
  });

  it('is not stopped again by what was read from the store before', async () => {
    const { gate, held } = scene();
    gate.troubled('shop', 'apns', 'marketing', BLOCKED);
    await gate.unblock([]); // until the block is stored
    const read = pledge();
    held.reading = read.promise;
    const refreshing = gate.refresh();
    await gate.unblock([SHOP]);
    read.resolve();
    await refreshing;
    assert.deepEqual(gate.admit('shop', 'apns', 'marketing', 5), { admitted: 5 });
  });
});

describe('when something of an account was last accepted', () => {
  it('is told to the store with the next look, and again no sooner than ten seconds later', async () => {
    const { gate, accepted, time } = scene();
    const started = time.now;
    await gate.refresh();
    assert.deepEqual(accepted, []);
    gate.passed('shop', 'apns', 'marketing');
    await gate.refresh();
    time.now = started + 9_999;
    gate.passed('shop', 'apns', 'marketing');
    await gate.refresh();
    assert.deepEqual(accepted, [{ ...SHOP, class: 'marketing', at: started }]);
    time.now = started + 10_000;
    gate.passed('shop', 'apns', 'marketing');
    await gate.refresh();
    await gate.refresh();
    assert.deepEqual(
      accepted.map(({ at }) => at - started),
      [0, 10_000],
    );
  });
});

describe('a class of messages whose quota is used up', () => {
  const DAY_LEFT = 8 * 3_600_000;

  it('is parked until the vendor’s day ends, while the other class of the account flows', async () => {
    const { gate, pauses, time } = scene();
    const until = gate.troubled('shop', 'apns', 'marketing', USED_UP);
    assert.equal(until, time.now + DAY_LEFT);
    assert.deepEqual(gate.admit('shop', 'apns', 'marketing', 5), {
      ...{ admitted: 0, until, reason: 'quota_exceeded', isOfClass: true, isTried: false },
    });
    assert.deepEqual(gate.admit('shop', 'apns', 'transactional', 5), { admitted: 5 });
    gate.passed('shop', 'apns', 'transactional');
    gate.passed('shop', 'apns', 'marketing'); // left before
    assert.equal(gate.admit('shop', 'apns', 'marketing', 5).admitted, 0);
    await gate.unblock([]); // until it is stored
    assert.deepEqual([...pauses.keys()], ['shop|apns|marketing']);
    assert.equal(gate.isBlocked('shop', 'apns'), false);
  });

  it('lets one try when the day has turned, then all; the others need not look for another road meanwhile', async () => {
    const { gate, pauses, time } = scene();
    gate.troubled('shop', 'apns', 'marketing', USED_UP);
    time.now += DAY_LEFT;
    const first = gate.admit('shop', 'apns', 'marketing', 5);
    assert.deepEqual([first.admitted, first.until !== undefined && first.isTried], [1, true]);
    assert.equal(gate.admit('shop', 'apns', 'marketing', 5).admitted, 0);
    gate.passed('shop', 'apns', 'marketing');
    assert.deepEqual(gate.admit('shop', 'apns', 'marketing', 5), { admitted: 5 });
    await gate.unblock([]);
    assert.equal(pauses.size, 0);
  });

  it('is tried by another half a minute after one that never told its end, also when the clock was set back', () => {
    const { gate, time } = scene();
    gate.troubled('shop', 'apns', 'marketing', { ...USED_UP, retryAfterMs: 1_000 });
    time.now += 7_200_000;
    assert.equal(gate.admit('shop', 'apns', 'marketing', 5).admitted, 1);
    time.now += 29_999;
    assert.equal(gate.admit('shop', 'apns', 'marketing', 5).admitted, 0);
    time.now += 1;
    assert.equal(gate.admit('shop', 'apns', 'marketing', 5).admitted, 1);
    time.now -= 3_600_000;
    assert.equal(gate.admit('shop', 'apns', 'marketing', 5).admitted, 1);
    assert.equal(gate.admit('shop', 'apns', 'marketing', 5).admitted, 0);
  });

  it('waits for the account as well, and its account for no class', () => {
    const { gate, time } = scene();
    gate.troubled('shop', 'apns', 'marketing', BUSY);
    const until = gate.troubled('shop', 'apns', 'marketing', USED_UP);
    const parked = gate.admit('shop', 'apns', 'marketing', 5);
    assert.deepEqual([parked.admitted, parked.until], [0, until], 'the longer of the two counts');
    const other = gate.admit('shop', 'apns', 'transactional', 5);
    assert.deepEqual([other.admitted, other.until], [0, time.now + 30_000]);
    time.now += 30_000;
    assert.equal(gate.admit('shop', 'apns', 'marketing', 5).admitted, 0, 'it is no probe of the account');
    assert.equal(gate.admit('shop', 'apns', 'transactional', 5).admitted, 1);
    // The vendor answers for the class: of the account that says that it is well.
    gate.troubled('shop', 'apns', 'transactional', USED_UP);
    const answer = gate.admit('shop', 'apns', 'transactional', 5);
    assert.deepEqual([answer.admitted, answer.until], [0, time.now + DAY_LEFT]);
  });

  it('goes on at once where the settings of the provider are others, as the quota may be', async () => {
    const { gate, pauses } = scene();
    gate.troubled('shop', 'apns', 'marketing', USED_UP);
    gate.troubled('shop', 'fcm', 'marketing', USED_UP);
    gate.troubled('shop', 'apns', 'transactional', { ...USED_UP, reason: 'rate_limited' });
    await gate.unblock([SHOP]);
    assert.deepEqual(gate.admit('shop', 'apns', 'marketing', 5), { admitted: 5 });
    assert.deepEqual([...pauses.keys()], ['shop|fcm|marketing', 'shop|apns|transactional']);
  });

  it('is known to other workers, and over for all when one got through', async () => {
    const here = scene();
    const there = scene();
    here.gate.troubled('shop', 'apns', 'marketing', USED_UP);
    await here.gate.unblock([]);
    for (const [key, pause] of here.pauses) there.pauses.set(key, pause);
    await there.gate.refresh();
    assert.equal(there.gate.admit('shop', 'apns', 'marketing', 5).admitted, 0);
    assert.equal(there.gate.admit('shop', 'apns', 'transactional', 5).admitted, 5);
    there.pauses.clear();
    there.time.now += DAY_LEFT;
    await there.gate.refresh();
    assert.deepEqual(there.gate.admit('shop', 'apns', 'marketing', 5), { admitted: 5 });
  });
});
