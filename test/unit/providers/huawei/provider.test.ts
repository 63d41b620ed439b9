import assert from 'node:assert/strict';
import { isRecalling, type Platform, type RecallOutcome } from '../../../../providers/contract.js';
import { collapseNumber } from '../../../../providers/shared/collapse-number.js';
import { MESSAGE, NEVER, openRig, type Rig, short, target } from './rig.js';

const ONLY_V1 = ['service_account'];
const ONLY_V3 = ['client_secret', 'token_endpoint'];

/** Paths are not in the ledger: what is v3's alone is `push-type`. */
function generations(rig: Rig): string[] {
  return rig.ledger
    .filter(({ provider }) => provider === 'huawei')
    .map(({ headers }) => (headers['push-type'] === undefined ? 'v1' : 'v3'));
}

describe('the generation of a Huawei device', () => {
  const rows: readonly (readonly [readonly string[], Platform | undefined, string])[] = [
    [[], 'android', 'v1'],
    [[], 'harmonyos', 'v3'],
    [[], 'watch', 'v1'],
    [[], undefined, 'v1'],
    [ONLY_V1, undefined, 'v1'],
    [ONLY_V3, undefined, 'v3'],
    [ONLY_V1, 'android', 'v1'],
    [ONLY_V3, 'harmonyos', 'v3'],
  ];
  for (const [without, platform, wanted] of rows) {
    it(`is ${wanted} for ${platform ?? 'a bare push token'} without ${without.join(' and ') || 'nothing'}`, async () => {
      const rig = await openRig({}, without);
      const outcomes = await rig.batch({ targets: [target('a')], ...(platform === undefined ? {} : { platform }) });
      assert.deepEqual(outcomes.map(short), ['accepted']);
      assert.deepEqual(generations(rig), [wanted]);
      await rig.close();
    });
  }

  it('without credentials is misconfigured, and says which are missing', async () => {
    for (const [without, platform, word] of [
      [ONLY_V1, 'harmonyos', /service_account/],
      [ONLY_V3, 'android', /client_secret/],
    ] as const) {
      const rig = await openRig({}, without);
      const outcomes = await rig.batch({ targets: [target('a'), target('b')], platform });
      assert.equal(outcomes.length, 2);
      for (const outcome of outcomes) assert.match(outcome.kind === 'misconfigured' ? outcome.what : '', word);
      await assert.rejects(rig.batch({ platform }), /needs a target/);
      await rig.provider.close();
      await assert.rejects(rig.batch({ targets: [target('a')], platform }), /after close/);
      assert.deepEqual(rig.ledger, []);
      await rig.close();
    }
  });
});

describe('a Huawei provider', () => {
  it('sends over /v2 where a project is named', async () => {
    const first = await openRig();
    const { projectId } = first.simulator.account;
    await first.close();
    const rig = await openRig({ project_id: projectId });
    assert.equal(short((await rig.send(['a']))[0]), 'accepted');
    await rig.close();
    const wrong = await openRig({ project_id: '404' });
    assert.equal(short((await wrong.send(['a']))[0]), 'misconfigured');
    await wrong.close();
  });

  it('sends a push token that stands twice once, and at most as many in a request as it is told', async () => {
    const rig = await openRig({ batch: 3 });
    const tokens = ['a', 'b', 'a', 'c', 'd'];
    assert.deepEqual(
      (await rig.send(tokens)).map(short),
      tokens.map(() => 'accepted'),
    );
    assert.deepEqual(rig.ledger.flatMap(({ provider, token }) => (provider === 'huawei' ? [token] : [])).sort(), [
      ...['a', 'b', 'c', 'd'],
    ]);
    assert.equal(rig.codes.length, 2);
    await rig.close();
  });

  it('marks messages to the sandbox as tests, ten to a request for HarmonyOS NEXT', async () => {
    const rig = await openRig();
    const tests = Array.from({ length: 25 }, (_, at) => target(`s${at}`, { environment: 'sandbox' }));
    const targets = [...tests, target('real')];
    for (const platform of ['android', 'harmonyos'] as const) {
      rig.ledger.length = 0;
      rig.codes.length = 0;
      const outcomes = await rig.batch({ targets, platform });
      assert.deepEqual(new Set(outcomes.map(short)), new Set(['accepted']));
      const isTest = (json: string | null) => /"testMessage":true|"target_user_type":1/.test(json ?? '');
      const marked = rig.ledger.flatMap(({ token, payloadJson }) => (isTest(payloadJson) ? [token] : []));
      assert.deepEqual(marked.sort(), tests.map(({ pushToken }) => String(pushToken)).sort());
      assert.equal(rig.codes.length, platform === 'android' ? 2 : 4);
    }
    rig.simulator.setQuota({ testMessages: 0 });
    const [over] = await rig.batch({ targets: tests.slice(0, 1), platform: 'harmonyos' });
    assert.equal(short(over), 'deferred target quota_exceeded');
    await rig.close();
  });

  it('is told where it hurries without the right to', async () => {
    const rig = await openRig({ high_urgency: true });
    rig.simulator.setHighUrgency(false);
    const [outcome] = await rig.send(['a'], 'v1', { priority: 'high' });
    assert.ok(outcome?.kind === 'misconfigured');
    assert.match(outcome.what, /high_urgency: false/);
    await rig.close();
  });

  it('has what the simulator’s strict checks take, in every kind of message', async () => {
    const rig = await openRig({ categories: ['EXPRESS'], badge_class: 'com.shop.Main', high_urgency: true });
    const { notification: _, ...silent } = MESSAGE;
    const messages = [
      MESSAGE,
      { ...silent, notification: undefined, data: { a: 'b' } },
      {
        ...{ class: 'transactional' as const, priority: 'high' as const, collapseKey: 'k', ttlSeconds: 0 },
        channel: { name: 'o', settings: { category: 'EXPRESS', channel_id: 'o', color: '#112233', collapse_group: 3 } },
        notification: {
          ...{ title: 'T', body: 'B', image: 'https://a.example/i.png', sound: 'default', badge: 3, thread: 't' },
          click: { url: 'https://a.example', deepLink: 'shop://orders/7' },
          media: [{ url: 'https://a.example/v.mp4', type: 'video' as const }],
        },
      },
      { notification: { title: 'T', click: { url: 'https://a.example' } } },
      { notification: { badge: 1 } },
    ];
    for (const to of ['v1', 'v3'] as const) {
      for (const part of messages) {
        const { notification, ...rest } = part;
        const outcomes = await rig.batch({
          message: { ...silent, ...rest, ...(notification === undefined ? {} : { notification }) },
          ...{ targets: [target('a')], platform: to === 'v1' ? 'android' : 'harmonyos' },
        });
        assert.deepEqual(outcomes.map(short), ['accepted'], `${to} ${JSON.stringify(outcomes)}`);
      }
    }
    await rig.close();
  });

  it('is uncertain of what was written and not answered', async () => {
    const rig = await openRig();
    await rig.send(['warm']);
    rig.fault('lost', { kind: 'reset' });
    assert.deepEqual((await rig.send(['lost', 'beside'])).map(short), ['uncertain', 'uncertain']);
    await rig.close();
  });
});

describe('a recall at Huawei', () => {
  let rig: Rig;
  before(async () => {
    rig = await openRig();
  });
  after(() => rig.close());

  async function recall(tokens: readonly string[], more: object = {}, of = rig): Promise<readonly RecallOutcome[]> {
    assert.ok(isRecalling(of.provider));
    const targets = tokens.map((token) => target(token));
    return of.provider.recall({ message: MESSAGE, targets, platform: 'harmonyos', ...more }, NEVER);
  }
  const kinds = (outcomes: readonly RecallOutcome[]) => outcomes.map(({ kind }) => kind);

  it('names the notification by the id that it was sent under', async () => {
    assert.deepEqual(kinds(await recall(['a', 'b'])), ['recalled', 'recalled']);
    await recall(['a'], { message: { ...MESSAGE, collapseKey: 'k' } });
    const asked = rig.ledger.flatMap(({ provider, payloadJson }) =>
      provider === 'huawei_revoke' ? [payloadJson] : [],
    );
    const id = JSON.stringify({ notifyId: collapseNumber('msg_1') });
    assert.deepEqual(asked, [id, id, JSON.stringify({ notifyId: collapseNumber('k') })]);
  });

  it('is impossible for push tokens that Huawei refuses, and only for them', async () => {
    rig.fault('dead', { kind: 'answer', reason: '80300028' }, { part: 'huawei_revoke' });
    assert.deepEqual(kinds(await recall(['a', 'dead', 'b'])), ['recalled', 'impossible', 'recalled']);
    assert.deepEqual(kinds(await recall(['dead'])), ['impossible']);
  });

  const codes: readonly (readonly [string, string])[] = [
    ['80000001', 'failed'],
    ['80100001', 'failed'],
    ['80100003', 'failed'],
    ['80200001', 'failed'],
    ['80200005', 'failed'],
    ['80300002', 'failed'],
    ['80300010', 'failed'],
    ['80300017', 'impossible'],
    ['80300032', 'failed'],
    ['80600003', 'failed'],
    ['81000001', 'failed'],
    ['89999999', 'failed'],
    ['html', 'failed'],
    ['empty', 'failed'],
  ];
  for (const [code, wanted] of codes) {
    it(`answered with ${code} is ${wanted}`, async () => {
      rig.fault(`c${code}`, { kind: 'answer', reason: code, status: 400 }, { part: 'huawei_revoke' });
      assert.deepEqual(kinds(await recall([`c${code}`, 'z'])), [wanted, wanted]);
    });
  }

  it('is repeated once with another signature', async () => {
    rig.clock.now += 60_000; // one refused a moment ago is not asked for again at once
    rig.simulator.revokeTokens();
    assert.deepEqual(kinds(await recall(['a'])), ['recalled']);
  });

  it('is impossible for HMS Core, for what was silent, and where no app is named', async () => {
    assert.deepEqual(kinds(await recall(['a'], { platform: 'android' })), ['impossible']);
    const { notification: _, ...silent } = MESSAGE;
    assert.deepEqual(kinds(await recall(['a'], { message: silent })), ['impossible']);
    const nameless = await openRig({}, [...ONLY_V3, 'app_id', 'client_id']);
    const [outcome] = await recall(['a'], {}, nameless);
    assert.equal(outcome?.kind, 'impossible');
    assert.match(outcome.detail?.text ?? '', /client_id/);
    await nameless.close();
    const older = await openRig({}, ONLY_V1);
    assert.deepEqual(kinds(await recall(['a'], {}, older)), ['impossible']);
    await older.close();
  });

  it('has failed where nobody answers', async () => {
    const gone = await openRig();
    await gone.simulator.close();
    assert.deepEqual(kinds(await recall(['a', 'b'], {}, gone)), ['failed', 'failed']);
    await gone.close();
  });
});
