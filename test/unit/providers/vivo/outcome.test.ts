import assert from 'node:assert/strict';
import type { Outcome, Provider } from '../../../../providers/contract.js';
import { ANSWERS_KNOWN } from '../../../../providers/vivo/outcome.js';
import { MESSAGE, NEVER, openRig, type Rig, short, target } from './rig.js';

/** 2026-03-02T04:00:00Z: noon in Beijing, 12 hours before its day ends. */
const NOON = Date.UTC(2026, 2, 2, 4);
const HOUR_MS = 3_600_000;

const PAYLOAD = 'rejected payload_rejected';
const OUT = 'deferred account provider_unavailable';
const FAST = 'deferred account rate_limited';
const QUOTA = 'deferred class quota_exceeded';

/** Code, outcome, and when to come again, in milliseconds. */
const SINGLES: readonly (readonly [string, string, number?])[] = [
  ['10000', 'misconfigured'],
  ['10040', FAST, 5_000],
  ['10043', 'misconfigured'],
  ['10045', 'misconfigured'],
  ...['10050', '10051', '10054', '10055', '10056', '10057', '10058', '10059'].map((code) => [code, PAYLOAD] as const),
  ...['10060', '10065', '10067'].map((code) => [code, PAYLOAD] as const),
  ['10070', QUOTA, 12 * HOUR_MS],
  ['10071', 'deferred class rate_limited', 300_000],
  ['10072', FAST, 1_000],
  ['10073', QUOTA, 12 * HOUR_MS],
  ['10082', 'misconfigured'],
  ['10085', PAYLOAD],
  ['10093', FAST, 1_000],
  ['10094', 'misconfigured'],
  ...['10095', '10096', '10097', '10103', '10104'].map((code) => [code, PAYLOAD] as const),
  ...['10150', '10151', '10152', '10153', '10155'].map((code) => [code, PAYLOAD] as const),
  ...['10200', '10201', '10202', '10203', '10204', '10205', '10206', '10207'].map(
    (code) => [code, 'misconfigured'] as const,
  ),
  ['10250', FAST, 60_000],
  ['10252', QUOTA, 12 * HOUR_MS],
  ['10254', QUOTA, 12 * HOUR_MS],
  ['10302', 'unregistered'],
  ...['10304', '10305', '10306'].map((code) => [code, PAYLOAD] as const),
  ['10311', 'deferred target provider_unavailable', 60_000],
  ['10352', PAYLOAD],
  ['10353', PAYLOAD],
  ['10800', 'deferred target provider_unavailable'],
  ['invalidUser.1', 'unregistered'],
  ['invalidUser.2', 'unregistered'],
  ['invalidUser.3', PAYLOAD],
  ['invalidUser.4', PAYLOAD],
];

function afterOf(outcome: Outcome | undefined): number | undefined {
  return outcome?.kind === 'deferred' ? outcome.retryAfterMs : undefined;
}

describe('vivo’s answers', () => {
  let rig: Rig;
  let provider: Provider;

  before(async () => {
    rig = await openRig();
    rig.clock.now = NOON;
    provider = await rig.open();
  });
  after(() => rig.close());
  afterEach(() => {
    rig.faults.clear();
    rig.clock.now = NOON;
    rig.simulator.setNumbersAsText(false);
    rig.logged.length = 0;
  });

  const send = (...tokens: string[]) => provider.send({ message: MESSAGE, targets: tokens.map(target) }, NEVER);

  it('are all looked at here', () => {
    assert.deepEqual(SINGLES.map(([code]) => code).sort(), [...ANSWERS_KNOWN].sort());
  });

  for (const [code, wanted, after] of SINGLES) {
    it(`${code} to a single send is ${wanted}, as number and as text`, async () => {
      rig.fault('one', { reason: code });
      for (const isText of [false, true]) {
        rig.simulator.setNumbersAsText(isText);
        const [outcome] = await send('one');
        assert.equal(short(outcome), wanted);
        assert.equal(afterOf(outcome), after);
        assert.equal(outcome?.detail?.code, code === '10302' ? 'invalidUser.1' : code);
        assert.equal(JSON.stringify(outcome).includes('one'), false);
      }
      rig.faults.clear();
      assert.equal(short((await send('one'))[0]), 'accepted');
    });
  }

  it('of 5xx, of no JSON and of nothing at all are the vendor’s trouble, whatever they say', async () => {
    for (const fault of [
      { status: 500 },
      { status: 500, reason: '10302' },
      { status: 502, reason: 'html' },
      { status: 200, reason: 'html' },
      { status: 200, reason: 'empty' },
      { status: 401, reason: 'html' },
      { status: 404, reason: 'html' },
    ]) {
      rig.fault('one', fault);
      assert.equal(short((await send('one'))[0]), OUT, JSON.stringify(fault));
      rig.faults.clear();
    }
  });

  it('go by the code where the status is another', async () => {
    rig.fault('one', { status: 400, reason: '10085' });
    assert.equal(short((await send('one'))[0]), PAYLOAD);
  });

  it('of an unknown code are deferred and raise an alarm: neither taken nor the end of an address', async () => {
    for (const code of ['10999', '1', '-1', 'abc', '10307']) {
      rig.fault('one', { reason: code });
      assert.equal(short((await send('one'))[0]), 'deferred target provider_unavailable', code);
      assert.deepEqual(
        rig.logged.map(({ event }) => event),
        ['vivo.answer_unexpected'],
        code,
      );
      rig.logged.length = 0;
      rig.faults.clear();
    }
  });

  it('of an unknown status of a device are deferred and raise an alarm', async () => {
    rig.fault('one', { reason: 'invalidUser.7' });
    for (const outcomes of [await send('one'), await send('one', 'two')]) {
      assert.equal(short(outcomes[0]), 'deferred target provider_unavailable');
      assert.deepEqual(
        outcomes.slice(1).map(short),
        outcomes.slice(1).map(() => 'accepted'),
      );
    }
    assert.equal(rig.logged.length, 2);
  });

  it('that refuse half of a list are for that half', async () => {
    const tokens = Array.from({ length: 6 }, (_, at) => `t${at}`);
    rig.fault('t0', { reason: 'invalidUser.1' });
    rig.fault('t2', { reason: 'invalidUser.2' });
    rig.fault('t4', { reason: 'invalidUser.3' });
    for (const isText of [false, true]) {
      rig.simulator.setNumbersAsText(isText);
      assert.deepEqual((await send(...tokens)).map(short), [
        ...['unregistered', 'accepted', 'unregistered', 'accepted', PAYLOAD, 'accepted'],
      ]);
    }
  });

  it('call inactive addresses dead only where the file says so', async () => {
    const strict = await rig.open({ stale: 'retire' });
    rig.fault('one', { reason: 'invalidUser.3' });
    for (const tokens of [['one'], ['one', 'two']]) {
      const [outcome] = await strict.send({ message: MESSAGE, targets: tokens.map(target) }, NEVER);
      assert.equal(short(outcome), 'unregistered');
    }
  });

  it('that call a list’s devices invalid without naming one retire nobody', async () => {
    rig.fault('one', { status: 201, reason: '10302' });
    assert.deepEqual((await send('one', 'two')).map(short), Array(2).fill('deferred target provider_unavailable'));
  });

  it('at night wait until seven in Beijing, and five minutes where our clock says that it is day', async () => {
    rig.simulator.setNight(true);
    for (const [now, wanted] of [
      [Date.UTC(2026, 2, 2, 15), 8 * HOUR_MS], // 23:00
      [Date.UTC(2026, 2, 2, 22), HOUR_MS], // 06:00
      [Date.UTC(2026, 2, 2, 23), 300_000], // 07:00
      [Date.UTC(2026, 2, 2, 14, 59), 300_000],
    ] as const) {
      rig.clock.now = now;
      const [outcome] = await send('one');
      assert.equal(short(outcome), 'deferred class rate_limited');
      assert.equal(afterOf(outcome), wanted, new Date(now).toISOString());
    }
    rig.simulator.setNight(false);
  });
});
