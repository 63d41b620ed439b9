import assert from 'node:assert/strict';
import type { Outcome } from '../../../../providers/contract.js';
import { AccessTokens, type Grant, type IssuedToken } from '../../../../providers/fcm/access-tokens.js';

const MINUTE = 60_000;
const never = new AbortController().signal;

/** A source that this test answers, a clock that it turns. */
function world() {
  const clock = { now: 1_800_000_000_000 };
  const asked: { resolve(token: IssuedToken): void; reject(error: unknown): void; signal: AbortSignal }[] = [];
  const failures: Outcome[] = [];
  const tokens = new AccessTokens(
    { issue: (signal) => new Promise((resolve, reject) => asked.push({ resolve, reject, signal })) },
    () => clock.now,
    (outcome) => failures.push(outcome),
  );
  const give = (value: string, expiresInSeconds = 3600) => asked.at(-1)?.resolve({ value, expiresInSeconds });
  const fail = (error: unknown) => asked.at(-1)?.reject(error);
  return { clock, asked, failures, tokens, give, fail };
}

function heldBy(grant: Grant): string {
  return grant.kind === 'token' ? grant.value : grant.outcome.kind;
}

/** As the SDK's HTTP client throws it. */
function refused(status: number, data: unknown, headers: Record<string, string> = {}): Error {
  return Object.assign(new Error('refused'), { config: {}, response: { status, data, headers: new Headers(headers) } });
}

describe('access tokens', () => {
  it('are fetched once for all who wait, and kept', async () => {
    const { asked, tokens, give } = world();
    const waiting = [1, 2, 3].map(() => tokens.current(never));
    const others = [1, 2].map(() => tokens.current(new AbortController().signal));
    give('one');
    assert.deepEqual((await Promise.all([...waiting, ...others])).map(heldBy), Array(5).fill('one'));
    assert.equal(heldBy(await tokens.current(never)), 'one');
    assert.equal(asked.length, 1);
  });

  it('are renewed five minutes before their end, while the old one still serves', async () => {
    const { clock, asked, tokens, give } = world();
    const first = tokens.current(never);
    give('one');
    await first;
    clock.now += 55 * MINUTE - 1;
    await tokens.current(never);
    assert.equal(asked.length, 1);
    clock.now += 1;
    assert.equal(heldBy(await tokens.current(never)), 'one');
    assert.equal(heldBy(await tokens.current(never)), 'one');
    assert.equal(asked.length, 2, 'in the background, once');
    give('two');
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(heldBy(await tokens.current(never)), 'two');
  });

  it('that live shortly are renewed at half their life', async () => {
    const { clock, asked, tokens, give } = world();
    const first = tokens.current(never);
    give('one', 240);
    await first;
    clock.now += 2 * MINUTE - 1;
    await tokens.current(never);
    assert.equal(asked.length, 1);
    clock.now += 1;
    await tokens.current(never);
    assert.equal(asked.length, 2);
  });

  it('are waited for when the old one has ended, or the clock was set back', async () => {
    for (const shift of [60 * MINUTE, -2 * MINUTE]) {
      const { clock, tokens, give } = world();
      const first = tokens.current(never);
      give('one');
      await first;
      clock.now += shift;
      const second = tokens.current(never);
      give('two');
      assert.equal(heldBy(await second), 'two');
    }
  });

  it('are replaced once for all who were refused with the same one', async () => {
    const { asked, tokens, give } = world();
    const first = tokens.current(never);
    give('one');
    await first;
    const renewals = [1, 2, 3].map(() => tokens.renew('one', never));
    give('two');
    assert.deepEqual((await Promise.all(renewals)).map(heldBy), ['two', 'two', 'two']);
    assert.equal(heldBy(await tokens.renew('one', never)), 'two', 'somebody had renewed it already');
    assert.equal(asked.length, 2);
  });

  it('keep serving while a renewal fails, and are not asked for again at once', async () => {
    const { clock, asked, failures, tokens, give, fail } = world();
    const first = tokens.current(never);
    give('one');
    await first;
    clock.now += 56 * MINUTE;
    await tokens.current(never);
    fail(refused(503, '', { 'retry-after': '30' }));
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(heldBy(await tokens.current(never)), 'one');
    assert.equal(asked.length, 2);
    assert.equal(failures.length, 1);
    clock.now += 30_000;
    assert.equal(heldBy(await tokens.current(never)), 'one');
    assert.equal(asked.length, 3);
  });

  it('fail for all alike, without asking again before Retry-After, whose rest is told', async () => {
    const { clock, asked, tokens, give, fail } = world();
    const waiting = [1, 2].map(() => tokens.current(never));
    fail(refused(503, '', { 'retry-after': '30' }));
    for (const grant of await Promise.all(waiting)) {
      assert.ok(grant.kind === 'failed' && grant.outcome.kind === 'deferred');
      assert.deepEqual([grant.outcome.scope, grant.outcome.retryAfterMs], ['account', 30_000]);
    }
    clock.now += 10_000;
    const later = await tokens.current(never);
    assert.ok(later.kind === 'failed' && later.outcome.kind === 'deferred');
    assert.equal(later.outcome.retryAfterMs, 20_000);
    assert.equal(asked.length, 1);
    clock.now += 20_000;
    const again = tokens.current(never);
    give('one');
    assert.equal(heldBy(await again), 'one');
  });

  it('that come without a life time are none', async () => {
    for (const [value, life] of [
      ['', 3600],
      ['one', 0],
      ['one', Number.NaN],
      ['one', -1],
    ] as const) {
      const { tokens, give } = world();
      const waiting = tokens.current(never);
      give(value, life);
      const grant = await waiting;
      assert.ok(grant.kind === 'failed' && grant.outcome.kind === 'deferred');
      assert.equal(grant.outcome.reason, 'provider_unavailable');
    }
  });

  it('are not waited for by those who gave up, while others go on waiting', async () => {
    const { asked, tokens, give } = world();
    const given = new AbortController();
    const gone = tokens.current(given.signal);
    const patient = tokens.current(never);
    given.abort();
    const grant = await gone;
    assert.ok(grant.kind === 'failed' && grant.outcome.kind === 'deferred');
    assert.deepEqual([grant.outcome.scope, grant.outcome.reason], ['target', 'timeout']);
    give('one');
    assert.equal(heldBy(await patient), 'one');
    assert.equal(asked.length, 1);
  });

  it('are given up when closed', () => {
    const { asked, tokens } = world();
    void tokens.current(never);
    tokens.close();
    assert.equal(asked[0]?.signal.aborted, true);
  });
});
