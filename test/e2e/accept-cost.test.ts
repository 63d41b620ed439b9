import assert from 'node:assert/strict';
import type { Variations } from '../../src/compose.js';
import { until } from '../support/world.js';
import { newToken, openScene, type Scene, VISIBLE } from './delivery/scene.js';

type Parts = Parameters<NonNullable<Variations['observeParts']>>[0];

/** Counts every call to every method of the store's parts and the queue. */
class CallCounter {
  readonly calls = new Map<string, number>();

  watch({ store, queue }: Parts): void {
    for (const [name, part] of Object.entries(store)) this.#wrap(`store.${name}`, part);
    this.#wrap('queue', queue);
  }

  #wrap(name: string, part: unknown): void {
    if (typeof part !== 'object' || part === null) return;
    const methods = part as Record<string, unknown>;
    for (const [method, call] of Object.entries(methods)) {
      if (typeof call !== 'function') continue;
      methods[method] = (...args: unknown[]) => {
        const key = `${name}.${method}`;
        this.calls.set(key, (this.calls.get(key) ?? 0) + 1);
        return call.apply(part, args);
      };
    }
  }

  sum(prefix: string): number {
    let sum = 0;
    for (const [name, count] of this.calls) if (name.startsWith(prefix)) sum += count;
    return sum;
  }
}

/** A process with the role `api` alone accepts and looks how full the lanes are: every other call is accepting's. */
describe('the cost of accepting', function () {
  this.timeout(60_000);
  const counter = new CallCounter();
  let scene: Scene;
  before(async () => {
    scene = await openScene({ roles: ['api'], variations: { observeParts: (parts) => counter.watch(parts) } });
    await scene.devices('cost', 100);
    // The first hundred calls of a process arrive one by one: code is compiled and connections are made meanwhile.
    await Promise.all(Array.from({ length: 100 }, () => scene.send({ users: ['nobody'] })));
  });
  after(() => scene?.world.close());

  // Nobody takes the jobs here. Once a lane looks half full, accepting leaves new chunks to the feeder and adds nothing:
  // each test begins with an empty queue, and only when the process has seen that it is (both lanes, whole rounds).
  beforeEach(async () => {
    await scene.gateway.queue.empty();
    counter.calls.clear();
    await until(
      async () => counter.sum('queue.depth'),
      (looks) => looks >= 6,
    );
  });

  async function sendTogether(to: (n: number) => unknown): Promise<void> {
    counter.calls.clear();
    const ids = await Promise.all(Array.from({ length: 100 }, (_, n) => scene.send(to(n), VISIBLE)));
    assert.equal(new Set(ids).size, 100);
    const told = JSON.stringify([...counter.calls]);
    assert.ok(counter.sum('store.messages.accept') >= 1, told);
    assert.ok(counter.sum('store.') <= 10, told);
    assert.ok(counter.sum('queue.add') >= 1 && counter.sum('queue.add') <= 10, told);
  }

  it('of 100 concurrent sends is at most 10 store calls and 10 queue adds', () =>
    sendTogether((n) => ({ users: [`cost${String(n).padStart(5, '0')}`] })));

  it('is no more for the next 100', () => sendTogether((n) => ({ devices: [`cost${String(n).padStart(5, '0')}`] })));

  it('is no more where users and bare push tokens are mixed', () =>
    sendTogether((n) => ({
      users: [`cost${String(n).padStart(5, '0')}`],
      push_tokens: [{ provider: 'apns', token: newToken() }],
    })));
});
