import assert from 'node:assert/strict';
import type { EpochMs, Outcome, SharedToken, SharedTokens } from '../../../../providers/contract.js';
import { type Issue, ownTokens, tokenKey, VendorTokens } from '../../../../providers/shared/vendor-tokens.js';

const NEVER = new AbortController().signal;
const START = 1_800_000_000_000;
const HOUR_MS = 3_600_000;

/** A vendor that gives `t1`, `t2` … for an hour each, unless a test says otherwise. */
function openVendor() {
  const clock = { now: START };
  const now = () => clock.now as EpochMs;
  let asked = 0;
  const logged: string[] = [];
  const warn = (_fields: object, event: string) => void logged.push(event);
  const vendor = {
    clock,
    now,
    logged,
    asked: () => asked,
    answer: async (at: number): Promise<Issue> => ({ kind: 'token', token: { value: `t${at}`, lifeSeconds: 3_600 } }),
    /** The tokens of one process. */
    process: (shared?: SharedTokens) =>
      new VendorTokens(
        {
          key: tokenKey('client', 'secret'),
          random: () => 0,
          issue(signal) {
            asked += 1;
            const given = new Promise<Issue>((resolve) => {
              signal.addEventListener('abort', () => resolve(failed('aborted')), { once: true });
            });
            return Promise.race([vendor.answer(asked), given]);
          },
        },
        {
          ...{ now, name: 'vendor', app: 'shop', log: { info: warn, warn, error: warn } },
          ...(shared === undefined ? {} : { tokens: shared }),
        },
      ),
  };
  return vendor;
}

function failed(text: string, retryAfterMs?: number): Issue {
  const after = retryAfterMs === undefined ? {} : { retryAfterMs };
  const outcome: Outcome = {
    kind: 'deferred',
    scope: 'account',
    reason: 'provider_unavailable',
    ...after,
    detail: { text },
  };
  return { kind: 'failed', outcome };
}

async function tokenOf(grant: ReturnType<VendorTokens['current']>): Promise<string> {
  const given = await grant;
  return given.kind === 'token' ? given.value : `${given.outcome.kind}: ${given.outcome.detail?.text}`;
}

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

describe('Access tokens of a vendor', () => {
  it('are named by a digest that tells nothing, another for each credential', () => {
    assert.match(tokenKey('client', 'secret'), /^[A-Za-z0-9_-]{24}$/);
    assert.notEqual(tokenKey('a', 'bc'), tokenKey('ab', 'c'));
  });

  it('are fetched once for all who wait, and kept', async () => {
    const vendor = openVendor();
    const tokens = vendor.process();
    const given = await Promise.all(Array.from({ length: 5 }, () => tokenOf(tokens.current(NEVER))));
    assert.deepEqual(given, ['t1', 't1', 't1', 't1', 't1']);
    vendor.clock.now += HOUR_MS / 2;
    assert.equal(await tokenOf(tokens.current(NEVER)), 't1');
    assert.equal(vendor.asked(), 1);
  });

  it('are fetched once for two processes that ask at the same time', async () => {
    const vendor = openVendor();
    const shared = ownTokens(vendor.now);
    const [one, other] = [vendor.process(shared), vendor.process(shared)];
    const held = gate();
    vendor.answer = async (at) => {
      await held.opened;
      return { kind: 'token', token: { value: `t${at}`, lifeSeconds: 3_600 } };
    };
    const given = [tokenOf(one.current(NEVER)), tokenOf(other.current(NEVER))];
    held.open();
    assert.deepEqual(await Promise.all(given), ['t1', 't1']);
    assert.equal(vendor.asked(), 1);
  });

  it('are renewed ahead while the old one is still given, once', async () => {
    const vendor = openVendor();
    const tokens = vendor.process();
    await tokens.current(NEVER);
    vendor.clock.now += HOUR_MS * 0.8;
    assert.equal(await tokenOf(tokens.current(NEVER)), 't1');
    assert.equal(await tokenOf(tokens.current(NEVER)), 't1');
    while ((await tokenOf(tokens.current(NEVER))) === 't1') await new Promise(setImmediate);
    assert.equal(vendor.asked(), 2);
  });

  it('are still given when renewing ahead fails, and the vendor is left alone for a while', async () => {
    const vendor = openVendor();
    const tokens = vendor.process();
    await tokens.current(NEVER);
    vendor.clock.now += HOUR_MS * 0.9;
    vendor.answer = async () => failed('away');
    while (vendor.asked() < 2) assert.equal(await tokenOf(tokens.current(NEVER)), 't1');
    await new Promise(setImmediate);
    for (let at = 0; at < 5; at += 1) assert.equal(await tokenOf(tokens.current(NEVER)), 't1');
    assert.equal(vendor.asked(), 2);
  });

  it('are not sent with when they may end under way', async () => {
    const vendor = openVendor();
    const tokens = vendor.process();
    await tokens.current(NEVER);
    vendor.clock.now += HOUR_MS - 15_000;
    assert.equal(await tokenOf(tokens.current(NEVER)), 't2');
  });

  it('a refused one is replaced once for all who hold it', async () => {
    const vendor = openVendor();
    const tokens = vendor.process();
    await tokens.current(NEVER);
    const given = await Promise.all(Array.from({ length: 5 }, () => tokenOf(tokens.renew('t1', NEVER))));
    assert.deepEqual(new Set(given), new Set(['t2']));
    assert.equal(await tokenOf(tokens.renew('t1', NEVER)), 't2');
    assert.equal(vendor.asked(), 2);
  });

  it('a refused one is replaced by what another process got meanwhile', async () => {
    const vendor = openVendor();
    const shared = ownTokens(vendor.now);
    const [one, other] = [vendor.process(shared), vendor.process(shared)];
    assert.equal(await tokenOf(one.current(NEVER)), 't1');
    assert.equal(await tokenOf(other.current(NEVER)), 't1');
    assert.equal(await tokenOf(one.renew('t1', NEVER)), 't2');
    assert.equal(await tokenOf(other.renew('t1', NEVER)), 't2');
    assert.equal(vendor.asked(), 2);
  });

  it('one that is refused as soon as it is given is not replaced again at once', async () => {
    const vendor = openVendor();
    const tokens = vendor.process();
    await tokens.current(NEVER);
    assert.equal(await tokenOf(tokens.renew('t1', NEVER)), 't2');
    for (let at = 0; at < 5; at += 1) assert.equal(await tokenOf(tokens.renew('t2', NEVER)), 't2');
    assert.equal(vendor.asked(), 2);
    vendor.clock.now += 10_000;
    assert.equal(await tokenOf(tokens.renew('t2', NEVER)), 't3');
  });

  it('after failures the vendor is asked again after 1 s, 2 s, 4 s …, and all others are told the failure', async () => {
    const vendor = openVendor();
    const tokens = vendor.process();
    vendor.answer = async (at) => failed(`failure ${at}`);
    for (const [at, pauseMs] of [1_000, 2_000, 4_000].entries()) {
      assert.equal(await tokenOf(tokens.current(NEVER)), `deferred: failure ${at + 1}`);
      vendor.clock.now += pauseMs - 1;
      assert.equal(await tokenOf(tokens.current(NEVER)), `deferred: failure ${at + 1}`);
      assert.equal(vendor.asked(), at + 1);
      vendor.clock.now += 1;
    }
    vendor.answer = async () => ({ kind: 'token', token: { value: 'good', lifeSeconds: 60 } });
    assert.equal(await tokenOf(tokens.current(NEVER)), 'good');
    assert.deepEqual(new Set(vendor.logged), new Set(['provider.no_access_token']));
  });

  it('a failure that says when to ask again is obeyed, also by other processes, and tells what is left', async () => {
    const vendor = openVendor();
    const shared = ownTokens(vendor.now);
    const [one, other] = [vendor.process(shared), vendor.process(shared)];
    vendor.answer = async () => failed('slow down', 120_000);
    await one.current(NEVER);
    vendor.clock.now += 20_000;
    for (const tokens of [one, other]) {
      const grant = await tokens.current(NEVER);
      assert.ok(grant.kind === 'failed' && grant.outcome.kind === 'deferred');
      assert.equal(grant.outcome.retryAfterMs, 100_000);
    }
    assert.equal(vendor.asked(), 1);
  });

  it('an answer without a token that lives is a failure', async () => {
    const vendor = openVendor();
    const tokens = vendor.process();
    vendor.answer = async () => ({ kind: 'token', token: { value: 't', lifeSeconds: 0 } });
    assert.match(await tokenOf(tokens.current(NEVER)), /^deferred: an answer without an access token/);
  });

  it('each process gets one of its own while the store is away', async () => {
    const vendor = openVendor();
    const away = () => Promise.reject(new Error('no connection'));
    const tokens = vendor.process({ read: away, claim: away, release: away });
    assert.equal(await tokenOf(tokens.current(NEVER)), 't1');
    assert.equal(await tokenOf(tokens.current(NEVER)), 't1');
    assert.deepEqual(vendor.logged, ['provider.tokens_not_shared']);
  });

  it('one that cannot be noted in the store is used all the same', async () => {
    const vendor = openVendor();
    const shared = ownTokens(vendor.now);
    const tokens = vendor.process({ ...shared, release: () => Promise.reject(new Error('no connection')) });
    assert.equal(await tokenOf(tokens.current(NEVER)), 't1');
    assert.deepEqual(vendor.logged, ['provider.tokens_not_shared']);
  });

  it('a clock that was set back far makes the end of a token worthless', async () => {
    const vendor = openVendor();
    const tokens = vendor.process();
    await tokens.current(NEVER);
    vendor.clock.now -= 30_000;
    assert.equal(await tokenOf(tokens.current(NEVER)), 't1');
    vendor.clock.now -= HOUR_MS;
    assert.equal(await tokenOf(tokens.current(NEVER)), 't2');
  });

  it('a process that died while it asked holds up the others no longer than its claim', async () => {
    const vendor = openVendor();
    const shared = ownTokens(vendor.now);
    await shared.claim(tokenKey('client', 'secret'), 60_000);
    const tokens = vendor.process(shared);
    const grant = await tokens.current(NEVER);
    assert.ok(grant.kind === 'failed' && grant.outcome.kind === 'deferred');
    assert.equal(grant.outcome.retryAfterMs, 60_000);
    assert.equal(vendor.asked(), 0);
    vendor.clock.now += 60_000;
    assert.equal(await tokenOf(tokens.current(NEVER)), 't1');
  });

  it('a wait that is given up ends alone', async () => {
    const vendor = openVendor();
    const tokens = vendor.process();
    const held = gate();
    const answer = vendor.answer;
    vendor.answer = async (at) => {
      await held.opened;
      return answer(at);
    };
    const given = new AbortController();
    const waits = [tokenOf(tokens.current(given.signal)), tokenOf(tokens.current(NEVER))];
    given.abort();
    assert.match((await waits[0]) ?? '', /^deferred: given up/);
    assert.match(await tokenOf(tokens.current(given.signal)), /^deferred: given up/);
    held.open();
    assert.equal(await waits[1], 't1');
    assert.equal(vendor.asked(), 1);
  });

  it('closing gives up what is under way, and lets another ask at once', async () => {
    const vendor = openVendor();
    const shared = ownTokens(vendor.now);
    const tokens = vendor.process(shared);
    const answer = vendor.answer;
    vendor.answer = () => new Promise<Issue>(() => undefined);
    const waiting = tokenOf(tokens.current(NEVER));
    while (vendor.asked() === 0) await new Promise(setImmediate);
    tokens.close();
    assert.match(await waiting, /^deferred: given up/);
    vendor.answer = answer;
    assert.equal(await tokenOf(vendor.process(shared).current(NEVER)), 't2');
    assert.deepEqual(vendor.logged, []);
  });

  it('what a process kept for itself has the promises of what is shared', async () => {
    const clock = { now: START };
    const shared = ownTokens(() => clock.now as EpochMs);
    const token: SharedToken = { value: 'a', issuedAt: START as EpochMs, expiresAt: (START + 1) as EpochMs };
    const claim = await shared.claim('k', 1_000);
    assert.ok(claim.granted);
    assert.deepEqual(await shared.claim('k', 1_000), { granted: false, lookAgainAt: START + 1_000 });
    await shared.release('k', 'another claim', { token });
    assert.equal(await shared.read('k'), undefined);
    await shared.release('k', claim.claim, { token });
    assert.deepEqual(await shared.read('k'), token);
    assert.equal((await shared.claim('k', 1_000)).granted, true);
    assert.equal((await shared.claim('other', 1_000)).granted, true);
  });
});
