import assert from 'node:assert/strict';
import { ANSWERS_KNOWN } from '../../../../providers/oppo/outcome.js';
import { OPPO_DEFAULTS } from '../../../../providers/oppo/settings.js';
import { judgeBatch } from '../../../../providers/oppo/unicast-batch.js';
import type { Answer } from '../../../../providers/shared/transport.js';
import { MESSAGE, openRig, type Rig, START_MS, short, target, targets, tokenOf } from './rig.js';

/** What each code of OPPO becomes, said of the whole request. */
const WHOLE: Readonly<Record<string, string>> = {
  '-1': 'deferred account provider_unavailable',
  '-2': 'deferred account rate_limited',
  11: 'accepted', // once: another access token, and the request again
  12: 'rejected payload_rejected',
  13: 'deferred account rate_limited',
  14: 'misconfigured',
  15: 'misconfigured',
  16: 'misconfigured',
  17: 'misconfigured',
  18: 'misconfigured',
  19: 'misconfigured',
  20: 'rejected payload_rejected',
  21: 'rejected payload_rejected',
  22: 'rejected payload_rejected',
  23: 'rejected payload_rejected',
  24: 'rejected payload_rejected',
  25: 'rejected payload_rejected',
  26: 'misconfigured',
  27: 'misconfigured',
  28: 'misconfigured',
  29: 'rejected payload_rejected',
  30: 'misconfigured',
  31: 'rejected payload_rejected',
  32: 'uncertain', // of two: who has had it is not told
  10000: 'accepted', // of two: each is asked about alone then, and neither is dead
  33: 'deferred class quota_exceeded',
  34: 'deferred class quota_exceeded',
  40: 'rejected payload_rejected',
  41: 'rejected payload_rejected',
  42: 'deferred class quota_exceeded',
  51: 'rejected payload_rejected',
  54: 'rejected payload_rejected',
  55: 'deferred account rate_limited',
  59: 'rejected payload_rejected',
  67: 'rejected payload_rejected',
  69: 'deferred account rate_limited',
};

/** And said of one device among others. */
const SINGLE: Readonly<Record<string, string>> = {
  32: 'accepted',
  10000: 'unregistered',
};

/** With a status of its own it is said of the whole request. */
const WHOLE_DEAD = { kind: 'answer', status: 202, reason: '10000' } as const;

for (const codesAreText of [false, true]) {
  describe(`OPPO’s codes, as ${codesAreText ? 'text' : 'numbers'}`, () => {
    let rig: Rig;
    before(async () => {
      rig = await openRig({}, { codesAreText });
    });
    after(() => rig.close());

    it('are all in the table', () => {
      assert.deepEqual(Object.keys({ ...WHOLE, ...SINGLE }).sort(), [...ANSWERS_KNOWN].sort());
    });

    for (const [code, wanted] of Object.entries(WHOLE)) {
      it(`${code} is ${wanted}`, async () => {
        // With a status of its own it is said of the whole request, also where it can be said of one device.
        const fault = { kind: 'answer', reason: code, ...(SINGLE[code] === undefined ? {} : { status: 202 }) } as const;
        rig.once('oppo', fault);
        const outcomes = await rig.send(targets(2));
        assert.deepEqual(outcomes.map(short), [wanted, wanted]);
        if (wanted !== 'accepted') for (const { detail } of outcomes) assert.equal(detail?.code, code);
      });
    }

    for (const [code, wanted] of Object.entries(SINGLE)) {
      it(`${code} of one device is ${wanted}`, async () => {
        rig.once('oppo', { kind: 'answer', reason: code });
        const outcomes = await rig.send(targets(2));
        assert.deepEqual(outcomes.map(short), [wanted, 'accepted']);
        assert.deepEqual(
          outcomes.map(({ detail }) => detail?.code),
          [code, undefined],
        );
      });
    }
  });
}

describe('OPPO’s answers that the table does not have', () => {
  let rig: Rig;
  before(async () => {
    rig = await openRig();
  });
  after(() => rig.close());
  afterEach(() => {
    rig.faults.clear();
    rig.logged.length = 0;
  });

  const alarms = () => rig.logged.filter(({ event }) => event === 'oppo.answer_unexpected').length;

  it('an unknown code waits, raises an alarm, and is neither taken nor a dead address', async () => {
    rig.once('oppo', { kind: 'answer', status: 200, reason: '7777' });
    assert.deepEqual((await rig.send(targets(2))).map(short), Array(2).fill('deferred target provider_unavailable'));
    assert.equal(alarms(), 1);
  });

  it('an unknown code of one device is that device’s, and raises an alarm', async () => {
    const dead = target(tokenOf(7));
    rig.faults.add({ provider: 'oppo', match: { token: dead.pushToken }, fault: { kind: 'answer', reason: '10099' } });
    const outcomes = await rig.send([target(tokenOf(8)), dead, target(tokenOf(9))]);
    assert.deepEqual(outcomes.map(short), ['accepted', 'deferred target provider_unavailable', 'accepted']);
    assert.equal(alarms(), 1);
  });

  it('a mistake of our own is rejected with an alarm', async () => {
    rig.once('oppo', { kind: 'answer', reason: '25' });
    assert.deepEqual((await rig.send(targets(1))).map(short), ['rejected payload_rejected']);
    assert.equal(alarms(), 1);
  });

  for (const [what, fault] of [
    ['a page', { kind: 'answer', reason: 'html' }],
    ['nothing at all', { kind: 'answer', reason: 'empty' }],
    ['a page with 403', { kind: 'answer', status: 403, reason: 'html' }],
    ['JSON with 503', { kind: 'answer', status: 503, reason: '0' }],
    ['JSON with 500 that calls the address dead', { kind: 'answer', status: 500, reason: '10000' }],
  ] as const) {
    it(`${what} is an outage of the vendor`, async () => {
      rig.once('oppo', fault);
      const outcomes = await rig.send(targets(2));
      assert.deepEqual(outcomes.map(short), Array(2).fill('deferred account provider_unavailable'));
    });
  }

  it('no answer is uncertain', async () => {
    rig.once('oppo', { kind: 'reset' });
    assert.deepEqual((await rig.send(targets(2))).map(short), ['uncertain', 'uncertain']);
  });

  it('half a batch refused leaves the other half accepted, in target order', async () => {
    const batch = targets(20);
    for (const [at, { pushToken }] of batch.entries()) {
      if (at % 2 === 0) continue;
      const fault = { kind: 'answer', reason: '10000' } as const;
      rig.faults.add({ provider: 'oppo', match: { token: pushToken }, times: 1, fault });
    }
    const outcomes = await rig.send(batch);
    assert.deepEqual(
      outcomes.map(short),
      batch.map((_, at) => (at % 2 === 0 ? 'accepted' : 'unregistered')),
    );
    const ids = outcomes.flatMap((outcome) => (outcome.kind === 'accepted' ? [outcome.vendorId] : []));
    assert.equal(new Set(ids).size, 10);
  });

  it('tells no push token, whatever OPPO says of it', async () => {
    const dead = target(tokenOf(3));
    rig.once('oppo', { kind: 'answer', reason: '10000' });
    const [outcome] = await rig.send([dead]);
    assert.equal(outcome?.detail?.text, 'refused …');
  });

  it('tells no push token of another form, nor what the message says', () => {
    const odd = target('CN_8fa.61:8c');
    const told = (body: object) => {
      const answer: Answer = {
        ...{ kind: 'answer', status: 200, headers: {}, complete: true, ms: 1, connection: { retire: () => undefined } },
        body: Buffer.from(JSON.stringify(body)),
      };
      const by = { options: OPPO_DEFAULTS, nowMs: START_MS, answer, hidden: ['Order 8812 is paid'] };
      const { value } = judgeBatch(answer, [odd], by);
      return typeof value === 'string' ? value : value[0]?.detail?.text;
    };
    const errorMessage = `no ${odd.pushToken} for Order 8812 is paid`;
    const data = [{ registrationId: odd.pushToken, errorCode: 41, errorMessage }];
    assert.equal(told({ code: 0, data }), 'no … for …');
    assert.equal(told({ code: 41, message: errorMessage }), 'no … for …');
  });
});

describe('OPPO’s daily limit', () => {
  it('holds the message’s class up until its day ends, which is a setting', async () => {
    for (const [day_starts, hours] of [
      ['00:00+08:00', 8],
      ['00:00Z', 16],
    ] as const) {
      const rig = await openRig({ quota: { day_starts } });
      try {
        rig.clock.now = Date.UTC(2027, 0, 5, 8);
        rig.simulator.setQuota(3);
        assert.deepEqual((await rig.send(targets(3))).map(short), Array(3).fill('accepted'));
        const [outcome] = await rig.send(targets(1));
        assert.ok(outcome?.kind === 'deferred' && outcome.scope === 'class');
        assert.equal(outcome.retryAfterMs, hours * 3_600_000);
      } finally {
        await rig.close();
      }
    }
  });
});

describe('A request to many that OPPO refuses for a registration id which it does not name', () => {
  for (const settings of [{}, { send: 'broadcast', broadcast_from: 2 }]) {
    it(`retires the dead one alone, sent as ${settings.send ?? 'unicast_batch'}`, async () => {
      const rig = await openRig(settings);
      try {
        const batch = targets(3);
        const dead = batch[1]?.pushToken ?? '';
        const times = settings.send === undefined ? 1 : 2; // refused as a broadcast, and as a batch in its place
        rig.faults.add({ provider: 'oppo', match: { rate: 1 }, times, fault: WHOLE_DEAD });
        rig.simulator.uninstall([dead]);
        assert.deepEqual((await rig.send(batch)).map(short), ['accepted', 'unregistered', 'accepted']);
      } finally {
        await rig.close();
      }
    });
  }
});

describe('The daily limit, told to a transactional message that OPPO counts as marketing', () => {
  const lowered = { ...MESSAGE, class: 'transactional' } as const;

  for (const settings of [{}, { send: 'broadcast', broadcast_from: 2 }]) {
    it(`holds up no other transactional message, sent as ${settings.send ?? 'unicast_batch'}`, async () => {
      const rig = await openRig(settings);
      try {
        rig.simulator.setQuota(0);
        const outcomes = await rig.send(targets(2), lowered);
        assert.deepEqual(outcomes.map(short), Array(2).fill('deferred target quota_exceeded'));
        const [outcome] = await rig.send(targets(1), { ...lowered, override: { category: 'ORDER' } });
        assert.ok(outcome !== undefined);
        assert.equal(short(outcome), 'deferred class quota_exceeded');
      } finally {
        await rig.close();
      }
    });
  }
});

describe('A send that OPPO calls a duplicate', () => {
  it('stands: the device has had it', async () => {
    const rig = await openRig();
    try {
      const batch = targets(2);
      assert.deepEqual((await rig.send(batch)).map(short), ['accepted', 'accepted']);
      const [again] = batch;
      assert.ok(again);
      const outcomes = await rig.send([again, target(tokenOf(5))]);
      assert.deepEqual(outcomes.map(short), ['accepted', 'accepted']);
      assert.equal(outcomes[0]?.detail?.code, '32');
    } finally {
      await rig.close();
    }
  });

  it('is uncertain where the operator says so', async () => {
    const rig = await openRig({ duplicate: 'uncertain' });
    try {
      const batch = targets(2);
      await rig.send(batch);
      assert.deepEqual((await rig.send(batch)).map(short), ['uncertain', 'uncertain']);
    } finally {
      await rig.close();
    }
  });
});
