import assert from 'node:assert/strict';
import { Liveness, stuckDue } from '../../../src/connector/liveness.js';

describe('whether a client is still there', () => {
  it('asks after a heartbeat without a word, and knows 10 s later', () => {
    const liveness = new Liveness(1_000);
    liveness.grant(60_000, 240_000);
    assert.deepEqual(liveness.look(2_000, true, false), { kind: 'quiet', due: 61_000 });
    assert.deepEqual(liveness.look(61_000, true, false), { kind: 'ping', due: 71_000 });
    liveness.pinged(61_000);
    assert.equal(liveness.look(70_999, true, false).kind, 'quiet');
    assert.equal(liveness.look(71_000, true, false).kind, 'silent');
    liveness.heard(71_000);
    assert.equal(liveness.look(71_000, true, false).kind, 'ping', 'nothing was sent for a heartbeat either');
  });

  it('expects nothing of a client that cannot answer, or is not listened to', () => {
    const liveness = new Liveness(0);
    liveness.grant(5_000, 240_000);
    liveness.pinged(5_000);
    assert.deepEqual(liveness.look(20_000, false, false), { kind: 'ping', due: 25_000 });
    assert.deepEqual(liveness.look(20_000, true, true), { kind: 'quiet', due: 21_000 });
  });

  it('grants a heartbeat within the bounds of the protocol and of the app', () => {
    const liveness = new Liveness(0);
    const granted = [1, 30_000, 900_000].map((wish) => {
      liveness.grant(wish, 240_000);
      return liveness.pingMs;
    });
    assert.deepEqual(granted, [5_000, 30_000, 240_000]);
  });

  it('takes no more pongs than there were pings', () => {
    const liveness = new Liveness(0);
    assert.equal(liveness.ponged(), 0);
    liveness.pinged(0);
    assert.deepEqual([liveness.ponged(), liveness.ponged()], [1, 1]);
  });

  it('cuts a connection from which nothing has left for 30 s', () => {
    assert.equal(stuckDue(undefined, 1_000), 11_000);
    assert.equal(stuckDue(1_000, 30_999), 31_000);
  });
});
