import assert from 'node:assert/strict';
import type { HandedState, Outcome } from '../../../../providers/contract.js';
import { type Asked, toOutcome } from '../../../../providers/realtime/outcome.js';

const T = Date.UTC(2030, 0, 1);
const FIRST: Asked = { since: T, isFirst: true, hadGot: false, now: T + 300, ackTimeoutMs: 8_000, isKept: true };
const AGAIN: Asked = { ...FIRST, isFirst: false, now: T + 8_000 };

const offline: Outcome = { kind: 'away', reason: 'offline', kept: true };
const noAck: Outcome = { kind: 'away', reason: 'no_ack', kept: true };
const gotUntil = (ms: number): Outcome => ({ kind: 'awaited', since: T, askAgainAt: T + ms, got: true });
const until = (ms: number): Outcome => ({ kind: 'awaited', since: T, askAgainAt: T + ms });

const CASES: readonly [what: string, state: HandedState, asked: Asked, expected: Outcome][] = [
  ['the device has dealt with it', 'done', FIRST, { kind: 'accepted', delivered: true }],
  ['… by the time it is asked again', 'done', AGAIN, { kind: 'accepted', delivered: true }],
  ['not connected', 'offline', FIRST, offline],
  ['not connected, and not kept', 'offline', { ...FIRST, isKept: false }, { ...offline, kept: false } as Outcome],
  [
    'gone without a word: it has the rest of its time to come back',
    'offline',
    { ...AGAIN, now: T + 2_000 },
    until(8_000),
  ],
  ['gone without a word, and not back in time', 'offline', AGAIN, noAck],
  ['gone between `got` and `done`', 'offline', { ...AGAIN, now: T + 2_000, hadGot: true }, noAck],
  ['handed over, no word yet', 'handed', FIRST, until(8_000)],
  ['asked about before the time is up', 'handed', { ...AGAIN, now: T + 7_999 }, until(8_000)],
  ['no word in time', 'handed', AGAIN, noAck],
  ['it says it has it: a slow handler has a minute more', 'got', FIRST, gotUntil(68_000)],
  ['the handler is still at it', 'got', { ...AGAIN, now: T + 67_999 }, gotUntil(68_000)],
  ['the handler never ended', 'got', { ...AGAIN, now: T + 68_000 }, noAck],
  ['nothing is waited for', 'handed', { ...FIRST, ackTimeoutMs: 0 }, noAck],
  ['nothing is waited for, not even a handler', 'got', { ...FIRST, ackTimeoutMs: 0 }, noAck],
  ['it has no mailbox any more', 'no_mailbox', FIRST, { kind: 'unregistered', asOf: T }],
  ['its mailbox was full', 'lost', AGAIN, { ...noAck, kept: false } as Outcome],
  ['a newer one took its place', 'replaced', AGAIN, { kind: 'obsolete', reason: 'superseded' }],
  ['it was recalled', 'withdrawn', AGAIN, { kind: 'obsolete', reason: 'canceled' }],
  ['the device is somebody else’s', 'not_theirs', FIRST, { kind: 'obsolete', reason: 'user_changed' }],
];

describe('how far a device has come, as an outcome', () => {
  for (const [what, state, asked, expected] of CASES) {
    it(`${state}: ${what}`, () => assert.deepEqual(toOutcome(state, asked), expected));
  }
});
