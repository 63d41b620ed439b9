import assert from 'node:assert/strict';
import type { Fault } from '../../../providers/simulation.js';
import { FaultPlan } from '../../../src/simulators/fault-plan.js';

const GONE: Fault = { kind: 'answer', status: 410 };
const BUSY: Fault = { kind: 'answer', status: 503 };
const STALL: Fault = { kind: 'stall' };

describe('fault plan', () => {
  let chance: number;
  let plan: FaultPlan;
  beforeEach(() => {
    chance = 0.5;
    plan = new FaultPlan(() => chance);
  });

  it('meets only the provider and the token it was made for', () => {
    plan.add({ provider: 'apns', match: { token: 'a1' }, fault: GONE });
    assert.equal(plan.take('apns', 'b2'), undefined);
    assert.equal(plan.take('fcm', 'a1'), undefined);
    assert.equal(plan.take('apns', 'a1'), GONE);
  });

  it('meets as many requests as it was made for, and without a number every one', () => {
    plan.add({ provider: 'apns', match: { token: 'a1' }, times: 2, fault: GONE });
    plan.add({ provider: 'apns', match: { token: 'b2' }, fault: BUSY });
    assert.deepEqual(
      [1, 2, 3].map(() => plan.take('apns', 'a1')),
      [GONE, GONE, undefined],
    );
    assert.deepEqual(
      [1, 2, 3].map(() => plan.take('apns', 'b2')),
      [BUSY, BUSY, BUSY],
    );
  });

  it('meets the share of requests that a rate names', () => {
    plan.add({ provider: 'apns', match: { rate: 0.25 }, fault: BUSY });
    chance = 0.25;
    assert.equal(plan.take('apns', 'a1'), undefined);
    chance = 0.2499;
    assert.equal(plan.take('apns', 'a1'), BUSY);
  });

  it('meets none at rate 0 and all at rate 1', () => {
    plan.add({ provider: 'apns', match: { rate: 1 }, fault: BUSY });
    plan.add({ provider: 'apns', match: { rate: 0 }, fault: GONE });
    chance = 0;
    assert.equal(plan.take('apns', 'a1'), BUSY);
    chance = 0.999_999;
    assert.equal(plan.take('apns', 'a1'), BUSY);
  });

  it('lets the newest matching fault win, and the older one again when that is used up', () => {
    plan.add({ provider: 'apns', match: { rate: 1 }, fault: BUSY });
    plan.add({ provider: 'apns', match: { token: 'a1' }, times: 1, fault: GONE });
    assert.equal(plan.take('apns', 'a1'), GONE);
    assert.equal(plan.take('apns', 'a1'), BUSY);
    plan.add({ provider: 'apns', match: { token: 'a1' }, fault: GONE });
    plan.add({ provider: 'apns', match: { rate: 1 }, times: 1, fault: STALL });
    assert.equal(plan.take('apns', 'a1'), STALL);
    assert.equal(plan.take('apns', 'a1'), GONE);
  });

  it('falls back to an older fault when the newer one is only for a share that this request is not in', () => {
    plan.add({ provider: 'apns', match: { token: 'a1' }, fault: GONE });
    plan.add({ provider: 'apns', match: { rate: 0.1 }, fault: BUSY });
    assert.equal(plan.take('apns', 'a1'), GONE);
  });

  it('does not use up a fault that another one hides', () => {
    plan.add({ provider: 'apns', match: { token: 'a1' }, times: 1, fault: GONE });
    plan.add({ provider: 'apns', match: { token: 'a1' }, times: 1, fault: BUSY });
    assert.deepEqual(
      [plan.take('apns', 'a1'), plan.take('apns', 'a1'), plan.take('apns', 'a1')],
      [BUSY, GONE, undefined],
    );
  });

  it('gives each fault an id of its own, and holds none after clearing', () => {
    const first = plan.add({ provider: 'apns', match: { token: 'a1' }, fault: GONE });
    const second = plan.add({ provider: 'apns', match: { rate: 1 }, fault: GONE });
    assert.notEqual(first, second);
    plan.clear();
    assert.equal(plan.take('apns', 'a1'), undefined);
    assert.notEqual(plan.add({ provider: 'apns', match: { rate: 1 }, fault: GONE }), first);
  });
});
