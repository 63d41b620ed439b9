import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { isTestable, type Outcome } from '../../../../providers/contract.js';
import { meizuKind } from '../../../../providers/meizu/kind.js';
import { ANSWERS_KNOWN, judge } from '../../../../providers/meizu/outcome.js';
import { type MeizuSimulator, startMeizuSimulator } from '../../../../providers/meizu/simulator.js';
import type { Answer } from '../../../../providers/shared/transport.js';
import { MESSAGE, NOW, openRig, type Rig } from '../../../support/vendor-rig.js';

const TOKENS = ['S5Q4b726f7a6dTgJ1', 'S5Q4b726f7a6dTgJ2', 'S5Q4b726f7a6dTgJ3'] as const;
/** 1,800,000,000 is 16:00 in Beijing: eight hours are left of the day. */
const UNTIL_MIDNIGHT_MS = 8 * 3_600_000;
const ALARM = 'meizu.answer_unexpected';

function brief(outcome: Outcome | undefined): string {
  switch (outcome?.kind) {
    case 'deferred': {
      const wait = outcome.retryAfterMs === undefined ? '' : ` ${outcome.retryAfterMs}`;
      return `deferred ${outcome.scope} ${outcome.reason}${wait}`;
    }
    case 'rejected':
      return `rejected ${outcome.reason}`;
    default:
      return outcome?.kind ?? 'none';
  }
}

/** Every code that stands at the top, as the answer to a whole request. */
const WHOLE: readonly (readonly [code: string, outcome: string, isAlarm?: true])[] = [
  ['300', 'deferred account provider_unavailable', true], // without an address
  ['500', 'deferred account provider_unavailable'],
  ['1001', 'deferred account provider_unavailable'],
  ['1003', 'deferred account provider_unavailable'],
  ['1005', 'rejected payload_rejected'],
  ['1006', 'misconfigured'],
  ['110000', 'misconfigured'],
  ['110001', 'misconfigured'],
  ['110002', 'rejected token_wrong_app'], // nothing of this app has passed yet
  ['110003', 'rejected token_wrong_app'],
  ['110004', 'rejected payload_rejected', true],
  ['110009', 'misconfigured'],
  ['110010', 'deferred account rate_limited'],
  ['110019', `deferred class quota_exceeded ${UNTIL_MIDNIGHT_MS}`],
  ['110031', 'misconfigured'],
  ['110032', 'rejected payload_rejected', true],
  ['110033', 'misconfigured'],
  ['110051', `deferred class quota_exceeded ${UNTIL_MIDNIGHT_MS}`],
  ['110053', 'rejected payload_rejected'],
  ['110099', 'deferred target provider_unavailable', true],
];

/** Every code of `value`, beside push tokens that were taken. */
const VALUES: readonly (readonly [code: string, outcome: string])[] = [
  ['201', 'misconfigured'],
  ['501', 'deferred target provider_unavailable'],
  ['513', 'deferred target provider_unavailable'],
  ['519', 'deferred target provider_unavailable'],
  ['520', 'deferred target rate_limited 60000'],
  ['110002', 'unregistered'],
  ['110003', 'unregistered'],
  ['110005', 'unregistered'],
  ['110010', 'unregistered'],
  ['110011', `deferred target quota_exceeded ${UNTIL_MIDNIGHT_MS}`],
];

describe('Meizu: what its answers come to', () => {
  let rig: Rig<MeizuSimulator>;
  beforeEach(async () => {
    rig = await openRig({ kind: meizuKind, start: startMeizuSimulator, faults: 'meizu' });
  });
  afterEach(() => rig.close());
  const alarms = () => rig.log.filter(({ event }) => event === ALARM).length;

  for (const [code, wanted, isAlarm] of WHOLE) {
    it(`${code} at the top: ${wanted}`, async () => {
      rig.fault(TOKENS[0], { kind: 'answer', reason: `top:${code}` });
      const outcomes = await rig.send([TOKENS[0]]);
      assert.deepEqual(outcomes.map(brief), [wanted]);
      assert.equal(outcomes[0]?.detail?.code, code);
      assert.equal(alarms() > 0, isAlarm === true);
    });
  }

  for (const [code, wanted] of VALUES) {
    it(`${code} in value: ${wanted}, for that one alone`, async () => {
      rig.fault(TOKENS[1], { kind: 'answer', reason: code });
      const outcomes = await rig.send(TOKENS);
      assert.deepEqual(outcomes.map(brief), ['accepted', wanted, 'accepted']);
      assert.equal(outcomes[1]?.detail?.code, `value ${code}`);
      assert.equal(alarms(), 0);
    });
  }

  it('has a row of this test for every code that it knows', () => {
    const tested = new Set(['200', ...WHOLE.map(([code]) => code), ...VALUES.map(([code]) => `value ${code}`)]);
    assert.deepEqual(
      ANSWERS_KNOWN.filter((code) => !tested.has(code)),
      [],
    );
  });

  for (const [fault, wanted, alarm] of [
    [{ reason: 'html' }, 'deferred account provider_unavailable', true],
    [{ reason: 'empty' }, 'deferred account provider_unavailable', true],
    [{ status: 502, reason: 'html' }, 'deferred account provider_unavailable', false],
    [{ status: 500, reason: 'top:110003' }, 'deferred account provider_unavailable', false],
    [{ status: 500, reason: 'top:1006' }, 'deferred account provider_unavailable', false],
    [{ status: 503, reason: 'top:110010', retryAfterSeconds: 9 }, 'deferred account rate_limited 9000', false],
    [{ status: 400, reason: 'top:1006' }, 'misconfigured', false],
    [{ status: 302, reason: 'top:200' }, 'deferred target provider_unavailable', true],
    [{ status: 403, reason: 'top:200' }, 'deferred target provider_unavailable', true],
  ] as const) {
    it(`${JSON.stringify(fault)}: ${wanted}`, async () => {
      rig.fault(TOKENS[0], { kind: 'answer', ...fault });
      assert.deepEqual((await rig.send([TOKENS[0]])).map(brief), [wanted]);
      assert.equal(alarms() > 0, alarm);
    });
  }

  it('is uncertain where it was cut short: nobody knows what it said', () => {
    const cut: Answer = {
      ...{ kind: 'answer', status: 200, headers: {}, complete: false, ms: 1, connection: { retire: () => undefined } },
      body: Buffer.from('{"code":"200","val'),
    };
    const context = { pushTokens: TOKENS, now: 0, hasPassed: true, dayStartsMinutes: 960, isLowered: false };
    assert.deepEqual(new Set(judge(cut, context).value.outcomes.map(brief)), new Set(['uncertain']));
  });

  it('without an answer is uncertain, and with the connection refused deferred', async () => {
    rig.fault(TOKENS[0], { kind: 'reset' });
    assert.deepEqual((await rig.send([TOKENS[0]])).map(brief), ['uncertain']);
  });

  it('gives the message id of the request', async () => {
    const [one, other] = await rig.send(TOKENS.slice(0, 2));
    assert.ok(one?.kind === 'accepted' && other?.kind === 'accepted');
    assert.match(one.vendorId ?? '', /^NS/);
    assert.equal(one.vendorId, other.vendorId);
  });

  it('understands codes as numbers, and a value as text', async () => {
    rig.simulator.setHabits({ codesAsNumbers: true, valueAsText: true });
    rig.fault(TOKENS[2], { kind: 'answer', reason: '110002' });
    assert.deepEqual((await rig.send(TOKENS)).map(brief), ['accepted', 'accepted', 'unregistered']);
  });

  it('calls push ids dead only where something of the app has passed', async () => {
    for (const token of TOKENS) rig.fault(token, { kind: 'answer', reason: '110002' });
    const wrong = 'rejected token_wrong_app';
    assert.deepEqual((await rig.send(TOKENS)).map(brief), [wrong, wrong, wrong]);
    assert.deepEqual((await rig.send(['S5Q4good'])).map(brief), ['accepted']);
    assert.deepEqual((await rig.send(TOKENS)).map(brief), ['unregistered', 'unregistered', 'unregistered']);
  });

  it('finds the one that is meant where the whole request is refused for a push id', async () => {
    await rig.send(['S5Q4good']);
    rig.fault(TOKENS[1], { kind: 'answer', reason: 'top:110003' });
    assert.deepEqual((await rig.send(TOKENS)).map(brief), ['accepted', 'unregistered', 'accepted']);
    const taken = rig.ledger.filter(({ accepted }) => accepted).map(({ token }) => token);
    assert.deepEqual(taken.sort(), ['S5Q4good', TOKENS[0], TOKENS[2]].sort());
  });

  it('names 100 push ids in a request', async () => {
    const many = Array.from({ length: 250 }, (_, at) => `S5Q4many${at}`);
    assert.deepEqual(new Set((await rig.send(many)).map(brief)), new Set(['accepted']));
    const sizes = new Map<string, number>();
    for (const { id } of rig.ledger) sizes.set(id, (sizes.get(id) ?? 0) + 1);
    assert.deepEqual([...sizes.values()].sort(), [100, 100, 50]);
  });

  it('has what Meizu refuses for a message of its own kind: quota of the app, and of one device', async () => {
    rig.simulator.setDeviceQuota(1);
    assert.deepEqual((await rig.send([TOKENS[0]])).map(brief), ['accepted']);
    const capped = `deferred target quota_exceeded ${UNTIL_MIDNIGHT_MS}`;
    assert.deepEqual((await rig.send(TOKENS.slice(0, 2))).map(brief), [capped, 'accepted']);
    rig.simulator.setQuota(2);
    assert.deepEqual((await rig.send([TOKENS[2]])).map(brief), [`deferred class quota_exceeded ${UNTIL_MIDNIGHT_MS}`]);
    rig.clock.now += UNTIL_MIDNIGHT_MS;
    assert.deepEqual((await rig.send([TOKENS[0]])).map(brief), ['accepted']);
  });

  it('parks no transactional messages where one of them went as public', async () => {
    rig.simulator.setQuota(0);
    const lowered = { class: 'transactional', channel: { name: 'news', settings: 'public' } } as const;
    const wait = `quota_exceeded ${UNTIL_MIDNIGHT_MS}`;
    assert.deepEqual((await rig.send([TOKENS[0]], lowered)).map(brief), [`deferred target ${wait}`]);
    assert.deepEqual((await rig.send([TOKENS[0]], { class: 'transactional' })).map(brief), [`deferred class ${wait}`]);
  });

  it('says nothing of push ids, credentials or texts in what it tells', async () => {
    for (const reason of ['top:1006', 'top:1005', '201']) {
      rig.fault(TOKENS[0], { kind: 'answer', reason }, 'meizu', 1);
      const told = JSON.stringify([await rig.send([TOKENS[0]]), rig.log]);
      for (const secret of [TOKENS[0], 'meizu-simulated-secret', 'Order 7']) assert.equal(told.includes(secret), false);
    }
  });
});

describe('Meizu: a request that is sent on', () => {
  let rig: Rig<MeizuSimulator>;
  beforeEach(async () => {
    rig = await openRig({ kind: meizuKind, start: startMeizuSimulator, faults: 'meizu' });
  });
  afterEach(() => rig.close());
  const path = '/garcia/api/server/push/varnished/pushByPushId';
  const asked = () => rig.ledger.map(({ answer }) => answer.reason);

  it('is asked there once, where that is the host of the file', async () => {
    rig.simulator.setRedirect(`${rig.simulator.url}/moved${path}`);
    assert.deepEqual((await rig.send([TOKENS[0]])).map(brief), ['accepted']);
    assert.deepEqual(asked(), ['300', null]);
  });

  it('is not asked a third time', async () => {
    rig.simulator.setRedirect(`${rig.simulator.url}${path}`);
    assert.deepEqual((await rig.send([TOKENS[0]])).map(brief), ['deferred account provider_unavailable']);
    assert.deepEqual(asked(), ['300', '300']);
    assert.equal(rig.log.filter(({ event }) => event === ALARM).length, 1);
  });

  it('goes to no stranger', async () => {
    let strangers = 0;
    const server = createServer((_request, response) => {
      strangers += 1;
      response.end('{"code":"200","value":{}}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    try {
      for (const url of [`http://127.0.0.1:${port}${path}`, `https://127.0.0.1:${port}${path}`, 'nonsense', '']) {
        rig.simulator.setRedirect(url);
        assert.deepEqual((await rig.send([TOKENS[0]])).map(brief), ['deferred account provider_unavailable'], url);
      }
      assert.equal(strangers, 0);
      assert.deepEqual(asked(), ['300', '300', '300', '300']);
    } finally {
      server.close();
    }
  });
});

describe('Meizu: the test of credentials', () => {
  it('asks for numbers, signed, and sends nothing', async () => {
    const rig = await openRig({ kind: meizuKind, start: startMeizuSimulator, faults: 'meizu' });
    const never = new AbortController().signal;
    try {
      assert.ok(isTestable(rig.provider));
      assert.equal((await rig.provider.testCredentials(never)).verdict, 'accepted');
      for (const code of ['1006', '110000', '110009']) {
        rig.fault('100999', { kind: 'answer', reason: code }, 'meizu_statistics', 1);
        const refused = await rig.provider.testCredentials(never);
        assert.equal(refused.verdict, 'refused', code);
        assert.ok(refused.cure, code);
      }
      for (const reason of ['html', '1001', '1005']) {
        rig.fault('100999', { kind: 'answer', reason }, 'meizu_statistics', 1);
        assert.equal((await rig.provider.testCredentials(never)).verdict, 'unreachable', reason);
      }
      assert.deepEqual(new Set(rig.ledger.map(({ provider }) => provider)), new Set(['meizu_statistics']));
    } finally {
      await rig.close();
    }
  });

  it('finds a secret that is not the app’s', async () => {
    const settings = { app_secret: 'another' };
    const rig = await openRig({ kind: meizuKind, start: startMeizuSimulator, faults: 'meizu', settings });
    try {
      assert.ok(isTestable(rig.provider));
      const test = await rig.provider.testCredentials(new AbortController().signal);
      assert.deepEqual([test.verdict, test.vendor?.code], ['refused', '1006']);
      const [outcome] = await rig.send([TOKENS[0]]);
      assert.deepEqual([outcome?.kind, outcome?.detail?.code], ['misconfigured', '1006']);
    } finally {
      await rig.close();
    }
  });
});

describe('Meizu: receipts of the simulator', () => {
  it('come to the address of the message, with the token of the console, and are read', async () => {
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
    const callbackUrl = `http://127.0.0.1:${port}/callbacks/meizu/shop/secret`;
    const rig = await openRig({ kind: meizuKind, start: startMeizuSimulator, faults: 'meizu', callbackUrl });
    try {
      rig.simulator.setClicked(TOKENS[1]);
      await rig.send(TOKENS.slice(0, 2));
      await arrived;
      const options = meizuKind.options.parse({ ...rig.simulator.settings });
      const request = { headers: {}, query: '', body: Buffer.concat(bodies), receivedAt: NOW };
      const target = (pushToken: string) => ({ target: { message: MESSAGE.id, pushToken } });
      assert.deepEqual(meizuKind.readReceipts(request, options), {
        kind: 'receipts',
        receipts: [
          { ...target(TOKENS[0]), state: 'delivered' },
          { ...target(TOKENS[1]), state: 'delivered' },
          { ...target(TOKENS[1]), state: 'opened' },
        ],
        answer: { status: 200, type: 'application/json', body: '{"code":"200","message":""}' },
      });
      const forged = meizuKind.readReceipts(request, { ...options, receipt_token: 'another' });
      assert.deepEqual(forged, { kind: 'forged' });
    } finally {
      await rig.close();
      server.close();
    }
  });

  it('are not asked for at an address that is too long, which is told once', async () => {
    const callbackUrl = `https://push.example.org/${'x'.repeat(128)}`;
    const rig = await openRig({ kind: meizuKind, start: startMeizuSimulator, faults: 'meizu', callbackUrl });
    try {
      await rig.send([TOKENS[0]]);
      assert.equal('extra' in JSON.parse(rig.ledger[0]?.payloadJson ?? ''), false);
      const warnings = rig.log.filter(({ event }) => event === 'meizu.callback_url_too_long');
      assert.equal(warnings.length, 1);
      assert.equal(JSON.stringify(warnings).includes('push.example.org'), false);
    } finally {
      await rig.close();
    }
  });

  it('are not asked for where the file does not want them', async () => {
    const callbackUrl = 'https://push.example.org/c';
    const settings = { receipts: false };
    const rig = await openRig({ kind: meizuKind, start: startMeizuSimulator, faults: 'meizu', callbackUrl, settings });
    try {
      await rig.send([TOKENS[0]]);
      assert.equal('extra' in JSON.parse(rig.ledger[0]?.payloadJson ?? ''), false);
    } finally {
      await rig.close();
    }
  });
});
