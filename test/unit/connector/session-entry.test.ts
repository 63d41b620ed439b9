import assert from 'node:assert/strict';
import { BUFFER_BYTES_MAX } from '../../../src/connector/wire.js';
import { accessOf, openScene } from './session-scene.js';

describe('a connection that is cut while it is let in', () => {
  it('asks for nothing any more', () => {
    const { session, wire, say, asked } = openScene();
    say({ t: 'hello', token: 'jwt' });
    session.claim(accessOf());
    asked();
    wire.bufferedBytes = BUFFER_BYTES_MAX + 1;
    session.admit({
      ...{ terms: { pingMaxMs: 240_000, maxInFlight: 3 }, epoch: 'e1', newest: 0 },
      ...{ logPosition: 0, logEnd: 2, lost: 1, id: 'ses' },
    });
    assert.equal(wire.bye?.reason, 'too_slow');
    wire.bufferedBytes = 0;
    session.drained();
    session.newMail();
    assert.deepEqual(asked(), [['ended', [], 'too_slow']]);
    assert.equal(session.stateOf('msg_1'), 'offline');
  });
});
