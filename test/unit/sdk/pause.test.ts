import assert from 'node:assert/strict';
import { backoffMs, parseRetryAfter, pause, startDeadline } from '../../../sdk/server/src/pause.js';

describe('the pauses of the client', () => {
  it('double up to 5 s and are spread over half of that', () => {
    const between = (tries: number) => [0, 1].map((random) => backoffMs(tries, undefined, () => random));
    assert.deepEqual(between(1), [100, 200]);
    assert.deepEqual(between(3), [400, 800]);
    assert.deepEqual(between(30), [2_500, 5_000]);
  });

  it('are never shorter than Retry-After, and spread a little beyond it', () => {
    assert.deepEqual(
      [0, 1].map((random) => backoffMs(1, 10_000, () => random)),
      [10_000, 11_000],
    );
    assert.equal(
      backoffMs(5, 0, () => 1),
      3_200,
    );
  });

  it('read Retry-After in seconds and as a date, and nothing else', () => {
    const now = Date.parse('2026-11-21T10:00:00Z');
    assert.equal(parseRetryAfter('120', now), 120_000);
    assert.equal(parseRetryAfter('Sat, 21 Nov 2026 10:01:00 GMT', now), 60_000);
    assert.equal(parseRetryAfter('Sat, 21 Nov 2026 09:00:00 GMT', now), 0);
    for (const text of [null, '', '-1', '1.5', 'soon', 'May 2026', 'Sat, 99 Nov']) {
      assert.equal(parseRetryAfter(text, now), undefined, String(text));
    }
  });

  it('leave nothing behind on the signal of a process', async () => {
    const signal = new AbortController().signal;
    const listeners: unknown[] = [];
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...given: Parameters<typeof addEventListener>) => {
      listeners.push(given[1]);
      addEventListener.apply(signal, given);
    };
    signal.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
      listeners.splice(listeners.indexOf(given[1]), 1);
      removeEventListener.apply(signal, given);
    };
    await pause(1, signal);
    startDeadline(1_000, signal).release();
    startDeadline(1_000, signal).abort();
    assert.equal(listeners.length, 0);
  });

  it('can be suspended and begun anew', async () => {
    const deadline = startDeadline(40, undefined);
    deadline.suspend();
    await pause(60, undefined);
    assert.equal(deadline.signal.aborted, false);
    deadline.extend();
    await assert.rejects(pause(1_000, deadline.signal), { name: 'TimeoutError' });
    assert.equal(deadline.isOver, true);
    deadline.release();
  });
});
