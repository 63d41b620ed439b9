import assert from 'node:assert/strict';
import { createDoor, type DoorLimits } from '../../../src/connector/door.js';

function openDoor(limits: Partial<DoorLimits> = {}) {
  const state = { ticks: 0, draining: false, road: true };
  const door = createDoor({
    hasRoad: () => state.road,
    allowsOrigin: (origin) => origin === 'https://shop.example',
    limits: { connections: 3, connectionsPerAddress: 0, accept: undefined, ...limits },
    ticks: () => state.ticks,
    chance: () => 0.5,
    isDraining: () => state.draining,
  });
  return { door, state, enter: (address = 'a', origin?: string) => door.enter(address, origin)?.code };
}

describe('the door of connections', () => {
  it('lets in as many as it may, and another for each that leaves', () => {
    const { door, enter } = openDoor();
    assert.deepEqual([enter(), enter(), enter(), enter()], [undefined, undefined, undefined, 'overloaded']);
    door.leave('a');
    assert.deepEqual([enter('b'), enter('b')], [undefined, 'overloaded']);
  });

  it('counts each address by itself', () => {
    const { door, enter } = openDoor({ connections: 100, connectionsPerAddress: 1 });
    assert.deepEqual([enter('a'), enter('b'), enter('a')], [undefined, undefined, 'too_many_connections']);
    door.leave('a');
    assert.equal(enter('a'), undefined);
  });

  it('lets in at a rate, with what one second brings at once', () => {
    const { enter, state } = openDoor({ connections: 100, accept: { perSecond: 2 } });
    assert.deepEqual([enter(), enter(), enter()], [undefined, undefined, 'overloaded']);
    state.ticks = 500;
    assert.deepEqual([enter(), enter()], [undefined, 'overloaded']);
    state.ticks = 60_000;
    assert.deepEqual([enter(), enter(), enter()], [undefined, undefined, 'overloaded']);
  });

  it('says when to come back to who is one too many', () => {
    const { door, state } = openDoor({ connections: 1 });
    door.enter('a', undefined);
    assert.equal(door.enter('a', undefined)?.retryAfter, 6);
    state.draining = true;
    assert.equal(door.enter('a', undefined)?.code, 'draining');
  });

  it('keeps out foreign pages, and everybody where no app has the road', () => {
    const { enter, state } = openDoor();
    assert.equal(enter('a', 'https://shop.example'), undefined);
    assert.equal(enter('a', 'https://evil.example'), 'foreign_origin');
    assert.equal(enter('a', 'null'), 'foreign_origin');
    state.road = false;
    assert.equal(enter(), 'no_realtime');
  });
});
