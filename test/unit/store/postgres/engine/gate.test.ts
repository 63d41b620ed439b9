import assert from 'node:assert/strict';
import { isGatewayError } from '../../../../../src/domain/errors.js';
import { Gate } from '../../../../../src/store/postgres/engine/gate.js';

describe('the gate of the embedded engine', () => {
  it('lets one in at a time, in order of arrival', async () => {
    const gate = new Gate();
    const seen: string[] = [];
    const task = (name: string) => async () => {
      seen.push(`${name} in`);
      await Promise.resolve();
      seen.push(`${name} out`);
    };
    await Promise.all([gate.run(task('a')), gate.run(task('b')), gate.run(task('c'))]);
    assert.deepEqual(seen, ['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
  });

  it('lets the next one in after one that failed', async () => {
    const gate = new Gate();
    await assert.rejects(
      gate.run(async () => Promise.reject(new Error('no'))),
      /no/,
    );
    assert.equal(await gate.run(async () => 7), 7);
  });

  it('keeps order over thousands of waiters', async () => {
    const gate = new Gate();
    const seen: number[] = [];
    await Promise.all(Array.from({ length: 5_000 }, (_, i) => gate.run(async () => void seen.push(i))));
    assert.deepEqual(
      seen,
      Array.from({ length: 5_000 }, (_, i) => i),
    );
  });

  it('refuses with overloaded when too many wait', async () => {
    const gate = new Gate(1);
    let open = () => {};
    const first = gate.run(() => new Promise<void>((resolve) => (open = resolve)));
    const second = gate.run(async () => 2);
    await assert.rejects(
      gate.run(async () => 3),
      (error) => isGatewayError(error, 'overloaded'),
    );
    open();
    await first;
    assert.equal(await second, 2);
  });

  it('refuses those who wait and those who come once closed, and leaves alone who is inside', async () => {
    const gate = new Gate();
    let open = () => {};
    const inside = gate.run(() => new Promise<string>((resolve) => (open = () => resolve('whole'))));
    const waiting = gate.run(async () => 'never');
    gate.close(new Error('lost'));
    await assert.rejects(waiting, /lost/);
    await assert.rejects(
      gate.run(async () => 'never'),
      /lost/,
    );
    open();
    assert.equal(await inside, 'whole');
  });
});
