import assert from 'node:assert/strict';
import type { AccessScope } from '../../../src/domain/realtime.js';
import { accessOf, openScene, parcelOf, START_MS } from './session-scene.js';

const clear = (position: number) => ({
  position,
  clear: { messages: ['msg_9'], tags: ['t9'], reason: 'recalled' as const },
});

describe('session: greeting', () => {
  it('asks the house about the hello, and answers with welcome', () => {
    const { session, say, heard, asked } = openScene();
    say({ t: 'hello', token: 'jwt', ping_ms: 60_000, more: 1 });
    assert.deepEqual(asked(), [['hello', { t: 'hello', token: 'jwt', pingMs: 60_000 }]]);
    assert.deepEqual(heard(), []);
    session.claim(accessOf());
    session.admit({
      terms: { pingMaxMs: 240_000, maxInFlight: 32 },
      epoch: 'e1',
      newest: 0,
      logPosition: 7,
      logEnd: 7,
      lost: 0,
      id: 'ses',
    });
    assert.deepEqual(heard(), [
      {
        t: 'welcome',
        device: 'phone',
        user: 'ann',
        cursor: 'e1.7.0',
        resumed: false,
        ping_ms: 60_000,
        max_in_flight: 32,
        session: 'ses',
      },
    ]);
    assert.deepEqual(asked(), [['mail', [], 32]]);
  });

  it('ends who says nothing for 10 s, and who says something else first', () => {
    const silent = openScene();
    assert.equal(silent.session.tick(5_000), 11_000);
    assert.equal(silent.session.tick(11_000), Number.POSITIVE_INFINITY);
    assert.equal(silent.wire.bye?.reason, 'no_hello');
    const rude = openScene();
    rude.say({ t: 'got', seq: 1 });
    assert.equal(rude.wire.bye?.reason, 'bad_frame');
    assert.deepEqual(rude.asked(), [['ended', [], 'bad_frame']]);
  });

  it('ends who is not let in within 10 s as overloaded', () => {
    const { session, say, wire } = openScene();
    say({ t: 'hello', token: 'jwt' });
    session.tick(11_000);
    assert.deepEqual(wire.bye, { reason: 'overloaded', retryAfterMs: 1_234 });
  });

  it('keeps what is said before welcome, and hears it then', () => {
    const { session, say, asked } = openScene();
    say({ t: 'hello', token: 'jwt' });
    say({ t: 'refresh', token: 'new' });
    assert.deepEqual(
      asked().map(([what]) => what),
      ['hello'],
    );
    session.claim(accessOf());
    session.admit({
      terms: { pingMaxMs: 240_000, maxInFlight: 3 },
      epoch: 'e1',
      newest: 0,
      logPosition: 0,
      logEnd: 0,
      lost: 0,
      id: 'ses',
    });
    assert.deepEqual(asked(), [
      ['mail', [], 3],
      ['refresh', 'new'],
    ]);
  });

  it('ends a second hello, unknown frames and frames that are no objects', () => {
    for (const frame of [{ t: 'hello', token: 'x' }, { t: 'dance' }, {}, [], null, 7, { t: 'got', seq: -1 }]) {
      const { enter, say, wire } = openScene();
      enter();
      say(frame);
      assert.equal(wire.bye?.reason, 'bad_frame', JSON.stringify(frame));
    }
  });
});

describe('session: resuming', () => {
  const cases = [
    { what: 'no cursor', cursor: undefined, resumed: false, from: 5, gap: false },
    { what: 'a cursor of this epoch', cursor: 'e1.8.0', resumed: true, from: 8, gap: false },
    { what: 'an older one than the store knows', cursor: 'e1.2.0', resumed: true, from: 5, gap: false },
    { what: 'one beyond the end of the log', cursor: 'e1.11.0', resumed: false, from: 5, gap: true },
    { what: 'one of a store that was put back', cursor: 'e1.8.1', resumed: false, from: 5, gap: true },
    { what: 'one of another epoch', cursor: 'e0.8.0', resumed: false, from: 5, gap: true },
    { what: 'none of ours', cursor: 'hello', resumed: false, from: 5, gap: true },
  ];
  for (const { what, cursor, resumed, from, gap } of cases) {
    it(`goes on from the right place with ${what}`, () => {
      const { session, say, heard, asked } = openScene();
      say({ t: 'hello', token: 'jwt', ...(cursor === undefined ? {} : { cursor }) });
      session.claim(accessOf());
      session.admit({
        terms: { pingMaxMs: 240_000, maxInFlight: 3 },
        epoch: 'e1',
        newest: 0,
        logPosition: 5,
        logEnd: 10,
        lost: 0,
        id: 'ses',
      });
      const [welcome, ...rest] = heard();
      assert.equal(welcome?.resumed, resumed);
      assert.equal(welcome?.cursor, `e1.${from}.0`);
      assert.deepEqual(rest, gap ? [{ t: 'gap', count: 0, reason: 'mailbox_reset', cursor: `e1.${from}.0` }] : []);
      asked();
      session.mail([]);
      assert.deepEqual(asked(), [['log', from, 3]]);
    });
  }

  it('tells of lost letters, and that they were told once the client has answered', () => {
    const { session, say, heard, asked } = openScene();
    say({ t: 'hello', token: 'jwt' });
    session.claim(accessOf());
    session.admit({
      terms: { pingMaxMs: 240_000, maxInFlight: 3 },
      epoch: 'e1',
      newest: 0,
      logPosition: 0,
      logEnd: 0,
      lost: 4,
      id: 'ses',
    });
    assert.deepEqual(heard().slice(1), [
      { t: 'gap', count: 4, reason: 'mailbox_full', cursor: 'e1.0.0' },
      { t: 'ping' },
    ]);
    asked();
    say({ t: 'pong' });
    assert.deepEqual(asked(), [['told', [], 4]]);
  });

  it('takes lost letters for told, where pings are not answered, once a push after them has arrived', () => {
    const { session, say, heard, asked } = openScene({ hears: false });
    say({ t: 'hello', token: 'jwt' });
    session.claim(accessOf());
    session.admit({
      terms: { pingMaxMs: 240_000, maxInFlight: 3 },
      epoch: 'e1',
      newest: 0,
      logPosition: 0,
      logEnd: 0,
      lost: 4,
      id: 'ses',
    });
    assert.deepEqual(heard().slice(1), [{ t: 'gap', count: 4, reason: 'mailbox_full', cursor: 'e1.0.0' }]);
    session.mail([parcelOf(5), clear(6)]);
    session.offer(parcelOf(7), 'ann');
    asked();
    say({ t: 'pong' });
    assert.deepEqual(asked(), [], 'a client that need not answer pings says nothing by it');
    say({ t: 'got', seq: 1 });
    assert.deepEqual(asked(), [['told', [], 4]]);
    say({ t: 'got', seq: 2 });
    assert.deepEqual(asked(), [['told', [6], 0]]);
  });
});

describe('session: pushes', () => {
  it('sends what waits in the order of the mailbox, at most the window, and reads on as messages are done', () => {
    const { session, say, heard, asked, enter } = openScene();
    enter();
    session.newMail();
    assert.deepEqual(asked(), [['mail', [], 3]]);
    session.mail([parcelOf(1), parcelOf(2, { show: false }), parcelOf(3)]);
    assert.deepEqual(heard(), [
      { t: 'push', seq: 1, cursor: 'e1.0.1', show: true, id: 'msg_1', tag: 'msg_1' },
      { t: 'push', seq: 2, cursor: 'e1.0.2', show: false, id: 'msg_2', tag: 'msg_2' },
      { t: 'push', seq: 3, cursor: 'e1.0.3', show: true, id: 'msg_3', tag: 'msg_3' },
    ]);
    assert.deepEqual(asked(), []);
    say({ t: 'got', seq: 3 });
    say({ t: 'done', ids: ['msg_2'] });
    // It stays among what need not be read until the store knows.
    assert.deepEqual(asked(), [
      ['done', ['msg_2'], undefined],
      ['mail', [1, 2, 3], 1],
    ]);
    session.finished(['msg_2']);
    session.mail([parcelOf(4)]);
    assert.deepEqual(
      heard().map(({ id, seq }) => [id, seq]),
      [['msg_4', 4]],
    );
  });

  it('lets nothing wait for ever for a done that was lost', () => {
    const { session, time, say, heard, asked, enter } = openScene();
    enter();
    for (const n of [1, 2, 3]) session.offer(parcelOf(n), 'ann');
    session.offer(parcelOf(4), 'ann');
    assert.equal(heard().filter(({ t }) => t === 'push').length, 3);
    assert.deepEqual(asked(), []);
    time.ticks += 59_000;
    say({ t: 'pong' });
    session.tick(time.ticks);
    assert.deepEqual(asked(), []);
    time.ticks += 1_000;
    session.tick(time.ticks);
    assert.deepEqual(asked(), [['mail', [1, 2, 3], 3]]);
    session.mail([parcelOf(4)]);
    assert.deepEqual(
      heard().flatMap(({ t, id }) => (t === 'push' ? [id] : [])),
      ['msg_4'],
    );
    say({ t: 'done', ids: ['msg_1', 'msg_2'] });
    session.finished(['msg_1', 'msg_2']);
    asked();
    // Of three places one is taken by the fourth; what is late takes none.
    session.offer(parcelOf(5), 'ann');
    session.offer(parcelOf(6), 'ann');
    session.offer(parcelOf(7), 'ann');
    assert.deepEqual(
      heard().flatMap(({ t, id }) => (t === 'push' ? [id] : [])),
      ['msg_5', 'msg_6'],
    );
  });

  it('sends an offer at once where nothing is before it, and reads the mailbox otherwise', () => {
    const { session, heard, asked, enter, wire } = openScene();
    enter();
    assert.equal(session.offer(parcelOf(1), 'ann'), 'handed');
    assert.deepEqual(
      heard().map(({ id }) => id),
      ['msg_1'],
    );
    assert.deepEqual(asked(), []);
    session.newMail();
    assert.equal(session.offer(parcelOf(3), 'ann'), 'handed');
    assert.deepEqual(heard(), []);
    assert.deepEqual(asked(), [['mail', [1], 2]]);
    // The one that came while it was read may be missing: it is read once more.
    session.mail([parcelOf(2)]);
    assert.deepEqual(asked(), [['mail', [1, 2], 1]]);
    wire.bufferedBytes = 65_536;
    session.mail([parcelOf(3)]);
    assert.deepEqual(
      heard().map(({ id }) => id),
      ['msg_2'],
    );
    assert.equal(session.offer(parcelOf(4), 'ann'), 'handed');
    assert.deepEqual(asked(), []);
    wire.bufferedBytes = 0;
    session.drained();
    assert.deepEqual(asked(), [['mail', [1, 2], 1]]);
  });

  it('sends nothing twice, and says how far a letter has come', () => {
    const { session, say, heard, enter } = openScene();
    enter();
    session.offer(parcelOf(1), 'ann');
    assert.equal(heard().length, 1);
    assert.equal(session.offer(parcelOf(1), 'ann'), 'handed');
    say({ t: 'got', seq: 1 });
    assert.equal(session.offer(parcelOf(1), 'ann'), 'got');
    assert.equal(session.stateOf('msg_1'), 'got');
    say({ t: 'done', ids: ['msg_1'] });
    assert.equal(session.offer(parcelOf(1), 'ann'), 'got');
    assert.equal(heard().length, 0);
    session.gone();
    assert.equal(session.stateOf('msg_1'), 'offline');
    assert.equal(session.offer(parcelOf(1), 'ann'), 'offline');
  });

  it('gives a letter of another user to nobody', () => {
    const { session, heard, enter } = openScene();
    enter();
    assert.equal(session.offer(parcelOf(1), 'bob'), 'offline');
    assert.equal(session.offer(parcelOf(1), null), 'offline');
    assert.deepEqual(heard(), []);
  });

  it('passes over what has expired', () => {
    const { session, heard, enter } = openScene();
    enter();
    session.offer(parcelOf(1, { expiresAt: START_MS }), 'ann');
    assert.deepEqual(heard(), []);
  });

  it('counts got and done for what was never sent, and asks the store about the latter', () => {
    const { say, asked, heard, enter, session } = openScene();
    enter();
    say({ t: 'got', seq: 1 });
    assert.deepEqual(asked(), [['ignored', 'got', 1]]);
    say({ t: 'done', ids: ['msg_77'] });
    assert.deepEqual(asked(), [['done', ['msg_77'], undefined]]);
    session.finished(['msg_77']);
    session.offer(parcelOf(1), 'ann');
    say({ t: 'got', seq: 0 });
    say({ t: 'got', seq: 2 });
    assert.equal(session.stateOf('msg_1'), 'handed');
    assert.deepEqual(asked(), [['ignored', 'got', 1]]);
    assert.equal(heard().length, 1);
  });

  it('names messages that arrived and are not done when the connection ends', () => {
    const { session, say, asked, enter } = openScene();
    enter();
    for (const n of [1, 2, 3]) session.offer(parcelOf(n), 'ann');
    say({ t: 'got', seq: 2 });
    say({ t: 'done', ids: ['msg_1'] });
    asked();
    session.gone();
    assert.deepEqual(asked(), [['ended', ['msg_2'], undefined]]);
    session.end({ reason: 'draining' });
    assert.deepEqual(asked(), []);
  });

  it('takes clears off the screen, and out of the mailbox once the client has answered', () => {
    const { session, say, heard, asked, enter } = openScene();
    enter();
    session.newMail();
    asked();
    session.mail([clear(5), parcelOf(6)]);
    assert.deepEqual(
      heard().map(({ t }) => t),
      ['clear', 'push', 'ping'],
    );
    session.newMail();
    assert.deepEqual(asked(), [['mail', [6, 5], 2]]);
    say({ t: 'pong' });
    assert.deepEqual(asked(), [['told', [5], 0]]);
  });
});

describe('session: the log for everyone', () => {
  it('announces in order, with a cursor each, and tells how far the device is done', () => {
    const { session, say, heard, asked, enter } = openScene();
    enter({ logPosition: 10, logEnd: 10 });
    session.announce(parcelOf(11));
    session.announce(parcelOf(12));
    session.offer(parcelOf(3), 'ann');
    assert.deepEqual(
      heard().map(({ id, cursor }) => [id, cursor]),
      [
        ['msg_11', 'e1.11.0'],
        ['msg_12', 'e1.12.0'],
        ['msg_3', 'e1.12.3'],
      ],
    );
    say({ t: 'done', ids: ['msg_12'] });
    say({ t: 'done', ids: ['msg_11'] });
    say({ t: 'done', ids: ['msg_3'] });
    assert.deepEqual(
      asked().filter(([what]) => what === 'done'),
      [
        ['done', ['msg_12'], undefined],
        ['done', ['msg_11'], 12],
        ['done', ['msg_3'], undefined],
      ],
    );
  });

  it('reads what it had no room for', () => {
    const { session, say, heard, asked, enter } = openScene();
    enter();
    for (const n of [1, 2, 3, 4]) session.announce(parcelOf(n));
    assert.equal(heard().length, 3);
    assert.deepEqual(asked(), []);
    say({ t: 'done', ids: ['msg_1', 'msg_2'] });
    assert.deepEqual(asked().at(-1), ['log', 3, 2]);
    session.announce(parcelOf(5));
    session.log([parcelOf(4)]);
    assert.deepEqual(asked(), [['log', 4, 1]]);
    session.log([parcelOf(5)]);
    assert.deepEqual(
      heard().map(({ id }) => id),
      ['msg_4', 'msg_5'],
    );
  });
});

describe('session: events and upstream', () => {
  const event = (n: number) => ({ t: 'event', n, id: 'msg_1', event: 'opened', at: '2026-11-21T10:00:00Z' });
  const up = (n: number) => ({ t: 'up', n, topic: 'chat', data: { n } });

  it('says ok only when it is safe, cumulatively and in order of n', () => {
    const { session, say, heard, asked, enter } = openScene();
    enter({}, { stream: 's1' });
    say(event(1));
    say(event(2));
    say(event(3));
    say(up(4));
    say(event(5));
    assert.deepEqual(asked(), [['take', [1]]]);
    assert.deepEqual(heard(), []);
    session.took([]);
    assert.deepEqual(heard(), [{ t: 'ok', n: 1 }]);
    assert.deepEqual(asked(), [['take', [2, 3]]]);
    session.took([{ n: 3, code: 'unknown_message', detail: 'never sent here' }]);
    assert.deepEqual(heard(), [
      { t: 'error', n: 3, code: 'unknown_message', detail: 'never sent here' },
      { t: 'ok', n: 3 },
    ]);
    session.took([]);
    session.took([]);
    assert.deepEqual(heard(), [
      { t: 'ok', n: 4 },
      { t: 'ok', n: 5 },
    ]);
    assert.deepEqual(asked(), [
      ['take', [4]],
      ['take', [5]],
    ]);
  });

  it('does no harm when they are repeated, and ends a count with holes', () => {
    const { session, say, heard, asked, enter, wire } = openScene();
    enter({}, { stream: 's1' });
    say(event(7));
    say(event(7));
    session.took([]);
    heard();
    asked();
    say(event(7));
    assert.deepEqual(heard(), [{ t: 'ok', n: 7 }]);
    assert.deepEqual(asked(), []);
    say(event(9));
    assert.equal(wire.bye?.reason, 'bad_frame');
  });

  it('answers what can never be taken with an error, which counts as safe', () => {
    const scopes = new Set<AccessScope>(['receive', 'events']);
    const { say, heard, asked, enter } = openScene();
    enter({ access: accessOf({ scopes }) }, { stream: 's1' });
    say({ t: 'event', n: 1, id: 'msg_1', event: 'danced', at: '2026-11-21T10:00:00Z' });
    say(up(2));
    say({ t: 'event', n: 3, id: 'msg_1', event: 'opened', at: 'yesterday' });
    assert.deepEqual(
      heard().map(({ t, n, code }) => [t, n, code]),
      [
        ['error', 1, 'unknown_event'],
        ['ok', 1, undefined],
        ['error', 2, 'missing_scope'],
        ['ok', 2, undefined],
        ['error', 3, 'invalid_event'],
        ['ok', 3, undefined],
      ],
    );
    assert.deepEqual(asked(), []);
  });

  it('does not take upstream messages of a stream without a name', () => {
    const { say, heard, enter } = openScene();
    enter();
    say(up(1));
    assert.equal(heard()[0]?.code, 'stream_missing');
  });

  it('does not listen while too many are under way', () => {
    const { session, say, enter, wire, time } = openScene();
    enter({}, { stream: 's1' });
    for (let n = 1; n <= 64; n++) {
      time.ticks += 1_000;
      say(event(n));
    }
    assert.equal(wire.listening, false);
    session.took([]);
    session.took([]);
    assert.equal(wire.listening, true);
    assert.equal(wire.bye, undefined);
  });

  it('tells what is safe from earlier connections', () => {
    const { session, say, heard, asked } = openScene();
    say({ t: 'hello', token: 'jwt', stream: 's1' });
    session.claim(accessOf());
    session.admit({
      terms: { pingMaxMs: 240_000, maxInFlight: 3 },
      epoch: 'e1',
      newest: 0,
      logPosition: 0,
      logEnd: 0,
      lost: 0,
      id: 'ses',
      safe: 5,
    });
    assert.equal(heard()[0]?.ok, 5);
    asked();
    say(event(5));
    assert.deepEqual(heard(), [{ t: 'ok', n: 5 }]);
    say(event(6));
    assert.deepEqual(asked(), [['take', [6]]]);
  });
});

describe('session: heartbeat', () => {
  it('grants between 5 s and what the app allows, also later', () => {
    const { say, heard, enter } = openScene();
    enter({}, { ping_ms: 1 });
    say({ t: 'ping' });
    say({ t: 'ping', ping_ms: 60_000 });
    say({ t: 'ping', ping_ms: 86_400_000 });
    assert.deepEqual(heard(), [
      { t: 'pong', ping_ms: 5_000 },
      { t: 'pong', ping_ms: 60_000 },
      { t: 'pong', ping_ms: 240_000 },
    ]);
  });

  it('pings after silence in either direction, and ends who does not answer within 10 s', () => {
    const { session, say, heard, enter, time, wire } = openScene();
    enter({}, { ping_ms: 20_000 });
    time.ticks = 15_000;
    assert.equal(session.tick(15_000), 21_000);
    time.ticks = 21_000;
    assert.equal(session.tick(21_000), 31_000);
    assert.deepEqual(heard(), [{ t: 'ping' }]);
    time.ticks = 25_000;
    say({ t: 'pong' });
    assert.equal(session.tick(31_000), 41_000);
    time.ticks = 41_000;
    session.tick(41_000);
    session.offer(parcelOf(1), 'ann');
    time.ticks = 51_000;
    session.tick(51_000);
    assert.equal(wire.bye?.reason, 'silent');
  });

  it('pings a client that is sent pushes and says nothing', () => {
    const { session, heard, enter, time } = openScene();
    enter({}, { ping_ms: 20_000 });
    time.ticks = 20_500;
    session.offer(parcelOf(1), 'ann');
    time.ticks = 21_000;
    session.tick(21_000);
    assert.deepEqual(
      heard().map(({ t }) => t),
      ['push', 'ping'],
    );
  });

  it('expects no answer where the client cannot give one', () => {
    const { session, heard, enter, time, wire } = openScene({ hears: false });
    enter({}, { ping_ms: 20_000 });
    for (const at of [21_000, 41_000, 61_000]) {
      time.ticks = at;
      session.tick(at);
    }
    assert.equal(heard().length, 3);
    assert.equal(wire.bye, undefined);
  });
});

describe('session: limits', () => {
  it('ends a flood, and counts nothing that answers a push', () => {
    const { session, say, enter, wire } = openScene();
    enter();
    for (let n = 1; n <= 200; n++) {
      session.offer(parcelOf(n), 'ann');
      say({ t: 'got', seq: n });
      say({ t: 'done', ids: [`msg_${n}`] });
      session.finished([`msg_${n}`]);
    }
    assert.equal(wire.bye, undefined);
    for (let n = 1; n <= 20; n++) say({ t: 'ping' });
    assert.equal(wire.bye, undefined);
    say({ t: 'got', seq: 1 });
    assert.deepEqual(wire.bye, { reason: 'too_many_frames', retryAfterMs: 1_234 });
  });

  it('ends who does not read', () => {
    const full = openScene();
    full.enter();
    full.wire.bufferedBytes = 1024 * 1024 + 1;
    full.session.notice({ kind: 'clear', messages: [], tags: ['t'], reason: 'recalled' });
    assert.equal(full.wire.bye?.reason, 'too_slow');
    const stuck = openScene();
    stuck.enter();
    stuck.wire.stuckAt = 1_500;
    assert.equal(stuck.session.tick(2_000), 31_500);
    stuck.session.tick(31_500);
    assert.equal(stuck.wire.bye?.reason, 'too_slow');
  });

  it('sends nothing to an access token without the scope receive', () => {
    const { session, heard, asked, say, enter } = openScene();
    enter({ access: accessOf({ scopes: new Set<AccessScope>(['events']) }) });
    assert.equal(session.offer(parcelOf(1), 'ann'), 'offline');
    session.announce(parcelOf(1));
    session.newMail();
    say({ t: 'done', ids: ['msg_1'] });
    assert.deepEqual(heard(), []);
    assert.deepEqual(asked(), [['ignored', 'done', 1]]);
  });

  it('takes a new access token of the same device and user only', () => {
    const { session, heard, enter, wire } = openScene();
    enter();
    const later = accessOf({ expiresAt: START_MS + 7_200_000 });
    session.refreshed(later);
    assert.deepEqual(heard(), [{ t: 'ok' }]);
    assert.equal(session.access, later);
    session.refreshed(accessOf({ user: 'bob' }));
    assert.equal(wire.bye?.reason, 'not_theirs');
    const other = openScene();
    other.enter();
    other.session.refreshed(accessOf({ device: 'tablet' }));
    assert.equal(other.wire.bye?.reason, 'token_refused');
  });

  it('ends when the device is somebody else’s', () => {
    const { session, enter, wire } = openScene();
    enter();
    session.notice({ kind: 'owner', user: 'ann' });
    assert.equal(session.hasEnded, false);
    session.notice({ kind: 'owner', user: null });
    assert.equal(wire.bye?.reason, 'user_changed');
  });

  it('ends when the bus says so', () => {
    for (const why of ['user_changed', 'device_removed', 'access_revoked'] as const) {
      const { session, enter, wire } = openScene();
      enter();
      session.notice({ kind: 'end', why });
      assert.equal(wire.bye?.reason, why);
    }
  });
});
