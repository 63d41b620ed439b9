import assert from 'node:assert/strict';
import type { Message, Provider } from '../../../../providers/contract.js';
import { MESSAGE, NEVER, openRig, payloads, type Rig, short, target } from './rig.js';

const APP = '10004';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('lists of vivo', () => {
  let rig: Rig;
  let provider: Provider;

  beforeEach(async () => {
    rig = await openRig();
    rig.clock.now = Date.UTC(2026, 2, 2, 4); // noon in Beijing
    provider = await rig.open();
  });
  afterEach(() => rig.close());

  const send = async (count: number, message: Message = MESSAGE, from = 0) => {
    const targets = Array.from({ length: count }, (_, at) => target(`t${from + at}`));
    return (await provider.send({ message, targets }, NEVER)).map(short);
  };
  const saves = () => rig.ledger.filter(({ provider: part }) => part === 'vivo_list').length;
  const accepted = () => rig.ledger.filter((entry) => entry.accepted).map(({ token }) => token);
  const all = (count: number, word: string) => Array<string>(count).fill(word);

  it('are for two and more; one goes by itself', async () => {
    await send(1);
    assert.equal(saves(), 0);
    assert.equal(payloads(rig.ledger)[0]?.taskId, undefined);
    await send(2);
    assert.equal(saves(), 1);
    assert.match(String(payloads(rig.ledger).at(-1)?.taskId), /^\d+$/);
  });

  it('are for no fewer devices than the file says', async () => {
    const few = await rig.open({ list_from: 4 });
    for (const [count, wanted] of [
      [3, 0],
      [4, 1],
    ] as const) {
      const targets = Array.from({ length: count }, (_, at) => target(`t${at}`));
      assert.deepEqual((await few.send({ message: MESSAGE, targets }, NEVER)).map(short), all(count, 'accepted'));
      assert.equal(saves(), wanted);
    }
  });

  it('send what a single send does, but for the time to live', async () => {
    const message = { ...MESSAGE, ttlSeconds: 120 };
    await send(1, message);
    await send(2, message);
    const [single, list] = payloads(rig.ledger);
    const { requestId: _, timeToLive: ttl, ...first } = single ?? {};
    const { requestId: __, timeToLive: listTtl, taskId: ___, ...second } = list ?? {};
    assert.deepEqual(first, second);
    assert.deepEqual([ttl, listTtl], [120, 900]);
  });

  it('leave one by itself where a batch is one over', async () => {
    const small = await rig.open({ batch: 2 });
    const targets = ['a', 'b', 'c', 'd', 'e'].map(target);
    const outcomes = await small.send({ message: MESSAGE, targets }, NEVER);
    assert.deepEqual(outcomes.map(short), all(5, 'accepted'));
    assert.deepEqual(accepted().sort(), ['a', 'b', 'c', 'd', 'e']);
    assert.equal(outcomes.filter((one) => one.kind === 'accepted' && one.vendorId !== undefined).length, 1);
  });

  it('name each device once, however often it stands in the batch', async () => {
    const targets = ['a', 'b', 'a'].map(target);
    assert.deepEqual((await provider.send({ message: MESSAGE, targets }, NEVER)).map(short), all(3, 'accepted'));
    assert.deepEqual(accepted().sort(), ['a', 'b']);
  });

  it('of one message are saved once, also those under way at the same time', async () => {
    await Promise.all([send(2), send(2, MESSAGE, 10), send(2, MESSAGE, 20)]);
    await send(2, { ...MESSAGE, ttlSeconds: MESSAGE.ttlSeconds - 30 }, 30);
    assert.equal(saves(), 1);
    assert.equal(accepted().length, 8);
  });

  it('are saved anew for another message, a life a minute shorter, or after ten minutes', async () => {
    await send(2);
    await send(2, { ...MESSAGE, id: 'msg_2' });
    assert.equal(saves(), 2);
    await send(2, { ...MESSAGE, ttlSeconds: MESSAGE.ttlSeconds - 61 });
    assert.equal(saves(), 3);
    await send(2, { ...MESSAGE, ttlSeconds: 0 });
    assert.equal(saves(), 4);
    assert.deepEqual(payloads(rig.ledger).at(-1)?.sendOnline, true);
    rig.clock.now += 11 * MINUTE_MS;
    await send(2, { ...MESSAGE, id: 'msg_2' });
    assert.equal(saves(), 5);
  });

  it('that vivo has forgotten are saved again, once', async () => {
    await send(2);
    rig.simulator.forgetTasks();
    assert.deepEqual(await send(2), all(2, 'accepted'));
    assert.equal(saves(), 2);
    rig.fault('t1', { status: 200, reason: '10151' });
    assert.deepEqual(await send(2), all(2, 'rejected payload_rejected'));
    assert.equal(saves(), 3);
  });

  it('refused for other reasons are refused for all of their devices', async () => {
    for (const [reason, wanted] of [
      ['10070', 'deferred class quota_exceeded'],
      ['10072', 'deferred account rate_limited'],
      ['10085', 'rejected payload_rejected'],
      ['10094', 'misconfigured'],
      ['10999', 'deferred target provider_unavailable'],
      ['html', 'deferred account provider_unavailable'],
    ] as const) {
      for (const [token, part] of [
        ['t1', 'vivo'],
        [APP, 'vivo_list'],
      ] as const) {
        rig.fault(token, { reason }, { provider: part });
        const message = { ...MESSAGE, id: `msg_${reason}_${part}` };
        assert.deepEqual(await send(3, message), all(3, wanted), `${part} ${reason}`);
        rig.faults.clear();
      }
    }
  });

  it('not saved for a dead address retire nobody: a message has none', async () => {
    rig.fault(APP, { reason: '10302' }, { provider: 'vivo_list' });
    assert.deepEqual(await send(2), all(2, 'deferred target provider_unavailable'));
  });

  it('used up for the day give way to single sends until it ends', async () => {
    rig.simulator.setQuota({ lists: 1 });
    assert.deepEqual(await send(2), all(2, 'accepted'));
    assert.deepEqual(await send(3, { ...MESSAGE, id: 'msg_2' }), all(3, 'accepted'));
    assert.deepEqual(await send(3, { ...MESSAGE, id: 'msg_3' }), all(3, 'accepted'));
    const refused = rig.ledger.filter(({ answer }) => answer.reason === '10252');
    assert.equal(refused.length, 1, 'vivo is not asked again that day');
    assert.equal(accepted().length, 8);
    rig.simulator.setQuota({});
    const before = saves();
    rig.clock.now += 12 * HOUR_MS;
    await send(2, { ...MESSAGE, id: 'msg_4' });
    assert.equal(saves(), before + 1);
  });

  it('used up by the time that one is pushed give way to single sends as well', async () => {
    rig.faults.add({
      ...{ provider: 'vivo', match: { token: 't0' }, times: 1 },
      fault: { kind: 'answer', status: 200, reason: '10252' },
    });
    assert.deepEqual(await send(2), all(2, 'accepted'));
    assert.deepEqual(await send(2, { ...MESSAGE, id: 'msg_2' }), all(2, 'accepted'));
    assert.equal(saves(), 1, 'nothing is saved any more that day');
  });

  it('whose day’s messages are used up wait as a class', async () => {
    rig.simulator.setQuota({ marketing: 2 });
    assert.deepEqual(await send(2), all(2, 'accepted'));
    assert.deepEqual(await send(2), all(2, 'deferred class quota_exceeded'));
    const orders = { ...MESSAGE, class: 'transactional', channel: { name: 'o', settings: 'ORDER' } } as const;
    assert.deepEqual(await send(2, orders), all(2, 'accepted'));
    rig.simulator.setQuota({ transactional: 0 });
    assert.deepEqual(await send(2, { ...orders, id: 'msg_9' }), all(2, 'deferred class quota_exceeded'));
    assert.equal(rig.ledger.at(-1)?.answer.reason, '10073');
  });

  it('of transactional messages that go as operation ones hold no other transactional message up', async () => {
    rig.simulator.setQuota({ marketing: 0 });
    const lowered = { ...MESSAGE, class: 'transactional' } as const;
    for (const count of [1, 2])
      assert.deepEqual(await send(count, lowered), all(count, 'deferred target quota_exceeded'));
  });

  it('without an answer to the save have reached nobody; to the push, perhaps', async () => {
    const lose = (provider_: string, token: string) =>
      rig.faults.add({ provider: provider_, match: { token }, times: 1, fault: { kind: 'reset' } });
    lose('vivo_list', APP);
    assert.deepEqual(await send(2), all(2, 'deferred target provider_unavailable'));
    lose('vivo', 't0');
    assert.deepEqual(await send(2), all(2, 'uncertain'));
    assert.deepEqual(await send(2), all(2, 'accepted'));
    const ids = new Set(payloads(rig.ledger).map(({ notifyId }) => notifyId));
    assert.equal(ids.size, 1);
  });

  it('given up by one are not given up for another who waits for the same save', async () => {
    await send(1); // an access token is there
    rig.faults.add({ provider: 'vivo_list', match: { token: APP }, times: 1, fault: { kind: 'stall' } });
    const given = new AbortController();
    const targets = ['a', 'b'].map(target);
    const first = provider.send({ message: MESSAGE, targets }, given.signal);
    const second = provider.send({ message: MESSAGE, targets: ['c', 'd'].map(target) }, NEVER);
    while (saves() === 0) await new Promise(setImmediate);
    given.abort();
    assert.deepEqual((await first).map(short), all(2, 'deferred target provider_unavailable'));
    assert.deepEqual((await second).map(short), all(2, 'accepted'));
  });
});
