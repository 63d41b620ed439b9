import assert from 'node:assert/strict';
import { setImmediate as breathe } from 'node:timers/promises';
import { createLogAnnouncer } from '../../../src/connector/log-announcer.js';
import type { Session } from '../../../src/connector/session.js';
import type { Parcel } from '../../../src/connector/session-house.js';
import { SessionTable } from '../../../src/connector/session-table.js';
import { accessOf, openScene, parcelOf } from './session-scene.js';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const announced = (position: number) => ({
  app: 'shop',
  message: `msg_${position}`,
  body: JSON.stringify({ id: `msg_${position}` }),
  expiresAt: 2_000_000_000_000,
  position,
});

function openLog(stored: (after: number) => readonly Parcel[] = () => []) {
  const table = new SessionTable();
  const reads: number[] = [];
  const announcer = createLogAnnouncer(
    table,
    {
      async readLog(_, after) {
        reads.push(after);
        return stored(after);
      },
    },
    silent,
  );
  const scene = openScene();
  const connect = (): Session => {
    const logEnd = announcer.headOf('shop', 10);
    scene.enter({ logPosition: logEnd, logEnd, terms: { pingMaxMs: 240_000, maxInFlight: 100 } });
    table.put(accessOf(), scene.session);
    return scene.session;
  };
  const ids = () => scene.heard().map(({ id }) => id);
  return { announcer, reads, connect, ids };
}

describe('entries of the log on their way to connections', () => {
  it('are handed on once each, in the order of positions, however they were announced', async () => {
    const { announcer, reads, connect, ids } = openLog((after) => (after === 10 ? [parcelOf(11), parcelOf(12)] : []));
    connect();
    announcer.announce(announced(12));
    announcer.announce(announced(11));
    announcer.announce(announced(13));
    announcer.announce(announced(12));
    for (let i = 0; i < 10; i++) await breathe();
    assert.deepEqual(ids(), ['msg_11', 'msg_12', 'msg_13']);
    assert.deepEqual(reads, [10]);
  });

  it('that were never announced are read when the next one is', async () => {
    const { announcer, connect, ids } = openLog(() => [parcelOf(11), parcelOf(12), parcelOf(14)]);
    connect();
    announcer.announce(announced(14));
    for (let i = 0; i < 10; i++) await breathe();
    assert.deepEqual(ids(), ['msg_11', 'msg_12', 'msg_14']);
  });

  it('that have gone leave no hole to wait for', async () => {
    const { announcer, connect, ids } = openLog();
    connect();
    announcer.announce(announced(12));
    announcer.announce(announced(13));
    for (let i = 0; i < 10; i++) await breathe();
    announcer.announce(announced(14));
    for (let i = 0; i < 10; i++) await breathe();
    assert.deepEqual(ids(), ['msg_13', 'msg_14']);
  });

  it('that came before the first connection are for it to read', () => {
    const { announcer } = openLog();
    announcer.announce(announced(12));
    assert.equal(announcer.headOf('shop', 11), 12);
    assert.equal(announcer.headOf('shop', 15), 15);
    assert.equal(announcer.headOf('other', 3), 3);
  });
});
