import assert from 'node:assert/strict';
import { readFault } from '../../../src/simulators/fault-request.js';

const read = (body: unknown): ReturnType<typeof readFault> => readFault(body, ['apns']);

function mistakesOf(body: unknown): string {
  const result = read(body);
  assert.ok('mistakes' in result, `${JSON.stringify(body)} was taken`);
  return result.mistakes.join('; ');
}

describe('fault request', () => {
  it('reads an answer with all its fields', () => {
    assert.deepEqual(
      read({
        provider: 'apns',
        token: 'a1',
        times: 3,
        status: 410,
        reason: 'Unregistered',
        retry_after: 5,
        latency_ms: 20,
        timestamp: 1234,
      }),
      {
        rule: {
          provider: 'apns',
          match: { token: 'a1' },
          times: 3,
          fault: {
            kind: 'answer',
            status: 410,
            reason: 'Unregistered',
            retryAfterSeconds: 5,
            latencyMs: 20,
            timestampMs: 1234,
          },
        },
      },
    );
  });

  for (const kind of ['stall', 'reset', 'goaway', 'half_open']) {
    it(`reads ${kind}`, () => {
      assert.deepEqual(read({ provider: 'apns', rate: 0.5, [kind]: true }), {
        rule: { provider: 'apns', match: { rate: 0.5 }, fault: { kind } },
      });
    });
  }

  it('reads max_streams, and latency alone', () => {
    assert.deepEqual(read({ provider: 'apns', rate: 1, max_streams: 0 }), {
      rule: { provider: 'apns', match: { rate: 1 }, fault: { kind: 'max_streams', streams: 0 } },
    });
    assert.deepEqual(read({ provider: 'apns', rate: 0, latency_ms: 0 }), {
      rule: { provider: 'apns', match: { rate: 0 }, fault: { kind: 'answer', latencyMs: 0 } },
    });
  });

  const wrong: [string, unknown, RegExp][] = [
    ['a body that is no object', [], /body: /],
    ['an unknown provider', { provider: 'pigeon', rate: 1, stall: true }, /provider: must be one of apns/],
    ['neither token nor rate', { provider: 'apns', stall: true }, /either token or rate/],
    ['both token and rate', { provider: 'apns', token: 'a1', rate: 1, stall: true }, /either token or rate/],
    ['a rate above 1', { provider: 'apns', rate: 1.5, stall: true }, /rate: /],
    ['no request at all', { provider: 'apns', rate: 1, times: 0, stall: true }, /times: /],
    ['nothing to do', { provider: 'apns', rate: 1 }, /one thing to do/],
    ['two things to do', { provider: 'apns', rate: 1, stall: true, reset: true }, /one thing to do/],
    ['an answer to a stalled request', { provider: 'apns', rate: 1, stall: true, status: 503 }, /one thing to do/],
    ['a fault that is false', { provider: 'apns', rate: 1, stall: false }, /stall: must be true/],
    ['a status that is none', { provider: 'apns', rate: 1, status: 42 }, /status: /],
    ['a reason without a status', { provider: 'apns', rate: 1, reason: 'Shutdown' }, /reason: needs a status/],
    ['Retry-After without a status', { provider: 'apns', rate: 1, retry_after: 1 }, /retry_after: needs a status/],
    ['a field that nobody knows', { provider: 'apns', rate: 1, stall: true, wobble: 1 }, /wobble/],
  ];
  for (const [what, body, mistake] of wrong) {
    it(`refuses ${what}`, () => assert.match(mistakesOf(body), mistake));
  }

  it('names every mistake at once', () => {
    assert.match(mistakesOf({ provider: 'apns', rate: 2, times: 0.5 }), /rate: .*; times: /);
  });
});
