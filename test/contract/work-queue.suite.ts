import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import type { Closeable } from '../../src/ports/lifecycle.js';
import type { Job, Lane, NewJob, Verdict, WorkQueue } from '../../src/ports/work-queue.js';

export interface OpenedQueue {
  readonly queue: WorkQueue & Closeable;
  /** A second queue on the same database. */
  another(): Promise<WorkQueue & Closeable>;
  /**
   * Starts a process that takes a job of the lane `transactional`, and kills it with SIGKILL while it runs.
   * Resolves with the queue to go on with, which may be a new one.
   */
  killConsumer(): Promise<WorkQueue & Closeable>;
  close(): Promise<void>;
}

const plan = (message: string): Job => ({ kind: 'plan.v1', message });
const DONE: Verdict = { kind: 'done' };

function newJob(id: string, options: { lane?: Lane; delayMs?: number; job?: Job } = {}): NewJob {
  const { lane = 'transactional', delayMs, job = plan(id) } = options;
  return { id, lane, job, ...(delayMs === undefined ? {} : { delayMs }) };
}

/** Jobs as they come, and a way to wait for them that needs no clock. */
class Seen extends EventEmitter {
  readonly messages: string[] = [];

  add(job: Job): void {
    this.messages.push(job.kind === 'plan.v1' ? job.message : job.kind);
    this.emit('job');
  }

  async count(n: number): Promise<void> {
    while (this.messages.length < n) await once(this, 'job');
  }
}

/** The promises of `src/ports/work-queue.ts`. A backend passes or is not a backend. */
export function workQueueSuite(name: string, open: (context: Mocha.Context) => Promise<OpenedQueue>): void {
  describe(`work queue: ${name}`, function () {
    this.timeout(60_000);
    let opened: OpenedQueue;
    let queue: WorkQueue & Closeable;
    const consumers: { stop: AbortController; ended: Promise<void> }[] = [];

    before(async function () {
      opened = await open(this);
      queue = opened.queue;
    });
    after(() => opened?.close());

    function consume(
      handle: (job: Job, signal: AbortSignal) => Promise<Verdict>,
      { lane = 'transactional' as Lane, concurrency = 4, on = queue } = {},
    ) {
      const stop = new AbortController();
      const consumer = { stop, ended: on.consume(handle, { lane, concurrency }, stop.signal) };
      consumers.push(consumer);
      return consumer;
    }

    afterEach(async () => {
      for (const { stop } of consumers) stop.abort();
      await Promise.all(consumers.splice(0).map(({ ended }) => ended));
      await queue.empty();
    });

    it('runs every job that was added, those of many adds and of one', async () => {
      const seen = new Seen();
      consume(async (job) => {
        seen.add(job);
        return DONE;
      });
      const bulk = Array.from({ length: 50 }, (_, i) => newJob(`msg_a.${i}`));
      await queue.add(bulk);
      await queue.add([newJob('msg_b')]);
      await queue.add([]);
      await seen.count(51);
      assert.deepEqual([...seen.messages].sort(), [...bulk.map(({ id }) => id), 'msg_b'].sort());
    });

    it('hands over the job as it was added', async () => {
      const job: Job = { kind: 'deliver.v1', chunks: [{ id: 'msg_x.1', fence: 3 }] };
      const got = new Promise<Job>((resolve) => {
        consume(async (taken) => {
          resolve(taken);
          return DONE;
        });
      });
      await queue.add([newJob('msg_x.1.f3', { job })]);
      assert.deepEqual(await got, job);
    });

    it('leaves a job as it is whose id waits already, in one batch or in two', async () => {
      await queue.add([newJob('twin', { job: plan('first') }), newJob('twin', { job: plan('second') })]);
      await queue.add([newJob('twin', { job: plan('third') })]);
      await queue.add(['twin', 'a', 'b', 'c', 'd'].map((id) => newJob(id)));
      assert.equal(await queue.depth('transactional'), 5);
      const seen = new Seen();
      consume(async (job) => {
        seen.add(job);
        return DONE;
      });
      await seen.count(5);
      assert.deepEqual([...seen.messages].sort(), ['a', 'b', 'c', 'd', 'first']);
    });

    it('leaves a job as it is that runs, and adds one anew that was done', async () => {
      const seen = new Seen();
      let finish = () => {};
      const consumer = consume(async (job) => {
        seen.add(job);
        await new Promise<void>((resolve) => (finish = resolve));
        return DONE;
      });
      await queue.add([newJob('again.1', { job: plan('one') })]);
      await seen.count(1);
      await queue.add([newJob('again.1', { job: plan('while it runs') })]);
      assert.equal(await queue.depth('transactional'), 0);
      consumer.stop.abort();
      finish();
      await consumer.ended;
      await queue.add([newJob('again.1', { job: plan('anew') })]);
      assert.equal(await queue.depth('transactional'), 1);
      consume(async (job) => {
        seen.add(job);
        return DONE;
      });
      await seen.count(2);
      assert.deepEqual(seen.messages, ['one', 'anew']);
    });

    it('runs a delayed job not before its time, and soon after', async () => {
      const seen = new Seen();
      consume(async (job) => {
        seen.add(job);
        return DONE;
      });
      const addedAt = Date.now();
      await queue.add([newJob('later', { delayMs: 400 })]);
      await seen.count(1);
      const tookMs = Date.now() - addedAt;
      assert.ok(tookMs >= 400 && tookMs < 3_000, `${tookMs} ms`);
    });

    it('wakes for a job that becomes due before one that was waited for', async () => {
      const seen = new Seen();
      consume(async (job) => {
        seen.add(job);
        return DONE;
      });
      await queue.add([newJob('in_an_hour', { delayMs: 3_600_000 })]);
      await queue.add([newJob('soon', { delayMs: 100 })]);
      await seen.count(1);
      assert.deepEqual(seen.messages, ['soon']);
      assert.equal(await queue.depth('transactional'), 1);
    });

    it('runs a job again when the handler asks for it, after its delay', async () => {
      const times: number[] = [];
      const finished = new Promise<void>((resolve) => {
        consume(async () => {
          times.push(Date.now());
          if (times.length < 3) return { kind: 'again', delayMs: times.length === 1 ? 200 : 0 };
          resolve();
          return DONE;
        });
      });
      await queue.add([newJob('msg_again.f1')]);
      await finished;
      assert.ok((times[1] ?? 0) - (times[0] ?? 0) >= 200);
    });

    it('runs a job again whose handler threw, a little later, and goes on with others meanwhile', async () => {
      const seen = new Seen();
      let thrown = 0;
      consume(async (job) => {
        if (job.kind === 'plan.v1' && job.message === 'bad' && thrown++ === 0) throw new Error('planted fault');
        seen.add(job);
        return DONE;
      });
      await queue.add([newJob('bad')]);
      await queue.add([newJob('good')]);
      await seen.count(2);
      assert.deepEqual(seen.messages, ['good', 'bad']);
      assert.equal(thrown, 2);
    });

    it('leaves a job of an unknown kind for a newer process', async () => {
      const job = { kind: 'deliver.v9', chunks: [] } as unknown as Job;
      const seen = new Seen();
      const consumer = consume(async (taken) => {
        seen.add(taken);
        return DONE;
      });
      await queue.add([newJob('from.tomorrow', { job })]);
      await queue.add([newJob('from.today')]);
      await seen.count(1);
      consumer.stop.abort();
      await consumer.ended;
      assert.deepEqual(seen.messages, ['from.today']);
      assert.equal(await queue.depth('transactional'), 1);
    });

    it('takes nothing more once stopped, tells the running handler, and waits for it', async () => {
      const started = new EventEmitter();
      let told = false;
      let finished = false;
      let ended = false;
      let finish = () => {};
      const consumer = consume(
        async (_, signal) => {
          signal.addEventListener('abort', () => {
            told = true;
          });
          started.emit('started');
          await new Promise<void>((resolve) => (finish = resolve));
          finished = true;
          return DONE;
        },
        { concurrency: 1 },
      );
      const running = once(started, 'started');
      await queue.add([newJob('runs'), newJob('waits')]);
      await running;
      const end = consumer.ended.then(() => {
        ended = true;
      });
      consumer.stop.abort();
      assert.equal(told, true);
      assert.equal(await queue.depth('transactional'), 1);
      assert.equal(ended, false, 'it waits for the job that runs');
      finish();
      await end;
      assert.equal(finished, true);
      assert.equal(await queue.depth('transactional'), 1);
    });

    it('ends at once when stopped before it began, or while it has nothing to do', async () => {
      const stopped = AbortSignal.abort();
      await queue.consume(async () => DONE, { lane: 'marketing', concurrency: 1 }, stopped);
      const idle = consume(async () => DONE, { lane: 'marketing' });
      await queue.depth('marketing');
      const at = Date.now();
      idle.stop.abort();
      await idle.ended;
      assert.ok(Date.now() - at < 2_000);
    });

    it('never runs more jobs at once than asked', async () => {
      const seen = new Seen();
      let now = 0;
      let most = 0;
      consume(
        async (job) => {
          most = Math.max(most, ++now);
          await new Promise((resolve) => setImmediate(resolve));
          now--;
          seen.add(job);
          return DONE;
        },
        { concurrency: 3 },
      );
      await queue.add(Array.from({ length: 30 }, (_, i) => newJob(`c.${i}`)));
      await seen.count(30);
      assert.ok(most > 1 && most <= 3, `${most}`);
    });

    it('shares a lane’s jobs among its consumers, each job once', async () => {
      const other = await opened.another();
      const [first, second] = [new Seen(), new Seen()];
      const all = new Seen();
      const take = (seen: Seen) => async (job: Job) => {
        seen.add(job);
        all.add(job);
        await new Promise((resolve) => setTimeout(resolve, 2));
        return DONE;
      };
      consume(take(first), { concurrency: 2 });
      consume(take(second), { concurrency: 2, on: other });
      await queue.add(Array.from({ length: 200 }, (_, i) => newJob(`s.${i}`)));
      await all.count(200);
      assert.equal(new Set(all.messages).size, 200);
      assert.ok(first.messages.length > 0 && second.messages.length > 0);
      for (const { stop } of consumers) stop.abort();
      await Promise.all(consumers.map(({ ended }) => ended));
      await other.close();
    });

    it('keeps lanes apart: a stuck one holds up no other', async () => {
      const stuck = new Seen();
      const free = new Seen();
      let finish = () => {};
      const held = new Promise<void>((resolve) => (finish = resolve));
      consume(
        async (job) => {
          stuck.add(job);
          await held;
          return DONE;
        },
        { lane: 'marketing', concurrency: 1 },
      );
      consume(async (job) => {
        free.add(job);
        return DONE;
      });
      await queue.add([newJob('m.1', { lane: 'marketing' }), newJob('m.2', { lane: 'marketing' })]);
      await stuck.count(1);
      await queue.add([newJob('t.1'), newJob('m.1')]);
      await free.count(2);
      assert.deepEqual([...free.messages].sort(), ['m.1', 't.1'], 'an id belongs to its lane');
      assert.equal(await queue.depth('marketing'), 1);
      assert.equal(await queue.depth('system'), 0);
      finish();
      await stuck.count(2);
    });

    it('counts what waits and what is delayed, not what runs', async () => {
      await queue.add([newJob('d.1'), newJob('d.2'), newJob('d.3', { delayMs: 60_000 })]);
      assert.equal(await queue.depth('transactional'), 3);
      const seen = new Seen();
      let finish = () => {};
      const held = new Promise<void>((resolve) => (finish = resolve));
      consume(
        async (job) => {
          seen.add(job);
          await held;
          return DONE;
        },
        { concurrency: 1 },
      );
      await seen.count(1);
      assert.equal(await queue.depth('transactional'), 2);
      finish();
    });

    it('empties every lane but leaves what runs', async () => {
      const seen = new Seen();
      let finish = () => {};
      const held = new Promise<void>((resolve) => (finish = resolve));
      const consumer = consume(
        async (job) => {
          seen.add(job);
          await held;
          return { kind: 'again', delayMs: 60_000 };
        },
        { concurrency: 1 },
      );
      await queue.add([newJob('e.run')]);
      await seen.count(1);
      await queue.add([newJob('e.1'), newJob('e.2', { delayMs: 60_000 }), newJob('e.3', { lane: 'system' })]);
      await queue.empty();
      assert.equal(await queue.depth('transactional'), 0);
      assert.equal(await queue.depth('system'), 0);
      consumer.stop.abort();
      finish();
      await consumer.ended;
      assert.equal(await queue.depth('transactional'), 1, 'the running one was kept and waits for its next turn');
    });

    it('empties 20,000 jobs without stopping the process for long', async () => {
      await queue.add(Array.from({ length: 20_000 }, (_, i) => newJob(`many.${i}`, { lane: 'marketing' })));
      // Not how long the engine takes, but how long nothing else of this process gets its turn.
      const pauses = monitorEventLoopDelay({ resolution: 10 });
      pauses.enable();
      await wait(50); // it measures from its first timer on, and writes a pause down with the first after it
      await queue.empty();
      await wait(50);
      pauses.disable();
      assert.equal(await queue.depth('marketing'), 0);
      const longestMs = pauses.max / 1e6;
      assert.ok(longestMs < 1_000, `${longestMs} ms`);
    });

    it('refuses an id that BullMQ or Redis would take for something else', async () => {
      for (const id of ['a:b', '12', '', 'ü', 'a b', 'x'.repeat(129)]) {
        await assert.rejects(queue.add([newJob(id)]), TypeError, id);
      }
    });

    it('brings back the job of a consumer that was killed', async () => {
      await queue.add([newJob('orphan.f1', { job: plan('orphan') })]);
      const killedAt = Date.now();
      queue = await opened.killConsumer();
      const seen = new Seen();
      consume(async (job) => {
        seen.add(job);
        return DONE;
      });
      await seen.count(1);
      assert.deepEqual(seen.messages, ['orphan']);
      assert.ok(Date.now() - killedAt < 20_000);
    });

    it('refuses adds and consumers once closed, ends those it has, and closes twice without harm', async () => {
      const other = await opened.another();
      const ended = other.consume(async () => DONE, { lane: 'system', concurrency: 1 }, new AbortController().signal);
      await other.close();
      await ended;
      await other.close();
      await assert.rejects(other.add([newJob('too.late')]), /closed/);
      const never = new AbortController().signal;
      await assert.rejects(
        other.consume(async () => DONE, { lane: 'system', concurrency: 1 }, never),
        /closed/,
      );
    });
  });
}
