import assert from 'node:assert/strict';
import { afterFailure, afterSuccess, DISABLE_AFTER_MS, isHeld, TELL_AFTER_MS } from '../../../src/webhooks/health.js';

const NOW = 1_000_000_000;
const loose = (before: Parameters<typeof afterFailure>[0], now = NOW, more = {}) =>
  afterFailure(before, { now, order: 'loose', dueAt: now + 5_000, ...more });

describe('the health of an endpoint', () => {
  it('lets others of a loose endpoint go on after a first failure, which may be that call’s own fault', () => {
    const { health, tell } = loose({});
    assert.deepEqual(health, { failingSince: NOW });
    assert.equal(isHeld(health, NOW), false);
    assert.equal(tell, undefined);
  });

  it('holds a loose endpoint up from the second failure on, longer and longer, at most five minutes', () => {
    const held = (lasted: number) => (loose({ failingSince: NOW - lasted }).health.holdUntil ?? 0) - NOW;
    assert.deepEqual([0, 60_000, 600_000, 3_600_000].map(held), [5_000, 15_000, 150_000, 300_000]);
  });

  it('holds a strict endpoint up until its failed call is due, and not after that is parked', () => {
    const failed = afterFailure({}, { now: NOW, order: 'strict', dueAt: NOW + 300_000 });
    assert.equal(failed.health.holdUntil, NOW + 300_000);
    assert.equal(afterFailure({}, { now: NOW, order: 'strict' }).health.holdUntil, undefined);
  });

  it('holds up for as long as the receiver asks, also after a first failure, and shortens no such wait', () => {
    const { health } = loose({}, NOW, { slowDownMs: 60_000 });
    assert.equal(health.holdUntil, NOW + 60_000);
    assert.equal(loose(health, NOW + 10).health.holdUntil, NOW + 60_000);
  });

  it('forgets every failure with a success', () => {
    assert.deepEqual(afterSuccess(NOW), { lastSuccessAt: NOW });
  });

  it('tells once, after a day of nothing but failures, and that it is over after five', () => {
    const since = NOW - TELL_AFTER_MS;
    assert.equal(loose({ failingSince: since + 1 }).tell, undefined);
    const told = loose({ failingSince: since });
    assert.equal(told.tell, 'failing');
    assert.equal(told.health.failingToldAt, NOW);
    assert.equal(loose(told.health, NOW + 1).tell, undefined);
    assert.equal(loose(told.health, since + DISABLE_AFTER_MS).tell, 'paused');
  });
});
