import assert from 'node:assert/strict';
import type { Message, Outcome, Target } from '../../../../providers/contract.js';
import { ANSWERS_KNOWN, judge } from '../../../../providers/huawei/outcome.js';
import type { Answer } from '../../../../providers/shared/transport.js';
import { type Generation, MESSAGE, NOON, openRig, type Rig, short, target } from './rig.js';

const PAYLOAD = 'rejected payload_rejected';
const OUT = 'deferred account provider_unavailable';
const QUOTA = 'deferred class quota_exceeded';
const CONFIG = 'misconfigured';
const TWELVE_HOURS = 12 * 3_600_000;

/** What both generations answer to a whole request. */
const CODES: readonly (readonly [string, string, number?])[] = [
  ['80000001', OUT],
  ['80100001', PAYLOAD],
  ['80100002', PAYLOAD],
  ['80100003', PAYLOAD],
  ['80100004', PAYLOAD],
  ['80100013', PAYLOAD],
  ['80100016', PAYLOAD],
  ['80100017', OUT],
  ['80100018', CONFIG],
  ['80100022', PAYLOAD],
  ['80200001', CONFIG],
  ['80200003', CONFIG],
  ['80200005', CONFIG],
  ['80300002', CONFIG],
  ['80300008', 'rejected payload_too_large'],
  ['80300010', PAYLOAD],
  ['80300011', CONFIG],
  ['80300013', CONFIG],
  ['80300029', QUOTA, TWELVE_HOURS],
  ['80300030', PAYLOAD],
  ['80300036', CONFIG],
  ['80300037', QUOTA, TWELVE_HOURS],
  ['80600003', OUT],
  ['81000001', OUT],
];

/** What HarmonyOS NEXT answers for one of several push tokens. */
const REASONS: readonly (readonly [string, string])[] = [
  ['tokenFormatError', 'unregistered'],
  ['noRight', 'rejected token_wrong_app'],
  ['tokenPlatformNotSupport', 'rejected token_wrong_app'],
  ['noPushTypeRight', CONFIG],
  ['notSupportPlayVoice', CONFIG],
  ['noRightToSendThisLiveNotificationEvent', CONFIG],
  ['appinfoError', CONFIG],
  ['differentImgVerifyPolicy', CONFIG],
  ['disableSendHuaweiMsgBecauseOfPenalty', QUOTA],
  ['countryNotSupport', PAYLOAD],
  ['atomicUnableSendUnsubscribedMsg', PAYLOAD],
];

const STATUSES: readonly (readonly [number, string])[] = [
  [401, CONFIG],
  [404, CONFIG],
  [500, OUT],
  [502, OUT],
  [503, 'deferred account rate_limited'],
  [504, OUT],
  [590, OUT],
  [403, OUT],
  [418, OUT],
  [302, OUT],
];

function afterOf(outcome: Outcome | undefined): number | undefined {
  return outcome?.kind === 'deferred' ? outcome.retryAfterMs : undefined;
}

describe('Huawei’s answers', () => {
  let rig: Rig;
  before(async () => {
    rig = await openRig();
  });
  after(() => rig.close());

  for (const to of ['v1', 'v3'] as const) {
    for (const status of [undefined, 200, 400]) {
      for (const [code, wanted, after] of CODES) {
        it(`${code} with ${status ?? 'its usual status'} over ${to} is ${wanted}`, async () => {
          const token = `t-${to}-${code}-${status}`;
          rig.fault(token, { kind: 'answer', reason: code, ...(status === undefined ? {} : { status }) });
          const [outcome, ...others] = await rig.send([token, 'other'], to);
          assert.equal(short(outcome), wanted);
          assert.deepEqual(others.map(short), [wanted]);
          assert.equal(afterOf(outcome), after);
          assert.equal(outcome?.detail?.code, code);
          assert.equal(JSON.stringify(outcome).includes(token), false);
        });
      }
    }

    for (const [status, wanted] of STATUSES) {
      for (const reason of ['html', 'empty']) {
        it(`${status}, ${reason}, over ${to} is ${wanted}`, async () => {
          const token = `s-${to}-${status}-${reason}`;
          rig.fault(token, { kind: 'answer', status, reason });
          assert.equal(short((await rig.send([token], to))[0]), wanted);
        });
      }
    }

    it(`a page or nothing with 200 over ${to} is an outage, told as strange`, async () => {
      for (const reason of ['html', 'empty']) {
        rig.fault(`p-${to}-${reason}`, { kind: 'answer', status: 200, reason });
        rig.log.length = 0;
        assert.equal(short((await rig.send([`p-${to}-${reason}`], to))[0]), OUT);
        assert.deepEqual(rig.log, ['huawei.answer_unexpected']);
      }
    });

    it(`a code that nobody documents is deferred over ${to}, with an alarm`, async () => {
      for (const code of ['80999999', '7', 'UNKNOWN', '__proto__', '82000001']) {
        rig.fault(`u-${to}-${code}`, { kind: 'answer', reason: code, status: 201 });
        rig.log.length = 0;
        assert.equal(short((await rig.send([`u-${to}-${code}`], to))[0]), 'deferred target provider_unavailable', code);
        assert.deepEqual(rig.log, ['huawei.answer_unexpected'], code);
      }
    });

    it(`a success with another status than 200 is no success over ${to}`, async () => {
      rig.fault(`x-${to}`, { kind: 'answer', reason: '80000000', status: 500 });
      assert.equal(short((await rig.send([`x-${to}`], to))[0]), 'deferred target provider_unavailable');
    });

    it(`503 waits as long as it says over ${to}`, async () => {
      rig.fault(`w-${to}`, { kind: 'answer', status: 503, retryAfterSeconds: 7 });
      const [outcome] = await rig.send([`w-${to}`], to);
      assert.equal(short(outcome), 'deferred account rate_limited');
      assert.equal(afterOf(outcome), 7_000);
    });

    it(`codes as numbers are the same over ${to}`, async () => {
      const dead = to === 'v1' ? '80300007' : 'tokenFormatError';
      rig.fault(`dead-${to}`, { kind: 'answer', reason: dead });
      rig.simulator.setManner({ isSwapped: true });
      const outcomes = await rig.send(['a', `dead-${to}`, 'b'], to);
      rig.simulator.setManner({ isSwapped: false });
      assert.deepEqual(outcomes.map(short), ['accepted', 'unregistered', 'accepted']);
    });
  }

  for (const [reason, wanted] of REASONS) {
    it(`${reason} for one of several is ${wanted}, and the others are taken`, async () => {
      rig.fault(`r-${reason}`, { kind: 'answer', reason });
      const outcomes = await rig.send(['a', `r-${reason}`, 'b'], 'v3');
      assert.deepEqual(outcomes.map(short), ['accepted', wanted, 'accepted']);
      assert.equal(outcomes[1]?.detail?.code, reason);
    });
  }

  it('a reason that nobody documents is deferred for its push token, with an alarm', async () => {
    rig.fault('odd', { kind: 'answer', reason: 'brandNewReason' });
    rig.log.length = 0;
    assert.deepEqual((await rig.send(['a', 'odd'], 'v3')).map(short), [
      'accepted',
      'deferred target provider_unavailable',
    ]);
    assert.deepEqual(rig.log, ['huawei.answer_unexpected']);
  });

  it('half of a batch refused is half of it, token by token', async () => {
    const tokens = Array.from({ length: 200 }, (_, at) => `half-${at}`);
    for (const [at, token] of tokens.entries()) {
      if (at % 2 === 1) rig.fault(token, { kind: 'answer', reason: '80300007' });
    }
    const outcomes = await rig.send(tokens, 'v1');
    assert.deepEqual(
      outcomes.map(short),
      tokens.map((_, at) => (at % 2 === 1 ? 'unregistered' : 'accepted')),
    );
  });

  it('has a row in these tables for each that it knows', () => {
    const here = [
      ...CODES.map(([code]) => code),
      ...REASONS.map(([reason]) => reason),
      ...STATUSES.map(([s]) => `${s}`),
    ];
    const elsewhere = ['80100000', '80300007'];
    assert.deepEqual(
      ANSWERS_KNOWN.filter((row) => !here.includes(row) && !elsewhere.includes(row)),
      [],
    );
  });
});

describe('all push tokens called invalid', () => {
  const refuseAll = (rig: Rig, to: Generation) => {
    for (const token of ['x', 'y']) {
      rig.fault(token, { kind: 'answer', reason: to === 'v1' ? '80300007' : 'tokenFormatError' });
    }
  };

  for (const to of ['v1', 'v3'] as const) {
    it(`retires nobody over ${to} before it has ever taken a message, nor a day after`, async () => {
      const rig = await openRig();
      refuseAll(rig, to);
      const both = async () => (await rig.send(['x', 'y'], to)).map(short);
      const wrong = ['rejected token_wrong_app', 'rejected token_wrong_app'];
      assert.deepEqual(await both(), wrong);
      assert.equal(short((await rig.send(['good'], to === 'v1' ? 'v3' : 'v1'))[0]), 'accepted');
      assert.deepEqual(await both(), wrong, 'the other generation says nothing of this one');
      assert.equal(short((await rig.send(['good'], to))[0]), 'accepted');
      assert.deepEqual(await both(), ['unregistered', 'unregistered']);
      rig.clock.now += 24 * 3_600_000;
      assert.deepEqual(await both(), wrong);
      await rig.close();
    });
  }

  it('for want of a right blocks the account, and for a foreign project doubts the address', async () => {
    const rig = await openRig();
    rig.fault('x', { kind: 'answer', reason: 'noPushTypeRight' });
    rig.fault('y', { kind: 'answer', reason: 'noRight' });
    await rig.send(['good'], 'v3');
    assert.deepEqual((await rig.send(['x', 'y'], 'v3')).map(short), ['misconfigured', 'rejected token_wrong_app']);
    await rig.close();
  });
});

describe('a quota of Huawei’s that is used up', () => {
  const orders: Partial<Message> = { class: 'transactional', channel: { name: 'orders', settings: 'EXPRESS' } };
  const rows: readonly (readonly [string, object, Partial<Message>, Partial<Target>, 'class' | 'target'])[] = [
    ['of a granted category parks its class', {}, orders, {}, 'class'],
    [
      'of what is lowered to marketing parks no other transactional message',
      {},
      { class: 'transactional' },
      {},
      'target',
    ],
    [
      'of a channel that says MARKETING parks no other transactional message',
      ...([{}, { ...orders, channel: { name: 'news', settings: 'MARKETING' } }, {}, 'target'] as const),
    ],
    ['of tests to the sandbox parks nothing else', {}, orders, { environment: 'sandbox' }, 'target'],
    [
      'of a test that its override made parks nothing else',
      {},
      {
        ...orders,
        override: { v1: { android: { target_user_type: 1 } }, v3: { pushOptions: { testMessage: true } } },
      },
      ...([{}, 'target'] as const),
    ],
    ['of tests alone parks the class', { test_messages: true }, orders, { environment: 'sandbox' }, 'class'],
  ];
  for (const platform of ['android', 'harmonyos'] as const) {
    for (const [name, settings, message, more, scope] of rows) {
      it(`${name}, on ${platform}`, async () => {
        const rig = await openRig({ categories: ['EXPRESS'], ...settings });
        for (const code of ['80300029', '80300037']) {
          rig.fault(`q-${code}`, { kind: 'answer', reason: code });
          const targets = [target(`q-${code}`, more)];
          const [outcome] = await rig.batch({ message: { ...MESSAGE, ...message }, targets, platform });
          assert.equal(short(outcome), `deferred ${scope} quota_exceeded`);
          assert.equal(afterOf(outcome), TWELVE_HOURS);
        }
        await rig.close();
      });
    }
  }

  it('is not met by a test that an override made, sent to 25 devices', async () => {
    const rig = await openRig();
    const tokens = Array.from({ length: 25 }, (_, at) => `t-${at}`);
    const outcomes = await rig.send(tokens, 'v3', { override: { v3: { pushOptions: { testMessage: true } } } });
    assert.deepEqual(new Set(outcomes.map(short)), new Set(['accepted']));
    await rig.close();
  });
});

describe('an answer of Huawei’s as it is written', () => {
  const answer = (body: unknown, more: Partial<Answer> = {}): Answer => ({
    ...{ kind: 'answer', status: 200, headers: {}, complete: true, ms: 1, connection: { retire: () => undefined } },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    ...more,
  });
  const read = (given: Answer, tokens: readonly string[], hasPassed = true) =>
    judge(given, tokens, { now: NOON, hasPassed, dayStartsMinutes: 960, quotaScope: 'class' });
  const shorts = (given: Answer, tokens: readonly string[]) => read(given, tokens).value.map(short);

  it('names refused push tokens in a text that is JSON itself', () => {
    const v1 =
      '{"code":"80100000","msg":"{\\"success\\":2,\\"failure\\":1,\\"illegal_tokens\\":[\\"bad-1\\"]}","requestId":"170000000000000000000001"}';
    assert.deepEqual(shorts(answer(v1), ['a', 'bad-1', 'b']), ['accepted', 'unregistered', 'accepted']);
    const [first] = read(answer(v1), ['a']).value;
    assert.deepEqual(first, { kind: 'accepted', vendorId: '170000000000000000000001' });
    const v3 =
      '{"code":"80100000","msg":"{\\"success\\":1,\\"failure\\":2,\\"illegalTokens\\":{\\"tokenFormatError\\":[\\"bad-1\\"],\\"noPushTypeRight\\":[\\"t-2\\"]}}","requestId":"1"}';
    assert.deepEqual(shorts(answer(v3), ['bad-1', 't-2', 'c']), ['unregistered', 'misconfigured', 'accepted']);
  });

  it('is uncertain where some were refused and nobody says which', () => {
    for (const msg of ['some are bad', '{"success":1}', '', undefined, '[]', 7]) {
      const { value, isStrange } = read(answer({ code: '80100000', msg }), ['a', 'b']);
      assert.deepEqual(value.map(short), ['uncertain', 'uncertain']);
      assert.equal(isStrange, true);
    }
  });

  it('that refuses every push token as some of them is doubted as one that refuses all', () => {
    const all = answer({
      code: '80100000',
      msg: JSON.stringify({ success: 0, failure: 2, illegal_tokens: ['a', 'b'] }),
    });
    const wrong = 'rejected token_wrong_app';
    assert.deepEqual(read(all, ['a', 'b'], false).value.map(short), [wrong, wrong]);
    assert.deepEqual(read(all, ['a', 'b'], true).value.map(short), ['unregistered', 'unregistered']);
    assert.deepEqual(read(all, ['a', 'b', 'c'], false).value.map(short), ['unregistered', 'unregistered', 'accepted']);
  });

  it('that names a push token which was not sent raises an alarm', () => {
    const strange = answer({ code: '80100000', msg: JSON.stringify({ illegal_tokens: ['a', 'stranger'] }) });
    assert.equal(read(strange, ['a', 'b']).isStrange, true);
  });

  it('is uncertain where it was cut short with 200, and deferred with another status', () => {
    const cut = { complete: false, body: Buffer.from('{"code":"800000') };
    assert.deepEqual(shorts(answer('', cut), ['a']), ['uncertain']);
    assert.deepEqual(shorts(answer('', { ...cut, status: 503 }), ['a']), ['deferred account rate_limited']);
  });

  it('never shows a push token, whatever the vendor writes', () => {
    const said = answer({ code: '80100001', msg: 'token secret-token-1 is wrong' }, { status: 400 });
    assert.equal(JSON.stringify(read(said, ['secret-token-1']).value).includes('secret-token-1'), false);
    const long = 'long-secret-token-'.padEnd(160, 'x');
    const page = answer(`<html>no such token: ${long}</html>`, { status: 400 });
    assert.equal(JSON.stringify(read(page, [long]).value).includes('long-secret'), false);
  });

  it('names the difference of the clocks where the credentials are refused', () => {
    const headers = { date: new Date(NOON - 20 * 60_000).toUTCString() };
    const [outcome] = read(answer({ code: '80200005', msg: 'JWT expired' }, { status: 401, headers }), ['a']).value;
    assert.ok(outcome?.kind === 'misconfigured');
    assert.match(outcome.what, /1200 s ahead of Huawei’s/);
  });

  it('is never a dead token for an odd reason', () => {
    const msg = JSON.stringify({ illegalTokens: { __proto__x: ['a'], constructor: ['b'], toString: ['c'] } });
    const { value, isStrange } = read(answer({ code: '80300007', msg }), ['a', 'b', 'c']);
    assert.deepEqual(new Set(value.map(short)), new Set(['deferred target provider_unavailable']));
    assert.equal(isStrange, true);
  });
});
