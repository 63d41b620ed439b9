import assert from 'node:assert/strict';
import { createSettledWatch } from '../../../src/usecases/settled-watch.js';

const LONG_MS = 60_000;
const never = new AbortController().signal;

/** A store whose answers are the test's; `asked` resolves at the next question. */
function fakeStore() {
  const settled = new Set<string>();
  const questions: (readonly string[])[] = [];
  let broken = false;
  let tell: (ids: readonly string[]) => void = () => undefined;
  return {
    settled,
    questions,
    breakNow: (value: boolean) => {
      broken = value;
    },
    asked: () => new Promise<readonly string[]>((resolve) => (tell = resolve)),
    async completed(ids: readonly string[]): Promise<ReadonlySet<string>> {
      questions.push(ids);
      tell(ids);
      if (broken) throw new Error('away');
      return new Set(ids.filter((id) => settled.has(id)));
    },
  };
}

function open(limits: { readonly waitersMax?: number } = {}) {
  const store = fakeStore();
  const warned: string[] = [];
  const log = { debug() {}, info() {}, error() {}, warn: (_fields: object, event: string) => void warned.push(event) };
  return { store, warned, watch: createSettledWatch({ messages: store, log, everyMs: 1, ...limits }) };
}

describe('the watch over messages that somebody waits for', () => {
  it('asks once for all who wait, and tells each as its message settles', async () => {
    const { store, watch } = open();
    const a = watch.wait('a', LONG_MS, never);
    const twin = watch.wait('a', LONG_MS, never);
    const b = watch.wait('b', LONG_MS, never);
    assert.deepEqual(await store.asked(), ['a', 'b']);
    store.settled.add('a');
    assert.deepEqual(await Promise.all([a, twin]), [true, true]);
    assert.deepEqual(await store.asked(), ['b'], 'who is told is no longer asked for');
    store.settled.add('b');
    assert.equal(await b, true);
  });

  it('never has two questions under way', async () => {
    const { store, watch } = open();
    let running = 0;
    let most = 0;
    const answer = store.completed;
    store.completed = async (ids) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return answer(ids);
    };
    const waits = ['a', 'b', 'c'].map((id) => watch.wait(id, LONG_MS, never));
    await store.asked();
    waits.push(watch.wait('d', LONG_MS, never));
    await store.asked();
    for (const id of ['a', 'b', 'c', 'd']) store.settled.add(id);
    assert.deepEqual(await Promise.all(waits), [true, true, true, true]);
    assert.equal(most, 1);
  });

  it('ends unsettled when its time is over', async () => {
    const { watch } = open();
    assert.equal(await watch.wait('a', 20, never), false);
  });

  it('ends at once when the caller goes away, before or meanwhile', async () => {
    const { watch, store } = open();
    const gone = new AbortController();
    const waits = watch.wait('a', LONG_MS, gone.signal);
    await store.asked();
    gone.abort();
    assert.equal(await waits, false);
    assert.equal(await watch.wait('a', LONG_MS, gone.signal), false);
  });

  it('takes no more than it may, and the next when a place is free', async () => {
    const { watch } = open({ waitersMax: 1 });
    const gone = new AbortController();
    const first = watch.wait('a', LONG_MS, gone.signal);
    assert.equal(watch.wait('b', LONG_MS, never), undefined);
    gone.abort();
    await first;
    const second = watch.wait('b', 5, never);
    assert.notEqual(second, undefined);
    assert.equal(await second, false);
  });

  it('goes on asking a store that was away, and tells of it once', async () => {
    const { watch, store, warned } = open();
    store.breakNow(true);
    const waits = watch.wait('a', LONG_MS, never);
    for (let n = 0; n < 3; n++) await store.asked();
    store.breakNow(false);
    store.settled.add('a');
    assert.equal(await waits, true);
    assert.deepEqual(warned, ['settled_watch.failed']);
  });

  it('answers everybody when it closes, and takes nobody after', async () => {
    const { watch, store } = open();
    const waits = watch.wait('a', LONG_MS, never);
    await watch.close();
    assert.equal(await waits, false);
    assert.equal(watch.wait('a', LONG_MS, never), undefined);
    const asked = store.questions.length;
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(store.questions.length, asked);
  });
});
