import assert from 'node:assert/strict';
import { type Timed, TimerWheel } from '../../../src/connector/timer-wheel.js';

function timed(next: (at: number) => number): Timed & { readonly calls: number[] } {
  const calls: number[] = [];
  return {
    due: 0,
    calls,
    tick(at) {
      calls.push(at);
      return next(at);
    },
  };
}
const NEVER = Number.POSITIVE_INFINITY;
/** Turns every second up to `to`. */
function run(wheel: TimerWheel, from: number, to: number): void {
  for (let at = from + 1_000; at <= to; at += 1_000) wheel.turn(at);
}

describe('timer wheel', () => {
  it('calls within a second of the time, and again when it is wanted', () => {
    const wheel = new TimerWheel(500);
    const item = timed((at) => at + 7_000);
    wheel.add(item, 5_500);
    run(wheel, 500, 25_500);
    assert.deepEqual(item.calls, [5_500, 12_500, 19_500]);
  });

  it('calls at once, a second later, what is overdue, and only once what does not come back', () => {
    const wheel = new TimerWheel(0);
    const item = timed(() => NEVER);
    wheel.add(item, 0);
    run(wheel, 0, 200_000);
    assert.deepEqual(item.calls, [1_000]);
  });

  it('asks again on the way to what is further off than its round', () => {
    const wheel = new TimerWheel(0);
    const item = timed(() => 240_000);
    wheel.add(item, 240_000);
    run(wheel, 0, 240_000);
    assert.equal(item.calls.at(-1), 240_000);
    assert.ok(item.calls.length < 6);
  });

  it('has an item at one place only, and none once it is removed', () => {
    const wheel = new TimerWheel(0);
    const item = timed(() => NEVER);
    wheel.add(item, 30_000);
    wheel.add(item, 3_000);
    run(wheel, 0, 40_000);
    assert.deepEqual(item.calls, [3_000]);
    const other = timed(() => NEVER);
    wheel.add(other, 50_000);
    wheel.remove(other);
    run(wheel, 40_000, 60_000);
    assert.deepEqual(other.calls, []);
  });

  it('calls nobody in the turn after the process stood still: what came in meanwhile is heard first', () => {
    const wheel = new TimerWheel(0);
    const item = timed(() => NEVER);
    wheel.add(item, 5_000);
    wheel.turn(30_000);
    assert.deepEqual(item.calls, []);
    wheel.turn(31_000);
    assert.deepEqual(item.calls, [31_000]);
  });
});
