import assert from 'node:assert/strict';
import { CALLS_MAX, FIRST_PACE, type Pace, paceAfter } from '../../../src/webhooks/pace.js';
import { createPlaces } from '../../../src/webhooks/places.js';

const NEW = { isSuspect: false, isFurther: false };
const SUSPECT = { isSuspect: true, isFurther: false };
const FURTHER = { isSuspect: false, isFurther: true };

describe('places of calls', () => {
  it('gives suspects a quarter between them, however many ask', () => {
    const places = createPlaces(8);
    assert.equal(Array.from({ length: 20 }, () => places.take(SUSPECT)).filter(Boolean).length, 2);
    assert.equal(Array.from({ length: 20 }, () => places.take(NEW)).filter(Boolean).length, 6);
    assert.equal(places.underWay(), 8);
  });

  it('keeps half for endpoints that have no call under way', () => {
    const places = createPlaces(8);
    assert.equal(Array.from({ length: 20 }, () => places.take(FURTHER)).filter(Boolean).length, 4);
    assert.equal(places.has(NEW), true);
    assert.equal(places.has(FURTHER), false);
  });

  it('takes a place back once, however often it is given', () => {
    const places = createPlaces(1);
    const giveBack = places.take(SUSPECT);
    assert.equal(places.take(NEW), undefined);
    giveBack?.();
    giveBack?.();
    assert.equal(places.underWay(), 0);
    assert.ok(places.take(SUSPECT));
  });
});

describe('the pace of an endpoint', () => {
  const paceOf = (results: readonly [boolean, number][]) =>
    results.reduce((pace: Pace, [isSuccess, ms]) => paceAfter(pace, isSuccess, ms), FIRST_PACE);

  it('grows with quick successes up to a bound', () => {
    assert.equal(paceOf(Array.from({ length: 3 }, () => [true, 10])).limit, 4);
    assert.equal(paceOf(Array.from({ length: 30 }, () => [true, 10])).limit, CALLS_MAX);
  });

  it('stays with answers that take a while, halves with slow ones, and begins anew after a failure', () => {
    const quick: [boolean, number][] = Array.from({ length: 30 }, () => [true, 10]);
    assert.deepEqual(paceOf([...quick, [true, 3_000]]), { limit: 8, isSlow: false });
    assert.deepEqual(paceOf([...quick, [true, 14_000]]), { limit: 4, isSlow: true });
    assert.deepEqual(paceOf([...quick, [false, 15_000]]), { limit: 1, isSlow: true });
    assert.deepEqual(paceOf([...quick, [false, 10]]), { limit: 1, isSlow: false });
  });
});
