import assert from 'node:assert/strict';
import fc from 'fast-check';
import { runs } from '../../support/full.js';
import { MailboxModel, type ModelLetter, postedWord } from './mailbox-model.js';
import { MailScene } from './mailbox-scene.js';
import type { OpenedStore } from './scene.js';

/** `MailboxStore`: whatever comes in whatever order, and at the same time. */
export function mailboxRacesSuite(get: () => OpenedStore): void {
  describe('mailboxes: any order', () => {
    modelSuite(get);
    racesSuite(get);
  });
}

const DEVICES = ['a', 'b'] as const;
const USERS = ['ann', 'bob'] as const;
const LETTERS = 7;
const BOUNDS = { letters: 4, bytes: 60 };

const device = fc.constantFrom(...DEVICES);
const user = fc.constantFrom(...USERS);
const letter = fc.nat({ max: LETTERS - 1 });
const some = fc.subarray([...DEVICES], { minLength: 1 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('put' as const), letter, to: some, isWrongUser: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('done' as const), device, letters: fc.uniqueArray(letter) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('hush' as const), letter, to: some }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('withdraw' as const), letter, to: fc.option(some, { nil: undefined }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('user' as const), device, user }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('open' as const), device, user }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sweep' as const) }) },
);

function modelSuite(get: () => OpenedStore): void {
  it('does as a mailbox in plain memory does', async () => {
    const opened = get();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
        const scene = new MailScene(opened, opened.boundedMailboxes(BOUNDS));
        await scene.connected({ a: 'ann', b: 'bob' });
        const model = new MailboxModel({ a: 'ann', b: 'bob' }, BOUNDS);
        const letters = await makeLetters(opened, scene);
        let now = scene.now;
        for (const [n, each] of steps.entries()) {
          const at = () => `step ${n}: ${JSON.stringify(each)}`;
          switch (each.kind) {
            case 'put': {
              const posted = letters[each.letter] as ModelLetter;
              if (posted.expiresAt <= now) break;
              const to = each.to.map((name) => {
                const owner = model.user(name);
                return { device: name, user: each.isWrongUser === 0 ? `not ${owner}` : owner };
              });
              const { id, collapseKey, expiresAt } = posted;
              const body = bodyOf(posted);
              const fields = { body, expiresAt, ...(collapseKey === undefined ? {} : { collapseKey }) };
              const [answers] = await scene.store.put([{ ...scene.letter(id, fields), to }], now);
              assert.deepEqual(answers?.map(postedWord), model.put(posted, to, now), at());
              break;
            }
            case 'done': {
              const ids = each.letters.map((i) => letters[i]?.id ?? '');
              assert.deepEqual(await scene.done(each.device, ids, now), model.done(each.device, ids), at());
              break;
            }
            case 'hush': {
              const id = letters[each.letter]?.id ?? '';
              await scene.store.hush([{ app: scene.app, message: id, devices: each.to }]);
              model.hush(id, each.to);
              break;
            }
            case 'withdraw': {
              const id = letters[each.letter]?.id ?? '';
              const had = await scene.store.withdraw(scene.app, id, each.to, now);
              assert.deepEqual([...had].sort(), model.withdraw(id, each.to, now), at());
              break;
            }
            case 'wait':
              now += each.ms;
              break;
            case 'user': {
              const change = { app: scene.app, id: each.device, fields: { user: each.user }, registrations: [] };
              await opened.devices.change([{ ...change, mode: 'update' }], now);
              model.changeUser(each.device, each.user);
              break;
            }
            case 'open': {
              const opening = await scene.open(each.device, each.user, now);
              const word = opening.kind === 'open' ? `open, ${opening.lost} lost` : opening.kind;
              assert.equal(word, model.open(each.device, each.user), at());
              break;
            }
            case 'sweep':
              while ((await scene.store.sweep(now, 1_000)) > 0);
              model.sweep(now);
              break;
            default:
              each satisfies never;
          }
          for (const name of DEVICES) assert.deepEqual(await scene.waiting(name, now), model.waiting(name, now), at());
        }
      }),
      { numRuns: Number(process.env.MAILBOX_MODEL_RUNS ?? runs(8)) },
    );
  });
}

/** Some of messages that are open, some of messages nobody knows; some share a collapse key, some end soon. */
async function makeLetters(opened: OpenedStore, scene: MailScene): Promise<ModelLetter[]> {
  const letters = Array.from({ length: LETTERS }, (_, i): ModelLetter => {
    const collapseKey = i < 4 ? `k${i % 2}` : undefined;
    const expiresAt = scene.now + (i % 3 === 0 ? 50 : 3_600_000);
    const letter = { id: scene.messageId(), collapseKey, bytes: 0, expiresAt, isOpen: i % 2 === 0 };
    return { ...letter, bytes: bodyOf(letter).length + (i === 5 ? 20 : 0) };
  });
  const open = letters.filter(({ isOpen }) => isOpen);
  await opened.messages.accept(
    open.map(({ id }) => scene.message({ id, chunks: [['realtime', ['a', 'b']]] })),
    scene.now,
  );
  return letters;
}

function bodyOf({ bytes }: Pick<ModelLetter, 'bytes'>): string {
  return 'x'.repeat(Math.max(12, bytes));
}

function racesSuite(get: () => OpenedStore): void {
  const names = Array.from({ length: 40 }, (_, n) => `d${n}`);
  const everybody = Object.fromEntries(names.map((name) => [name, 'ann']));

  it('puts each letter once when processes put the same letters at the same moment, in any order', async () => {
    const scene = new MailScene(get());
    await scene.connected(everybody);
    const put = (ids: readonly string[], devices: readonly string[]) =>
      scene.store.put(
        ids.map((id) => ({ ...scene.letter(id, { collapseKey: id }), to: devices.map((device) => ({ device })) })),
        scene.now,
      );
    const answers = await Promise.all([
      put(['m1', 'm2'], names),
      put(['m2', 'm1'], [...names].reverse()),
      put(['m1'], names),
      put(['m2'], names),
    ]);
    const kinds = answers.flat().flatMap((posted) => posted.map(({ kind }) => kind));
    assert.equal(kinds.filter((kind) => kind === 'put').length, 2 * names.length);
    assert.ok(kinds.every((kind) => kind === 'put' || kind === 'there'));
    for (const name of names) assert.deepEqual([...(await scene.waiting(name))].sort(), ['m1', 'm2']);
  });

  it('loses nothing when devices are done while others put', async () => {
    const { messages } = get();
    const scene = new MailScene(get());
    await scene.connected(everybody);
    const made = Array.from({ length: 6 }, () => scene.message({ chunks: [['realtime', names]] }));
    await messages.accept(made, scene.now);
    const ids = made.map(({ accepted }) => accepted.id);
    await Promise.all(
      ids.map(async (id, n) => {
        await scene.put(id, names);
        await Promise.all([scene.put(id, names), scene.done(names[n] ?? '', [id]), scene.put(id, names)]);
      }),
    );
    for (const [n, name] of names.entries()) {
      const gone = ids[n];
      assert.deepEqual([...(await scene.waiting(name))].sort(), ids.filter((id) => id !== gone).sort());
    }
  });

  it('shows nobody what was meant for the user before, whichever of put and change comes first', async () => {
    const { devices } = get();
    const scene = new MailScene(get());
    await scene.connected(everybody);
    const change = (name: string) =>
      devices.change(
        [{ app: scene.app, id: name, fields: { user: 'bob' }, registrations: [], mode: 'update' }],
        scene.now,
      );
    const to = names.map((name) => ({ device: name, user: 'ann' }));
    await Promise.all([
      ...names.slice(0, 20).map(change),
      ...[1, 2, 3].map((n) => scene.store.put([{ ...scene.letter(`m${n}`), to }], scene.now)),
      ...names.slice(20).map(change),
    ]);
    for (const name of names) assert.deepEqual(await scene.waiting(name), []);
    const late = await scene.store.put([{ ...scene.letter('m4'), to }], scene.now);
    assert.ok(late[0]?.every(({ kind }) => kind === 'not_theirs'));
  });

  it('opens the mailboxes of many devices that come at once, in two store calls at the same time', async () => {
    const scene = new MailScene(get());
    await scene.registered(everybody);
    const requests = names.map((name) => ({ app: scene.app, device: name, user: 'ann' }));
    const [first, second] = await Promise.all([
      scene.store.open(requests, scene.now),
      scene.store.open([...requests].reverse(), scene.now),
    ]);
    assert.ok(first.every(({ kind }) => kind === 'open'));
    assert.deepEqual([...second].reverse(), first);
  });
}
