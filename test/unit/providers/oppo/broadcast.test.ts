import assert from 'node:assert/strict';
import type { Message } from '../../../../providers/contract.js';
import { MESSAGE, openRig, type Rig, short, target, targets, tokenOf } from './rig.js';

const SETTINGS = { send: 'broadcast', broadcast_from: 2 };

/** Saved contents and broadcasts that arrived, and sends to single devices. */
function counts(rig: Rig) {
  const sent = rig.ledger.filter(({ provider }) => provider === 'oppo');
  const paths = (key: string) => sent.filter(({ payloadJson }) => payloadJson?.includes(key)).length;
  return { saved: rig.asked('oppo_save'), devices: sent.length, single: paths('"action_parameters":"{') };
}

describe('A saved content to many at OPPO', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await openRig(SETTINGS);
  });
  afterEach(() => rig.close());

  const accepted = (count: number) => Array(count).fill('accepted');

  it('is saved once and sent to all, also by sends at the same time', async () => {
    const many = targets(60);
    const parts = [many.slice(0, 20), many.slice(20, 40), many.slice(40)];
    const outcomes = await Promise.all(parts.map((part) => rig.send(part)));
    for (const part of outcomes) assert.deepEqual(part.map(short), accepted(20));
    assert.equal(rig.asked('oppo_save'), 1);
    assert.equal(rig.ledger.filter(({ accepted: isTaken }) => isTaken).length, 60);
  });

  it('is another one for another text under the same message id', async () => {
    const german: Message = { ...MESSAGE, notification: { title: 'Bezahlt', body: 'Bestellung 8812' } };
    await rig.send(targets(2));
    await rig.send([target(tokenOf(5)), target(tokenOf(6))], german);
    assert.equal(rig.asked('oppo_save'), 2);
  });

  it('stays the same while the time that is left shrinks within a minute', async () => {
    for (const ttlSeconds of [659, 640, 600]) await rig.send(targets(2), { ...MESSAGE, ttlSeconds });
    assert.equal(rig.asked('oppo_save'), 1);
    await rig.send(targets(2), { ...MESSAGE, ttlSeconds: 599 });
    assert.equal(rig.asked('oppo_save'), 2);
    const lives = rig.ledger
      .filter(({ provider }) => provider === 'oppo_save')
      .map(({ payloadJson }) => JSON.parse(payloadJson ?? '').off_line_ttl);
    assert.deepEqual(lives, ['600', '599']);
  });

  it('reads every number of the answer as a code of those below it', async () => {
    const batch = targets(6);
    const plan = ['10000', undefined, '10099', undefined, '32', '10000'];
    for (const [at, reason] of plan.entries()) {
      const token = batch[at]?.pushToken;
      if (reason === undefined || token === undefined) continue;
      rig.faults.add({ provider: 'oppo', match: { token }, fault: { kind: 'answer', reason } });
    }
    assert.deepEqual((await rig.send(batch)).map(short), [
      ...['unregistered', 'accepted', 'deferred target provider_unavailable'],
      ...['accepted', 'accepted', 'unregistered'],
    ]);
    assert.equal(rig.logged.filter(({ event }) => event === 'oppo.answer_unexpected').length, 1);
  });

  it('is saved again, once, when OPPO does not know it any more', async () => {
    await rig.send(targets(2));
    rig.simulator.forgetContents();
    assert.deepEqual((await rig.send(targets(3))).map(short), accepted(3));
    assert.equal(rig.asked('oppo_save'), 2);
  });

  it('that is unknown again right away is rejected', async () => {
    rig.faults.add({ provider: 'oppo', match: { rate: 1 }, fault: { kind: 'answer', reason: '31' } });
    assert.deepEqual((await rig.send(targets(2))).map(short), Array(2).fill('rejected payload_rejected'));
    assert.equal(rig.asked('oppo_save'), 2);
  });

  it('goes to each device by itself for the rest of the day when no more can be saved', async () => {
    rig.clock.now = Date.UTC(2027, 0, 5, 8);
    rig.simulator.setSaveQuota(1);
    await rig.send(targets(2));
    const other = { ...MESSAGE, id: 'msg_01h000000000000000000000b' };
    assert.deepEqual((await rig.send(targets(3), other)).map(short), accepted(3));
    assert.deepEqual((await rig.send(targets(3), { ...other, id: 'msg_c' })).map(short), accepted(3));
    assert.equal(rig.asked('oppo_save'), 2, 'asked about it once that day');
    rig.clock.now += 9 * 3_600_000;
    assert.deepEqual((await rig.send(targets(3), { ...other, id: 'msg_d' })).map(short), accepted(3));
    assert.equal(rig.asked('oppo_save'), 3);
  });

  it('goes to few devices by itself', async () => {
    assert.deepEqual((await rig.send(targets(1))).map(short), accepted(1));
    assert.deepEqual(counts(rig), { saved: 0, devices: 1, single: 1 });
  });

  it('is saved with another name where OPPO calls the first a duplicate', async () => {
    rig.once('oppo_save', { kind: 'answer', reason: '32' });
    assert.deepEqual((await rig.send(targets(2))).map(short), accepted(2));
    assert.equal(rig.asked('oppo_save'), 2);
  });

  it('is saved with another access token when the first was refused', async () => {
    await rig.send(targets(2));
    rig.simulator.revokeTokens();
    rig.simulator.forgetContents();
    assert.deepEqual((await rig.send(targets(2), { ...MESSAGE, id: 'msg_e' })).map(short), accepted(2));
  });

  for (const [what, fault, wanted] of [
    ['no answer to the saving', { kind: 'reset' }, 'deferred target provider_unavailable'],
    ['a page', { kind: 'answer', reason: 'html' }, 'deferred account provider_unavailable'],
    ['an unknown code', { kind: 'answer', reason: '7777' }, 'deferred target provider_unavailable'],
    [
      'a dead address, which saving cannot know',
      { kind: 'answer', reason: '10000' },
      'deferred target provider_unavailable',
    ],
    ['a missing template', { kind: 'answer', reason: '54' }, 'rejected payload_rejected'],
    ['a disabled app', { kind: 'answer', reason: '28' }, 'misconfigured'],
  ] as const) {
    it(`that cannot be saved because of ${what} goes to nobody, and is tried anew later`, async () => {
      rig.once('oppo_save', fault);
      assert.deepEqual((await rig.send(targets(2))).map(short), [wanted, wanted]);
      assert.equal(rig.asked('oppo'), 0);
      assert.deepEqual((await rig.send(targets(2))).map(short), accepted(2));
    });
  }

  it('that one send gave up saving is saved by another that waited for it', async () => {
    rig.once('oppo_save', { kind: 'reset' });
    const [first, second] = await Promise.all([
      rig.send(targets(2)),
      rig.send([target(tokenOf(7)), target(tokenOf(8))]),
    ]);
    assert.deepEqual(first.map(short), Array(2).fill('deferred target provider_unavailable'));
    assert.deepEqual(second.map(short), accepted(2));
    assert.equal(rig.asked('oppo_save'), 2);
  });

  it('whose sending is unanswered is uncertain', async () => {
    await rig.send(targets(2));
    rig.once('oppo', { kind: 'reset' });
    assert.deepEqual((await rig.send(targets(2))).map(short), ['uncertain', 'uncertain']);
  });
});
