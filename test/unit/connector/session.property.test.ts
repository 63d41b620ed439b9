import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { MailItem } from '../../../src/connector/session-house.js';
import { openScene, parcelOf } from './session-scene.js';

/** What may happen to a connection and its mailbox, in any order. */
type Step =
  | { readonly does: 'put'; readonly offered: boolean }
  | { readonly does: 'append' }
  | { readonly does: 'answer' }
  | { readonly does: 'got'; readonly ahead: number }
  | { readonly does: 'done'; readonly which: number }
  | { readonly does: 'flush' }
  | { readonly does: 'fill' | 'drain' }
  | { readonly does: 'fail' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('put' as const), offered: fc.boolean() }) },
  { weight: 4, arbitrary: fc.constant({ does: 'append' as const }) },
  { weight: 4, arbitrary: fc.constant({ does: 'answer' as const }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('got' as const), ahead: fc.integer({ min: -1, max: 2 }) }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('done' as const), which: fc.nat(5) }) },
  { weight: 3, arbitrary: fc.constant({ does: 'flush' as const }) },
  { weight: 3, arbitrary: fc.constantFrom({ does: 'fill' as const }, { does: 'drain' as const }) },
  { weight: 1, arbitrary: fc.constant({ does: 'fail' as const }) },
);
const WINDOW = 3;

/** A mailbox and a log in memory beside a session, and what the client has seen. */
function openModel() {
  const scene = openScene();
  const mailbox = new Map<number, MailItem>();
  const log: number[] = [];
  const pushed: { id: string; seq: number; cursor: string }[] = [];
  const unfinished = new Set<string>();
  /** Answers on their way, as the store was when it was asked. */
  const reads: (() => void)[] = [];
  const finishing: (readonly string[])[] = [];
  let position = 0;
  scene.enter({ terms: { pingMaxMs: 240_000, maxInFlight: WINDOW } });

  function look(): void {
    for (const [what, ...rest] of scene.asked()) {
      if (what === 'mail') {
        const except = rest[0] as number[];
        const waiting = [...mailbox].filter(([at]) => !except.includes(at)).map(([, item]) => item);
        reads.push(() => scene.session.mail(waiting.slice(0, rest[1] as number)));
      }
      if (what === 'log') {
        const entries = log.filter((at) => at > (rest[0] as number)).map((at) => parcelOf(at));
        reads.push(() => scene.session.log(entries.slice(0, rest[1] as number)));
      }
      if (what === 'done') finishing.push(rest[0] as string[]);
    }
    for (const frame of scene.heard()) {
      if (frame.t !== 'push') continue;
      pushed.push({ id: String(frame.id), seq: Number(frame.seq), cursor: String(frame.cursor) });
      unfinished.add(String(frame.id));
    }
    assert.ok(unfinished.size <= WINDOW, 'the window holds');
  }

  function answer(fails: boolean): void {
    const read = reads.shift();
    if (read === undefined) return;
    if (fails) {
      scene.session.readFailed();
      scene.session.drained();
    } else read();
  }

  function flush(): void {
    const messages = finishing.shift();
    if (messages === undefined) return;
    for (const [at, item] of mailbox) if ('message' in item && messages.includes(item.message)) mailbox.delete(at);
    scene.session.finished(messages);
  }

  function run(now: Step): void {
    switch (now.does) {
      case 'put': {
        const parcel = parcelOf(++position);
        mailbox.set(position, parcel);
        if (now.offered) scene.session.offer(parcel, 'ann');
        else scene.session.newMail();
        break;
      }
      case 'append':
        // Of another order than the mailbox, and never of the same message.
        log.push(1_000_000 + log.length);
        scene.session.announce(parcelOf(log.at(-1) ?? 0));
        break;
      case 'answer':
        answer(false);
        break;
      case 'fail':
        answer(true);
        break;
      case 'got':
        scene.say({ t: 'got', seq: Math.max(0, pushed.length + now.ahead) });
        break;
      case 'done': {
        const id = [...unfinished][now.which % Math.max(1, unfinished.size)];
        if (id === undefined) break;
        unfinished.delete(id);
        scene.say({ t: 'done', ids: [id] });
        break;
      }
      case 'flush':
        flush();
        break;
      case 'fill':
        scene.wire.bufferedBytes = 100_000;
        break;
      case 'drain':
        scene.wire.bufferedBytes = 0;
        scene.session.drained();
        break;
      default:
        throw new Error(`unknown step ${JSON.stringify(now satisfies never)}`);
    }
    scene.time.ticks += 200;
    look();
  }

  /** Everything that can happen by itself happens, and the client deals with all it has. */
  function settle(): void {
    run({ does: 'drain' });
    for (let n = 0; n < 1_000 && (reads.length > 0 || finishing.length > 0 || unfinished.size > 0); n++) {
      run({ does: 'answer' });
      run({ does: 'done', which: 0 });
      run({ does: 'flush' });
    }
  }
  return { scene, run, settle, pushed, mailbox, log, count: () => position };
}

describe('session: whatever happens in whatever order', () => {
  it('sends each letter once, mail and log each in order, and leaves nothing behind', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const model = openModel();
        for (const one of steps) model.run(one);
        model.settle();
        const positions = model.pushed.map(({ id }) => Number(id.slice('msg_'.length)));
        const mail = positions.filter((at) => at < 1_000_000);
        const entries = positions.filter((at) => at >= 1_000_000);
        assert.deepEqual(
          mail,
          Array.from({ length: model.count() }, (_, i) => i + 1),
        );
        assert.deepEqual(entries, model.log);
        assert.deepEqual(
          model.pushed.map(({ seq }) => seq),
          positions.map((_, i) => i + 1),
        );
        assert.equal(model.mailbox.size, 0);
        assert.equal(model.scene.wire.bye, undefined);
      }),
      { numRuns: 300 },
    );
  });

  it('has no cursor go back, and none pass an entry of the log that was not sent', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const model = openModel();
        for (const one of steps) model.run(one);
        model.settle();
        let sent = 0;
        for (const { id, cursor } of model.pushed) {
          const position = Number(id.slice('msg_'.length));
          if (position >= 1_000_000) sent = position;
          assert.equal(Number(cursor.split('.')[1]), sent);
        }
      }),
      { numRuns: 100 },
    );
  });
});
