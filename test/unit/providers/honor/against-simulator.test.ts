import assert from 'node:assert/strict';
import type { Outcome } from '../../../../providers/contract.js';
import { honorKind } from '../../../../providers/honor/kind.js';
import { ANSWERS_KNOWN, judge } from '../../../../providers/honor/outcome.js';
import { type HonorSimulator, startHonorSimulator } from '../../../../providers/honor/simulator.js';
import type { Answer } from '../../../../providers/shared/transport.js';
import { MESSAGE, NOW, openRig, type Rig } from '../../../support/vendor-rig.js';

const TOKENS = ['honor-token-1', 'honor-token-2', 'honor-token-3'] as const;
/** 1,800,000,000 is 16:00 in Beijing: eight hours are left of the day. */
const UNTIL_MIDNIGHT_MS = 8 * 3_600_000;
const ALARM = 'honor.answer_unexpected';

function brief(outcome: Outcome | undefined): string {
  switch (outcome?.kind) {
    case 'deferred':
      return `deferred ${outcome.scope} ${outcome.reason}`;
    case 'rejected':
      return `rejected ${outcome.reason}`;
    default:
      return outcome?.kind ?? 'none';
  }
}

/** Every code of the table, as the answer to a whole request. */
const WHOLE: readonly (readonly [code: string, outcome: string, isAlarm?: true])[] = [
  ['400', 'rejected payload_rejected'],
  ['401', 'misconfigured'],
  ['403', 'misconfigured'],
  ['404', 'misconfigured'],
  ['500', 'deferred account provider_unavailable'],
  ['502', 'deferred account provider_unavailable'],
  ['503', 'deferred account rate_limited'],
  ['10001', 'misconfigured'],
  ['10205', 'misconfigured'],
  ['10207', 'misconfigured'],
  ['10300', 'rejected payload_rejected', true],
  ['80100003', 'rejected payload_rejected'],
  ['80200001', 'misconfigured'],
  ['80200003', 'misconfigured'],
  ['80200020', 'misconfigured'],
  ['80200022', 'misconfigured'],
  // Of a test that an override made: the others of its class are none.
  ['80200047', 'deferred target quota_exceeded'],
  ['80200050', 'rejected payload_rejected'],
  ['80200056', 'rejected payload_rejected'],
  ['80300006', 'rejected payload_rejected', true],
  ['80300008', 'rejected payload_too_large'],
  ['80300010', 'rejected payload_rejected', true],
  // Nobody documents these.
  ['99999999', 'deferred target provider_unavailable', true],
  ['80100099', 'deferred target provider_unavailable', true],
  ['html', 'deferred account provider_unavailable', true],
  ['empty', 'deferred account provider_unavailable', true],
];

describe('Honor: what its answers come to', () => {
  let rig: Rig<HonorSimulator>;
  beforeEach(async () => {
    rig = await openRig({ kind: honorKind, start: startHonorSimulator, faults: 'honor' });
  });
  afterEach(() => rig.close());
  const alarms = () => rig.log.filter(({ event }) => event === ALARM).length;

  for (const [code, wanted, isAlarm] of WHOLE) {
    it(`${code}: ${wanted}`, async () => {
      rig.fault(TOKENS[0], { kind: 'answer', reason: code });
      const outcomes = await rig.send([TOKENS[0]]);
      assert.deepEqual(outcomes.map(brief), [wanted]);
      assert.equal(alarms() > 0, isAlarm === true);
      if (!['html', 'empty'].includes(code)) assert.equal(outcomes[0]?.detail?.code, code);
    });
  }

  it('has a row of this test for every code that it knows', () => {
    const perToken = ['200', '80000000', '80100000', '80300007'];
    const tested = new Set([...WHOLE.map(([code]) => code), ...perToken]);
    assert.deepEqual(
      ANSWERS_KNOWN.filter((code) => !tested.has(code)),
      [],
    );
  });

  for (const [status, reason] of [
    [500, 'html'],
    [502, 'empty'],
    [503, '80300007'],
    [500, '200'],
  ] as const) {
    it(`HTTP ${status} is an outage, also with ${reason} in it`, async () => {
      rig.fault(TOKENS[0], { kind: 'answer', status, reason });
      assert.deepEqual((await rig.send([TOKENS[0]])).map(brief), ['deferred account provider_unavailable']);
      assert.equal(alarms(), 0);
    });
  }

  for (const [status, reason] of [
    [302, '200'],
    [400, '80000000'],
    [403, '80100000'],
  ] as const) {
    it(`HTTP ${status} is no success, also with ${reason} in it`, async () => {
      rig.fault(TOKENS[0], { kind: 'answer', status, reason });
      assert.deepEqual((await rig.send([TOKENS[0]])).map(brief), ['deferred target provider_unavailable']);
      assert.equal(alarms(), 1);
    });
  }

  it('is uncertain where it was cut short: nobody knows what it said', () => {
    const cut = (status: number): Answer => ({
      ...{ kind: 'answer', status, headers: {}, complete: false, ms: 1, connection: { retire: () => undefined } },
      body: Buffer.from('{"code":200,"mess'),
    });
    const context = {
      ...({ pushTokens: TOKENS, now: NOW, successCodes: [200], failTokens: 'dead', hasPassed: true } as const),
      ...({ dayStartsMinutes: 960, quotaScope: 'class' } as const),
    };
    assert.deepEqual(new Set(judge(cut(200), context).value.map(brief)), new Set(['uncertain']));
    assert.equal(brief(judge(cut(503), context).value[0]), 'deferred account provider_unavailable');
  });

  it('parks no real message for a test that an override made', async () => {
    rig.simulator.setQuota(0);
    const override = { android: { targetUserType: 1 } };
    assert.deepEqual((await rig.send([TOKENS[0]], { override })).map(brief), ['deferred target quota_exceeded']);
    assert.deepEqual((await rig.send([TOKENS[0]])).map(brief), ['accepted']);
  });

  it('waits as long as a busy Honor asks for', async () => {
    rig.fault(TOKENS[0], { kind: 'answer', status: 503, reason: '503', retryAfterSeconds: 7 });
    const [outcome] = await rig.send([TOKENS[0]]);
    assert.deepEqual(outcome, {
      ...{ kind: 'deferred', scope: 'account', reason: 'rate_limited', retryAfterMs: 7_000 },
      detail: { status: 503, code: '503', text: 'flow control' },
    });
  });

  it('takes half of a batch, and knows which half is dead', async () => {
    rig.fault(TOKENS[1], { kind: 'answer', reason: '80300007' });
    assert.deepEqual((await rig.send(TOKENS)).map(brief), ['accepted', 'unregistered', 'accepted']);
    rig.fault(TOKENS[2], { kind: 'answer', reason: '80100000' });
    assert.deepEqual((await rig.send(TOKENS)).map(brief), ['accepted', 'unregistered', 'unregistered']);
    assert.deepEqual(
      rig.ledger.filter(({ provider }) => provider === 'honor').map(({ accepted }) => accepted),
      [true, false, true, true, false, false],
    );
  });

  it('believes "all tokens invalid" only of an app that has sent something within a day', async () => {
    for (const token of TOKENS) rig.fault(token, { kind: 'answer', reason: '80300007' });
    const wrong = 'rejected token_wrong_app';
    assert.deepEqual((await rig.send(TOKENS)).map(brief), [wrong, wrong, wrong]);
    assert.deepEqual((await rig.send(['honor-token-good'])).map(brief), ['accepted']);
    assert.deepEqual((await rig.send(TOKENS)).map(brief), ['unregistered', 'unregistered', 'unregistered']);
    rig.clock.now += 25 * 3_600_000;
    assert.deepEqual((await rig.send(TOKENS)).map(brief), [wrong, wrong, wrong]);
  });

  it('gives the id of the request, for one as for many', async () => {
    const outcomes = await rig.send(TOKENS);
    const ids = outcomes.map((outcome) => (outcome.kind === 'accepted' ? outcome.vendorId : undefined));
    assert.equal(new Set(ids).size, 1);
    assert.equal(ids[0], rig.ledger.at(-1)?.id);
  });

  it('understands codes as texts, and the older success code', async () => {
    rig.simulator.setHabits({ codesAsText: true, successCode: 80_000_000 });
    rig.fault(TOKENS[1], { kind: 'answer', reason: '80300007' });
    assert.deepEqual((await rig.send(TOKENS)).map(brief), ['accepted', 'unregistered', 'accepted']);
  });

  it('parks the class for the rest of the day in Beijing when the test messages are used up', async () => {
    const testing = await openRig({
      ...{ kind: honorKind, start: startHonorSimulator, faults: 'honor' },
      settings: { test: true },
    });
    try {
      testing.simulator.setQuota(3);
      assert.deepEqual((await testing.send(TOKENS)).map(brief), ['accepted', 'accepted', 'accepted']);
      const [outcome] = await testing.send([TOKENS[0]]);
      assert.equal(brief(outcome), 'deferred class quota_exceeded');
      assert.equal(outcome?.kind === 'deferred' ? outcome.retryAfterMs : 0, UNTIL_MIDNIGHT_MS);
      testing.clock.now += UNTIL_MIDNIGHT_MS;
      assert.deepEqual((await testing.send([TOKENS[0]])).map(brief), ['accepted']);
    } finally {
      await testing.close();
    }
  });

  it('tells how far the clock is off', async () => {
    rig.clock.now = NOW;
    rig.fault(TOKENS[0], { kind: 'answer', reason: '10207' });
    const [outcome] = await rig.send([TOKENS[0]]);
    assert.ok(outcome?.kind === 'misconfigured');
    // The simulator's own Date header is of this machine's clock.
    assert.match(
      outcome.what,
      /^Honor refuses the time of our requests.*the clock of this machine is \d+ s (?:ahead|behind)/,
    );
  });

  it('says nothing of push tokens, credentials or texts in what it tells', async () => {
    for (const code of ['80200022', '10205', '80100003']) {
      rig.fault(TOKENS[0], { kind: 'answer', reason: code }, 'honor', 1);
      const told = JSON.stringify([await rig.send([TOKENS[0]]), rig.log]);
      for (const secret of [TOKENS[0], 'honor-simulated-secret', 'Order 7']) assert.equal(told.includes(secret), false);
    }
  });
});

describe('Honor: access tokens', () => {
  let rig: Rig<HonorSimulator>;
  beforeEach(async () => {
    rig = await openRig({ kind: honorKind, start: startHonorSimulator, faults: 'honor' });
  });
  afterEach(() => rig.close());
  const fetched = () => rig.ledger.filter(({ provider }) => provider === 'honor_oauth').length;
  const calls = () => rig.ledger.filter(({ provider }) => provider === 'honor').map(({ answer }) => answer.reason);

  it('are fetched once for many sends', async () => {
    await Promise.all(TOKENS.map((token) => rig.send([token])));
    assert.equal(fetched(), 1);
  });

  for (const authStatus of [200, 401] as const) {
    for (const authCode of ['403', '80200001', '80200003']) {
      it(`are fetched anew and the request repeated once after ${authCode} with HTTP ${authStatus}`, async () => {
        await rig.send([TOKENS[0]]);
        rig.simulator.setHabits({ authStatus, authCode });
        rig.simulator.revokeTokens();
        assert.deepEqual((await rig.send([TOKENS[1]])).map(brief), ['accepted']);
        assert.equal(fetched(), 2);
        assert.deepEqual(calls(), [null, '80200003', null]);
      });
    }
  }

  it('refused twice are a matter of settings, and no device’s fault', async () => {
    rig.fault(TOKENS[0], { kind: 'answer', status: 401, reason: '80200001' });
    const [outcome] = await rig.send([TOKENS[0]]);
    assert.ok(outcome?.kind === 'misconfigured');
    assert.match(outcome.what, /client_id and app_id/);
    assert.equal(calls().length, 2);
  });

  for (const [fault, wanted] of [
    [{ kind: 'answer', status: 401, reason: 'invalid_client' }, 'misconfigured'],
    [{ kind: 'answer', status: 400, reason: 'unauthorized_client' }, 'misconfigured'],
    [{ kind: 'answer', status: 400, reason: 'what_is_this' }, 'deferred account provider_unavailable'],
    [{ kind: 'answer', status: 503, reason: 'html' }, 'deferred account rate_limited'],
    [{ kind: 'answer', status: 429, reason: 'html' }, 'deferred account rate_limited'],
    [{ kind: 'answer', status: 200, reason: 'html' }, 'deferred account provider_unavailable'],
    [{ kind: 'answer', status: 500, reason: 'invalid_client' }, 'deferred account provider_unavailable'],
    [{ kind: 'reset' }, 'deferred account provider_unavailable'],
  ] as const) {
    it(`not given with ${JSON.stringify(fault)}: ${wanted}, for every target`, async () => {
      rig.fault('220000001', fault, 'honor_oauth');
      assert.deepEqual((await rig.send(TOKENS)).map(brief), [wanted, wanted, wanted]);
      assert.deepEqual(calls(), []);
    });
  }
});

describe('Honor: the test of credentials', () => {
  it('fetches an access token, and sends nothing', async () => {
    const rig = await openRig({ kind: honorKind, start: startHonorSimulator, faults: 'honor' });
    try {
      const { provider } = rig;
      assert.ok('testCredentials' in provider);
      const test = (provider as unknown as { testCredentials(signal: AbortSignal): Promise<unknown> }).testCredentials;
      const ask = () =>
        test.call(provider, new AbortController().signal) as Promise<{ verdict: string; cure?: string }>;
      assert.equal((await ask()).verdict, 'accepted');
      rig.fault('220000001', { kind: 'answer', status: 401, reason: 'invalid_client' }, 'honor_oauth', 1);
      const refused = await ask();
      assert.equal(refused.verdict, 'refused');
      assert.match(refused.cure ?? '', /client_secret/);
      rig.fault('220000001', { kind: 'answer', status: 503, reason: 'html' }, 'honor_oauth', 1);
      assert.equal((await ask()).verdict, 'unreachable');
      assert.deepEqual(new Set(rig.ledger.map(({ provider: part }) => part)), new Set(['honor_oauth']));
    } finally {
      await rig.close();
    }
  });
});

describe('Honor: receipts of the simulator', () => {
  it('come as Honor’s and are read', async () => {
    const { createServer } = await import('node:http');
    const bodies: Buffer[] = [];
    let told: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => {
      told = resolve;
    });
    const server = createServer(async (request, response) => {
      for await (const piece of request) bodies.push(piece as Buffer);
      response.end('{}');
      told();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const rig = await openRig({ kind: honorKind, start: startHonorSimulator, faults: 'honor' });
    try {
      rig.simulator.setCallback(`http://127.0.0.1:${port}/`);
      rig.simulator.setReceipt(TOKENS[1], 4);
      await rig.send(TOKENS.slice(0, 2));
      await arrived;
      const options = honorKind.options.parse({ ...rig.simulator.settings });
      const reading = honorKind.readReceipts(
        { headers: {}, query: '', body: Buffer.concat(bodies), receivedAt: NOW },
        options,
      );
      assert.deepEqual(reading, {
        kind: 'receipts',
        receipts: [
          { target: { message: MESSAGE.id, pushToken: TOKENS[0] }, state: 'delivered', at: NOW },
          {
            ...{ target: { message: MESSAGE.id, pushToken: TOKENS[1] }, state: 'failed', reason: 'token_invalid' },
            ...{ vendor: { code: '4' }, at: NOW },
          },
        ],
        notices: [{ kind: 'unregistered', pushToken: TOKENS[1], code: '4', at: NOW }],
        answer: { status: 200, type: 'application/json', body: '{"code":"0","message":"success"}' },
      });
    } finally {
      await rig.close();
      server.close();
    }
  });
});
