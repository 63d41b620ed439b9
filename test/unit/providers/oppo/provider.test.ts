import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Outcome } from '../../../../providers/contract.js';
import { oppoKind } from '../../../../providers/oppo/kind.js';
import type { OppoProvider } from '../../../../providers/oppo/provider.js';
import { ownTokens } from '../../../../providers/shared/vendor-tokens.js';
import { testEnv } from '../../../contract/provider.suite.js';
import { NEVER, openRig, type Rig, START_MS, short, target, targets, tokenOf } from './rig.js';

const HOUR_MS = 3_600_000;

describe('OPPO’s access tokens', () => {
  let rig: Rig;
  afterEach(() => rig.close());

  it('are fetched once for many sends at once', async () => {
    rig = await openRig();
    await Promise.all(targets(8).map((one) => rig.send([one])));
    assert.equal(rig.asked('oppo_auth'), 1);
  });

  it('are shared by providers of the same app key', async () => {
    rig = await openRig();
    const tokens = ownTokens(() => rig.clock.now);
    const open = () =>
      oppoKind.open(oppoKind.options.parse(rig.settings), testEnv({ now: () => rig.clock.now, tokens }));
    const providers = await Promise.all([open(), open()]);
    const batch = { message: { id: 'm', app: 'shop', notification: { title: 'T', body: 'B' } }, targets: targets(1) };
    for (const provider of providers) {
      const message = { ...batch.message, ttlSeconds: 60, priority: 'high' } as const;
      await provider.send({ message, targets: [target(tokenOf(1))] }, NEVER);
      await provider.close();
    }
    assert.equal(rig.asked('oppo_auth'), 1);
  });

  it('that the vendor revoked are replaced once, and the request repeated once', async () => {
    rig = await openRig();
    await rig.send(targets(1));
    rig.simulator.revokeTokens();
    assert.deepEqual((await rig.send(targets(3))).map(short), Array(3).fill('accepted'));
    assert.equal(rig.asked('oppo_auth'), 2);
  });

  for (const authStatus of [200, 401] as const) {
    it(`that are refused again with ${authStatus} are misconfigured, and retire nobody`, async () => {
      rig = await openRig({}, { authStatus });
      rig.faults.add({ provider: 'oppo', match: { rate: 1 }, fault: { kind: 'answer', reason: '11' } });
      const outcomes = await rig.send(targets(2));
      assert.deepEqual(outcomes.map(short), ['misconfigured', 'misconfigured']);
      assert.match(whatOf(outcomes[0]), /app_key/);
      assert.equal(rig.asked('oppo_auth'), 2);
    });
  }

  it('are renewed before their 24 hours end', async () => {
    rig = await openRig();
    await rig.send(targets(1));
    rig.clock.now += 23 * HOUR_MS;
    assert.deepEqual((await rig.send(targets(2))).map(short), ['accepted', 'accepted']);
    while (rig.asked('oppo_auth') < 2) await nextTurn();
    rig.clock.now += 2 * HOUR_MS;
    assert.deepEqual((await rig.send(targets(3))).map(short), Array(3).fill('accepted'));
    assert.equal(rig.asked('oppo_auth'), 2);
  });

  it('go in a header where the operator says so', async () => {
    rig = await openRig({ auth_token_in: 'header' });
    assert.deepEqual((await rig.send(targets(1))).map(short), ['accepted']);
    const [sent] = rig.ledger.filter(({ provider }) => provider === 'oppo');
    assert.match(sent?.headers.auth_token ?? '', /^[\w-]+$/);
    await assert.doesNotReject(rig.provider.fetchDeadAddresses(NEVER));
  });

  for (const [what, settings, code] of [
    ['an unknown key', { app_key: 'somebody-else' }, '14'],
    ['a wrong secret', { master_secret: 'wrong' }, '16'],
  ] as const) {
    it(`are not given for ${what}, which is told`, async () => {
      rig = await openRig(settings);
      const outcomes = await rig.send(targets(2));
      assert.deepEqual(outcomes.map(short), ['misconfigured', 'misconfigured']);
      assert.equal(outcomes[0]?.detail?.code, code);
      assert.match(whatOf(outcomes[0]), /check app_key and master_secret/);
      const tested = await rig.provider.testCredentials(NEVER);
      assert.deepEqual([tested.verdict, tested.vendor?.code], ['refused', code]);
      assert.ok(tested.cure);
    });
  }

  it('are not given to a clock that is wrong, and the difference is told', async () => {
    // The `date` of an answer is the machine's own; the simulator's clock is as well, and the adapter's an hour ahead.
    rig = await openRig({}, { now: () => Date.now(), adapterClock: () => Date.now() + HOUR_MS });
    const [outcome] = await rig.send(targets(1));
    assert.ok(outcome?.kind === 'misconfigured');
    assert.equal(outcome.detail?.code, '19');
    assert.match(outcome.what, /3(?:599|600|601) s ahead of OPPO’s/);
  });

  for (const [what, fault, wanted] of [
    ['a page', { kind: 'answer', reason: 'html' }, 'deferred account provider_unavailable'],
    ['503', { kind: 'answer', status: 503 }, 'deferred account provider_unavailable'],
    ['no answer', { kind: 'reset' }, 'deferred account provider_unavailable'],
    ['too many questions', { kind: 'answer', reason: '13' }, 'deferred account rate_limited'],
    ['an unknown code', { kind: 'answer', reason: '7777' }, 'deferred account provider_unavailable'],
    ['a missing field', { kind: 'answer', reason: '40' }, 'misconfigured'],
    ['a dead address', { kind: 'answer', reason: '10000' }, 'deferred account provider_unavailable'],
  ] as const) {
    it(`cannot be had with ${what}: nobody is sent to, and nobody retired`, async () => {
      rig = await openRig();
      rig.once('oppo_auth', fault);
      assert.deepEqual((await rig.send(targets(2))).map(short), [wanted, wanted]);
      assert.equal(rig.asked('oppo'), 0);
    });
  }
});

describe('OPPO’s regions', () => {
  it('are asked apart, with access tokens of their own, in one batch', async () => {
    const rig = await openRig();
    try {
      const batch = [target(tokenOf(1)), target('IN_0badcafe'), target(tokenOf(2)), target('OPPO_ID_0badcafe')];
      assert.deepEqual((await rig.send(batch)).map(short), Array(4).fill('accepted'));
      assert.equal(rig.asked('oppo_auth'), 2);
      assert.equal(rig.asked('oppo'), 2);
    } finally {
      await rig.close();
    }
  });
});

describe('OPPO’s feed of dead registration ids', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await openRig();
  });
  afterEach(() => rig.close());

  it('tells those that died since it was last asked', async () => {
    assert.deepEqual(await rig.provider.fetchDeadAddresses(NEVER), []);
    rig.simulator.uninstall([tokenOf(1), tokenOf(2)]);
    assert.deepEqual(await rig.provider.fetchDeadAddresses(NEVER), [tokenOf(1), tokenOf(2)]);
    assert.deepEqual(await rig.provider.fetchDeadAddresses(NEVER), []);
    assert.equal(rig.provider.feedEveryMs, HOUR_MS);
    assert.deepEqual((await rig.send([target(tokenOf(2))])).map(short), ['unregistered']);
  });

  it('leaves out what can be no registration id', async () => {
    rig.simulator.uninstall(['a b', tokenOf(1), '']);
    assert.deepEqual(await rig.provider.fetchDeadAddresses(NEVER), [tokenOf(1)]);
  });

  it('is asked again with another access token', async () => {
    await rig.send(targets(1));
    rig.simulator.revokeTokens();
    rig.simulator.uninstall([tokenOf(1)]);
    assert.deepEqual(await rig.provider.fetchDeadAddresses(NEVER), [tokenOf(1)]);
  });

  for (const [what, fault, sentence] of [
    ['a page', { kind: 'answer', reason: 'html' }, /200 an answer that is not OPPO’s/],
    ['a refusal', { kind: 'answer', reason: '30' }, /may not use OPPO’s push API/],
    ['an outage', { kind: 'answer', reason: '-1' }, /-1/],
    ['no answer', { kind: 'reset' }, /./],
  ] as const) {
    it(`says in a sentence why it tells nothing after ${what}`, async () => {
      rig.once('oppo_feedback', fault);
      await assert.rejects(rig.provider.fetchDeadAddresses(NEVER), (error: Error) => {
        assert.match(error.message, /^OPPO does not tell of dead registration ids: /);
        assert.match(error.message, sentence);
        assert.doesNotMatch(error.message, /auth_token/);
        return true;
      });
    });
  }
});

describe('A look at OPPO’s credentials', () => {
  it('is accepted with an access token of its own', async () => {
    const rig = await openRig();
    try {
      const tested = await rig.provider.testCredentials(NEVER);
      assert.equal(tested.verdict, 'accepted');
      assert.ok(tested.vendorTime !== undefined);
      await rig.send(targets(1));
      assert.equal(rig.asked('oppo_auth'), 2);
    } finally {
      await rig.close();
    }
  });

  it('is unreachable where nobody answers, or somebody else', async () => {
    const rig = await openRig();
    rig.once('oppo_auth', { kind: 'answer', reason: 'html' });
    assert.equal((await rig.provider.testCredentials(NEVER)).verdict, 'unreachable');
    rig.once('oppo_auth', { kind: 'stall' });
    assert.equal((await rig.provider.testCredentials(AbortSignal.timeout(50))).verdict, 'unreachable');
    await rig.simulator.close();
    assert.equal((await rig.provider.testCredentials(NEVER)).verdict, 'unreachable');
    await rig.provider.close();
  });
});

describe('A provider of OPPO', () => {
  it('splits what is more than a request may have', async () => {
    const rig = await openRig({ batch: 10 });
    try {
      assert.deepEqual((await rig.send(targets(35))).map(short), Array(35).fill('accepted'));
      assert.equal(rig.asked('oppo'), 4);
    } finally {
      await rig.close();
    }
  });

  it('names a registration id that comes twice once, and gives both the outcome', async () => {
    const rig = await openRig();
    try {
      const one = target(tokenOf(1));
      const outcomes = await rig.send([one, { ...one, notificationId: randomUUID() }, target(tokenOf(2))]);
      assert.deepEqual(outcomes.map(short), Array(3).fill('accepted'));
      assert.equal(rig.ledger.filter(({ token }) => token === one.pushToken).length, 1);
    } finally {
      await rig.close();
    }
  });

  it('asks for no receipts, and says so, where the address is too long for OPPO', async () => {
    const rig = await openRig({}, { callbackUrl: `https://push.example/${'s'.repeat(200)}` });
    try {
      await rig.send(targets(1));
      assert.doesNotMatch(String(rig.ledger.at(-1)?.payloadJson), /call_back/);
      const [warning] = rig.logged.filter(({ event }) => event === 'oppo.callback_url_too_long');
      assert.ok(warning);
      assert.doesNotMatch(JSON.stringify(warning.fields), /sss/);
    } finally {
      await rig.close();
    }
  });

  it('writes no secret, push token or payload into logs', async () => {
    const rig = await openRig();
    try {
      rig.once('oppo', { kind: 'answer', status: 200, reason: '7777' });
      await rig.send(targets(1));
      await rig.send(targets(1));
      const told = JSON.stringify(rig.logged);
      assert.ok(rig.logged.length > 0);
      for (const secret of [tokenOf(0), 'simulated-master-secret', 'Order 8812']) assert.ok(!told.includes(secret));
    } finally {
      await rig.close();
    }
  });

  it('starts from the settings that its simulator tells', async () => {
    const rig = await openRig();
    try {
      const { ca, ...settings } = rig.settings;
      const own = { ...rig.settings, app_key: 'own', transactional_category: 'ORDER', send: 'broadcast' };
      const twin = oppoKind.options.parse(oppoKind.simulatedOptions(oppoKind.options.parse(own), { settings, ca }));
      assert.deepEqual(
        [twin.transactional_category, twin.send],
        ['ORDER', 'broadcast'],
        'what shapes requests is kept',
      );
      assert.equal(twin.app_key, settings.app_key);
      const options = oppoKind.simulatedOptions(oppoKind.options.parse(rig.settings), { settings, ca });
      const provider = (await oppoKind.open(
        oppoKind.options.parse(options),
        testEnv({ now: () => START_MS }),
      )) as OppoProvider;
      assert.equal((await provider.testCredentials(NEVER)).verdict, 'accepted');
      await provider.close();
    } finally {
      await rig.close();
    }
  });
});

function whatOf(outcome: Outcome | undefined): string {
  assert.ok(outcome?.kind === 'misconfigured');
  return outcome.what;
}
