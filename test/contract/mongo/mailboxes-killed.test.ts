import assert from 'node:assert/strict';
import { EVENT_TYPES } from '../../../src/domain/event.js';
import type { MailboxStore } from '../../../src/ports/mailbox-store.js';
import { createMailboxStore } from '../../../src/store/mongo/mailbox/mailbox-store.js';
import { advanceOf, Scene } from '../store/scene.js';
import { statesTold } from '../store/told-deliveries.js';
import { firstDeath, NEXT_DEATH, openParties, type Parties, type Party } from './mortal-ground.js';

/** Letters a mailbox may hold here. */
const ROOM = { bounds: { letters: 2, bytes: 1_000 }, spare: 0 };
const DEVICES = ['a', 'b'];

describe('store/mongo: mailboxes whose process dies', function () {
  this.timeout(120_000);
  let parties: Parties;
  before(async function () {
    parties = await openParties(this);
  });
  after(() => parties?.close());

  /** Devices with mailboxes, and messages that were put into them and recorded as sent. */
  async function scene() {
    const { party } = parties;
    const { chunks, devices, messages } = party;
    const made = new Scene();
    const { app, now } = made;
    await parties.wantEvents(app, EVENT_TYPES);
    const mailboxes = createMailboxStore(party.ground, ROOM);
    const change = { app, fields: { platform: 'ios', user: 'ann' }, registrations: [], mode: 'upsert' } as const;
    await devices.change(
      DEVICES.map((id) => ({ ...change, id })),
      now,
    );
    const all = DEVICES.map((device) => ({ app, device, user: 'ann' }));
    await mailboxes.open(all, now);

    const letter = (message: string, collapseKey?: string) => ({
      ...{ app, message, body: message, expiresAt: now + 1_000, show: true },
      ...(collapseKey === undefined ? {} : { collapseKey }),
      to: DEVICES.map((device) => ({ device })),
    });
    /** @param isOpen whether its message goes on */
    const sent = async (isOpen: boolean, collapseKey?: string) => {
      const targets = DEVICES.map((key) => ({ key, user: 'ann' }));
      const message = made.message({ chunks: [['realtime', targets], ...(isOpen ? [['apns', ['c']] as const] : [])] });
      const { id } = message.accepted;
      await messages.accept([message], now);
      await mailboxes.put([letter(id, collapseKey)], now);
      const [chunk] = await chunks.claim([`${id}.0`], 'w', now, now + 100);
      assert.ok(chunk);
      const ends = DEVICES.map((_, index) => ({ index, state: 'sent' as const }));
      await chunks.advance([advanceOf(chunk, { ends, next: { kind: 'done' }, at: now })], now);
      await messages.complete([id], now);
      return id;
    };
    const waiting = async () => {
      const found = await mailboxes.read(
        all.map((each) => ({ ...each, except: [], limit: 100 })),
        now,
      );
      return found.map((items) => items.map((item) => ('message' in item ? item.message : item.clear.reason)));
    };
    /** Counts above 0, which must be what was told. */
    const counts = async (id: string) => {
      const view = await messages.view(app, id);
      const told = statesTold(await parties.told(app), id);
      for (const [device, states] of told) {
        assert.equal(new Set(states).size, states.length, `${device} was told ${states.join(', ')}`);
      }
      const ends = [...told.values()].map((states) => states.at(-1));
      const entries = Object.entries(view?.counts ?? {}).filter(([state, n]) => n > 0 && state !== 'queued');
      for (const [state, n] of entries) assert.equal(ends.filter((end) => end === state).length, n, state);
      return Object.fromEntries(entries);
    };
    return { scene: made, app, now, mailboxes, letter, sent, waiting, counts };
  }
  type Made = Awaited<ReturnType<typeof scene>>;

  /** Does it by a process that dies before access 0, 1, 2 …, recovers what that left, does it again, and looks. */
  async function killedEverywhere<T>(
    prepare: (made: Made) => Promise<T>,
    act: (mailboxes: MailboxStore, made: Made, given: T) => Promise<unknown>,
    look: (made: Made, given: T) => Promise<void>,
  ): Promise<void> {
    for (let n = firstDeath(), wasReached = true; wasReached; n += NEXT_DEATH) {
      const made = await scene();
      const given = await prepare(made);
      const mortal = await parties.openMortal(n);
      const storeOf = ({ ground }: Pick<Party, 'ground'>) => createMailboxStore(ground, ROOM);
      await act(storeOf(mortal), made, given).catch((error: unknown) => assert.match(String(error), /killed/));
      wasReached = mortal.isDead;
      const recover = () => parties.party.ground.outbox.recover(100, 0);
      // Whoever does it again may be faster than whoever stands in.
      const isRecoveredFirst = n % 2 === 0;
      if (isRecoveredFirst) await recover();
      await act(storeOf(parties.party), made, given);
      while ((await recover()) > 0);
      try {
        await look(made, given);
      } catch (error) {
        throw new Error(`killed at ${n}, ${isRecoveredFirst ? 'recovered first' : 'repeated first'}`, { cause: error });
      }
    }
  }

  it('put each letter once, and end what it takes the place of, and what there is no room for, once', async () => {
    await killedEverywhere(
      async ({ sent }) => [await sent(true, 'k'), await sent(false), await sent(false)] as const,
      (mailboxes, { letter, now }) => mailboxes.put([letter('new', 'k'), letter('newer')], now),
      async ({ waiting, counts }, [first, second, third]) => {
        assert.deepEqual(
          await waiting(),
          DEVICES.map(() => ['new', 'newer']),
        );
        // The first went for room when the third came.
        assert.deepEqual(await counts(first), { failed: 2 });
        assert.deepEqual([await counts(second), await counts(third)], [{ failed: 2 }, { failed: 2 }]);
      },
    );
  });

  it('end what was replaced once, and never let it come back', async () => {
    await killedEverywhere(
      ({ sent }) => sent(true, 'k'),
      (mailboxes, { letter, now }) => mailboxes.put([letter('new', 'k')], now),
      async ({ mailboxes, letter, now, waiting, counts }, old) => {
        assert.deepEqual(await counts(old), { suppressed: 2 });
        const [again] = await mailboxes.put([letter(old, 'k')], now);
        assert.deepEqual(
          again,
          DEVICES.map(() => ({ kind: 'gone', why: 'replaced' })),
        );
        assert.deepEqual(
          await waiting(),
          DEVICES.map(() => ['new']),
        );
      },
    );
  });

  it('take out what is done, remember it while it may be asked for, and count it once', async () => {
    await killedEverywhere(
      async ({ sent }) => [await sent(true), await sent(false)] as const,
      (mailboxes, { app, now }, messages) => mailboxes.done([{ app, device: 'a', messages }], now),
      async ({ app, mailboxes, letter, now, waiting, counts }, [open, over]) => {
        assert.deepEqual(await waiting(), [[], [open, over]]);
        assert.deepEqual(await counts(open), { sent: 1, delivered: 1 });
        assert.deepEqual(await counts(over), { sent: 1, delivered: 1 });
        const [who] = await mailboxes.finished([{ app, message: open, devices: DEVICES }]);
        assert.deepEqual([...(who ?? [])], ['a']);
        const [again] = await mailboxes.put([letter(open)], now);
        assert.deepEqual(
          again?.map(({ kind }) => kind),
          ['done', 'there'],
        );
      },
    );
  });

  it('withdraw a letter from some mailboxes and from all', async () => {
    await killedEverywhere(
      async ({ sent }) => [await sent(true), await sent(true)] as const,
      async (mailboxes, { app, now }, [some, all]) => {
        await mailboxes.withdraw(app, some, ['a'], now);
        await mailboxes.withdraw(app, all, undefined, now);
      },
      async ({ mailboxes, letter, now, waiting }, [some, all]) => {
        assert.deepEqual(await waiting(), [[], [some]]);
        const answers = await mailboxes.put([letter(some), letter(all)], now);
        assert.deepEqual(
          answers.map((each) => each.map(({ kind }) => kind)),
          [
            ['gone', 'there'],
            ['gone', 'gone'],
          ],
        );
      },
    );
  });

  it('append one entry to the log, counted once, in place of the one before', async () => {
    await killedEverywhere(
      ({ mailboxes, letter, now }) => mailboxes.append(letter('old', 'k'), now),
      (mailboxes, { letter, now }) => mailboxes.append(letter('new', 'k'), now),
      async ({ app, mailboxes, letter, now }, old) => {
        const entries = await mailboxes.readLog(app, 0, 10, now);
        assert.deepEqual(
          entries.map(({ message, position }) => [message, position]),
          [['new', old.position + 1]],
        );
        assert.deepEqual(await mailboxes.append(letter('new', 'k'), now), { position: old.position + 1, mailboxes: 2 });
      },
    );
  });

  it('count a device that is done with an entry of the log once, and keep one record of it', async () => {
    await killedEverywhere(
      async (made) => {
        const message = made.scene.message({ chunks: [['apns', ['c']]] });
        const { id } = message.accepted;
        await parties.party.messages.accept([message], made.now);
        const { position } = await made.mailboxes.append(made.letter(id), made.now);
        return { id, position };
      },
      (mailboxes, { app, now }, { id, position }) =>
        mailboxes.done([{ app, device: 'a', messages: [id], logPosition: position }], now),
      async ({ app, counts, mailboxes, now }, { id, position }) => {
        assert.deepEqual(await counts(id), { delivered: 1 });
        const page = await parties.party.messages.deliveries(app, id, { limit: 10 });
        assert.deepEqual(
          page.items.flatMap(({ key, state }) => (key === 'a' ? [state] : [])),
          ['delivered'],
        );
        const [opening] = await mailboxes.open([{ app, device: 'a', user: 'ann' }], now);
        assert.equal(opening?.kind === 'open' && opening.logPosition, position);
      },
    );
  });

  it('expire what waits, and end its deliveries once', async () => {
    await killedEverywhere(
      ({ sent }) => sent(false),
      (mailboxes, { now }) => mailboxes.sweep(now + 1_000, 100),
      async ({ mailboxes, now, waiting, counts }, id) => {
        while ((await mailboxes.sweep(now + 1_000, 100)) > 0);
        assert.deepEqual(await waiting(), [[], []]);
        assert.deepEqual(await counts(id), { expired: 2 });
      },
    );
  });
});
