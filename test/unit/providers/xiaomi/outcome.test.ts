import assert from 'node:assert/strict';
import type { Message, Outcome } from '../../../../providers/contract.js';
import type { Fault } from '../../../../providers/simulation.js';
import { ANSWERS_KNOWN } from '../../../../providers/xiaomi/outcome.js';
import type { XiaomiProvider } from '../../../../providers/xiaomi/provider.js';
import { MESSAGE, openRig, type Rig, send, TO_MIDNIGHT_MS, targets } from './rig.js';

/** dev.mi.com, document 1560, as `reference/providers-vendors.md` §6.4 and §11 tell it. */
const CODES: Readonly<Record<string, readonly string[]>> = {
  unregistered: ['20301', '10029', '65003', '66007'],
  'deferred class quota_exceeded': ['200001', '10034'],
  'deferred account rate_limited': [
    ...['200002', '10022', '10023', '10024', '10027', '10028', '10030', '22101', '26004'],
  ],
  'deferred account provider_unavailable': [
    ...['-1', '1', '10001', '10002', '10003', '10009', '10010', '10011', '20607', '26003'],
  ],
  'deferred target provider_unavailable': ['22102'],
  misconfigured: [
    ...['10004', '10005', '10006', '10014', '10026', '10031', '10036', '21301', '21302', '21303', '27001'],
    ...['22000', '22001', '22002', '22003', '22004', '22005', '22006', '22007', '22008', '22022'],
  ],
  'rejected payload_rejected': [
    ...['10007', '10008', '10012', '10013', '10016', '10017', '10018', '10020', '10021', '10025', '10037', '10041'],
    ...['21305', '22020', '22021', '22100', '22103', '26006', '65009', '65010', '65011', '65012', '65013', '65014'],
    ...['65015', '65036', '65037', '65038'],
  ],
};

function wordOf(outcome: Outcome | undefined): string {
  switch (outcome?.kind) {
    case 'deferred':
      return `deferred ${outcome.scope} ${outcome.reason}`;
    case 'rejected':
      return `rejected ${outcome.reason}`;
    default:
      return outcome?.kind ?? 'none';
  }
}

describe('what becomes of Xiaomi’s answers', () => {
  let rig: Rig;
  let provider: XiaomiProvider;
  before(async () => {
    rig = await openRig();
    provider = await rig.open();
  });
  after(() => rig.close());
  afterEach(() => rig.simulator.setStyle({}));

  async function answered(fault: Omit<Extract<Fault, { kind: 'answer' }>, 'kind'>): Promise<Outcome | undefined> {
    rig.faults.set('r-1', [{ kind: 'answer', ...fault }]);
    const [outcome] = await send(provider, targets('r-1'));
    return outcome;
  }

  it('knows every documented code', () => {
    assert.deepEqual([...ANSWERS_KNOWN].sort(), Object.values(CODES).flat().sort());
  });

  for (const [word, codes] of Object.entries(CODES)) {
    for (const code of codes) {
      it(`${code} is ${word}, as a number, as text and with 401`, async () => {
        for (const [status, codesAsText] of [
          [200, false],
          [200, true],
          [401, false],
        ] as const) {
          rig.simulator.setStyle({ codesAsText });
          const outcome = await answered({ status, reason: code });
          assert.equal(wordOf(outcome), word);
          assert.equal(outcome?.detail?.code, code);
          assert.equal(outcome?.detail?.status, status);
        }
      });
    }
  }

  it('waits after a used-up quota until the day ends in Beijing, or where the file says', async () => {
    const outcome = await answered({ reason: '200001' });
    assert.equal(outcome?.kind === 'deferred' ? outcome.retryAfterMs : undefined, TO_MIDNIGHT_MS);
    const moscow = await rig.open({ quota: { day_starts: '00:00+03:00' } });
    rig.faults.set('r-1', [{ kind: 'answer', reason: '200001' }]);
    const [later] = await send(moscow, targets('r-1'));
    assert.equal(later?.kind === 'deferred' ? later.retryAfterMs : undefined, TO_MIDNIGHT_MS + 5 * 3_600_000);
  });

  it('a used-up quota of marketing does not park transactional messages that were counted in it', async () => {
    const lowered = async (settings: object, more: Partial<Message> = {}) => {
      const other = await rig.open({ ...settings });
      rig.faults.set('r-1', [{ kind: 'answer', reason: '200001' }]);
      return wordOf((await send(other, targets('r-1'), { ...MESSAGE, class: 'transactional', ...more }))[0]);
    };
    assert.equal(await lowered({}), 'deferred target quota_exceeded');
    assert.equal(await lowered({ channels: { marketing: '118002' } }), 'deferred target quota_exceeded');
    const channels = { transactional: '118001' };
    assert.equal(await lowered({ channels }), 'deferred class quota_exceeded');
    // Personal channels have no quota: one that has is none, and says nothing of those.
    const channel = { name: 'other', settings: '118009' };
    assert.equal(await lowered({ channels }, { channel }), 'deferred target quota_exceeded');
  });

  it('waits after "too fast" as long as it is told, else as the file says', async () => {
    const told = await answered({ reason: '200002', retryAfterSeconds: 30 });
    assert.equal(told?.kind === 'deferred' ? told.retryAfterMs : undefined, 30_000);
    const untold = await answered({ reason: '200002' });
    assert.equal(untold?.kind === 'deferred' ? untold.retryAfterMs : undefined, 2_000);
  });

  it('says what to do about credentials, and names no secret', async () => {
    for (const code of CODES.misconfigured ?? []) {
      const outcome = await answered({ reason: code });
      assert.equal(outcome?.kind, 'misconfigured');
      if (outcome?.kind !== 'misconfigured') continue;
      assert.match(outcome.what, /^Xiaomi .+: .+/);
      assert.equal(JSON.stringify(outcome).includes(rig.simulator.appSecret), false);
    }
  });

  const UNREADABLE: readonly (readonly [string, Omit<Extract<Fault, { kind: 'answer' }>, 'kind'>, string])[] = [
    ['a page with 200', { reason: 'html' }, 'deferred account provider_unavailable'],
    ['nothing with 200', { reason: 'empty' }, 'deferred account provider_unavailable'],
    ['a page with 403', { status: 403, reason: 'html' }, 'deferred account provider_unavailable'],
    ['a page with 502', { status: 502, reason: 'html' }, 'deferred account provider_unavailable'],
    ['500 with a code', { status: 500, reason: '21301' }, 'deferred account provider_unavailable'],
    ['a code that nobody knows', { reason: '99999' }, 'deferred target provider_unavailable'],
    ['a word for a code', { reason: 'oops' }, 'deferred target provider_unavailable'],
    ['code 0 with the word error', { reason: '0' }, 'deferred target provider_unavailable'],
    ['a code that nobody knows with 400', { status: 400, reason: '99999' }, 'deferred target provider_unavailable'],
  ];
  for (const [name, fault, word] of UNREADABLE) {
    it(`${name} is ${word}, with an alarm unless the service is away`, async () => {
      rig.logged.length = 0;
      assert.equal(wordOf(await answered(fault)), word);
      const alarms = rig.logged.filter(({ level, event }) => level === 'error' && event === 'xiaomi.answer_unexpected');
      assert.equal(alarms.length, (fault.status ?? 200) >= 500 ? 0 : 1);
      assert.equal(JSON.stringify(rig.logged).includes('r-1'), false);
    });
  }

  it('an answer that never comes is uncertain', async () => {
    rig.faults.set('r-1', [{ kind: 'reset' }]);
    assert.equal((await send(provider, targets('r-1')))[0]?.kind, 'uncertain');
  });
});

describe('a request with many targets', () => {
  let rig: Rig;
  let provider: XiaomiProvider;
  before(async () => {
    rig = await openRig();
    provider = await rig.open();
  });
  after(() => rig.close());
  beforeEach(() => {
    rig.ledger.length = 0;
  });

  it('is one, and all are taken under its id but those that it names', async () => {
    rig.simulator.setDevice('bad+/=', { kind: 'refused' });
    const outcomes = await send(provider, targets('a', 'bad+/=', 'b'));
    assert.deepEqual(outcomes.map(wordOf), ['accepted', 'unregistered', 'accepted']);
    const ids = outcomes.map((outcome) => (outcome.kind === 'accepted' ? outcome.vendorId : undefined));
    assert.match(ids[0] ?? '', /^slm/);
    assert.equal(ids[2], ids[0]);
    assert.equal(new Set(rig.ledger.map(({ id }) => id)).size, 1);
  });

  it('of which nobody is left is asked about one by one: a code for all says nothing of each', async () => {
    for (const code of ['20301', '10029', '65003', '66007']) {
      rig.ledger.length = 0;
      // The first request as a whole, then the second target alone.
      rig.faults.set('a', [{ kind: 'answer', status: 400, reason: code }]);
      rig.faults.set('b', [{ kind: 'answer', reason: code }]);
      const outcomes = await send(provider, targets('a', 'b', 'c'));
      assert.deepEqual(outcomes.map(wordOf), ['accepted', 'unregistered', 'accepted'], code);
      assert.equal(new Set(rig.ledger.map(({ id }) => id)).size, 4);
    }
  });

  it('names each push token once, and twins share the outcome', async () => {
    rig.simulator.setDevice('gone', { kind: 'refused' });
    const outcomes = await send(provider, targets('a', 'gone', 'a', 'gone'));
    assert.deepEqual(outcomes.map(wordOf), ['accepted', 'unregistered', 'accepted', 'unregistered']);
    assert.equal(rig.ledger.length, 2);
  });

  it('has as many as the file says', async () => {
    const small = await rig.open({ batch: 2 });
    const outcomes = await send(small, targets('a', 'b', 'c', 'd', 'e'));
    assert.deepEqual(new Set(outcomes.map(wordOf)), new Set(['accepted']));
    assert.equal(new Set(rig.ledger.map(({ id }) => id)).size, 3);
  });

  it('20301 to one target is no verdict where the file says so', async () => {
    const careful = await rig.open({ sending_failed: 'deferred' });
    rig.simulator.setDevice('all-bad', { kind: 'refused' });
    assert.deepEqual((await send(careful, targets('all-bad'))).map(wordOf), ['deferred target provider_unavailable']);
  });

  it('over the day’s quota is deferred for its class, all of it', async () => {
    rig.simulator.setQuota(0);
    const outcomes = await send(provider, targets('regid-1', 'regid-2'));
    rig.simulator.setQuota(undefined);
    assert.deepEqual(new Set(outcomes.map(wordOf)), new Set(['deferred class quota_exceeded']));
    assert.match(outcomes[0]?.detail?.text ?? '', /quota: 0/);
  });
});
