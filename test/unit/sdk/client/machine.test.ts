import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RealtimeState } from '../../../../sdk/client/src/events.js';
import type { ClientFrame } from '../../../../sdk/client/src/frames.js';
import { HEARTBEAT } from '../../../../sdk/client/src/heartbeat.js';
import { createMachine } from '../../../../sdk/client/src/machine.js';
import type { Effect, End, Input, Machine, MachineSetup, Saved } from '../../../../sdk/client/src/machine-words.js';
import type { TransportName } from '../../../../sdk/client/src/options.js';
import { scriptedToken } from '../../../support/scripted-realtime.js';

const TOKEN = scriptedToken({ device: 'd1' });

/** A machine with its clock, and what it last wanted. */
class Bench {
  now = 1_000_000;
  readonly machine: Machine;
  effects: Effect[] = [];
  readonly all: Effect[] = [];

  constructor(setup: Partial<MachineSetup> = {}) {
    this.machine = createMachine({
      ...{ transports: ['websocket', 'sse', 'poll'], saved: {}, random: () => 0.5, now: this.now, bounds: HEARTBEAT },
      ...{ canRenew: true, canRegister: false },
      ...setup,
    });
  }
  say(input: Input): readonly Effect[] {
    this.effects = [...this.machine.next(input, this.now)];
    this.all.push(...this.effects);
    return this.effects;
  }
  /** Time goes on, and the machine is woken when it wants to be. */
  pass(ms: number): readonly Effect[] {
    const until = this.now + ms;
    const seen: Effect[] = [];
    for (let at = this.machine.wakeAt; at !== undefined && at <= until; at = this.machine.wakeAt) {
      this.now = Math.max(this.now, at);
      seen.push(...this.say({ kind: 'tick' }));
    }
    this.now = until;
    return seen;
  }
  /** Waits for the next try. */
  back(): readonly Effect[] {
    const tries = () => this.count('open') + this.count('ask_token');
    const before = tries();
    const seen: Effect[] = [];
    while (tries() === before) {
      const at = this.machine.wakeAt;
      assert.ok(at !== undefined, 'it does not come back');
      this.now = Math.max(this.now, at);
      seen.push(...this.say({ kind: 'tick' }));
    }
    return seen;
  }
  get link(): number {
    return this.find('open').link;
  }
  find<K extends Effect['kind']>(kind: K): Extract<Effect, { kind: K }> {
    const found = this.all.findLast((effect) => effect.kind === kind);
    assert.ok(found, `no effect '${kind}'`);
    return found as Extract<Effect, { kind: K }>;
  }
  count(kind: Effect['kind']): number {
    return this.all.filter((effect) => effect.kind === kind).length;
  }
  get state(): RealtimeState {
    return this.find('state').state;
  }
  get transport(): TransportName {
    return this.find('open').transport;
  }
  sent(): readonly ClientFrame[] {
    return this.effects.flatMap((effect) => (effect.kind === 'send' ? [effect.frame] : []));
  }
  frame(frame: object): readonly Effect[] {
    return this.say({ kind: 'frame', link: this.link, frame });
  }
  online(fields: object = {}): this {
    this.say({ kind: 'connect' });
    this.say({ kind: 'token', token: TOKEN });
    this.welcome(fields);
    return this;
  }
  welcome(fields: object = {}): void {
    this.frame({ t: 'welcome', cursor: 'c0', resumed: true, ping_ms: 30_000, session: 's', ...fields });
  }
  close(end: End = { kind: 'network', why: 'cut' }): readonly Effect[] {
    return this.say({ kind: 'closed', link: this.link, end });
  }
  gateway(code: number, retryAfterMs?: number): readonly Effect[] {
    return this.close({
      kind: 'gateway',
      code,
      why: `${code}`,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  push(seq: number, id = `m${seq}`): readonly Effect[] {
    return this.frame({ t: 'push', seq, id, cursor: `c${seq}`, tag: id, show: true, expires_at: '' });
  }
  end(id: string): readonly Effect[] {
    this.say({ kind: 'ended', id });
    return this.say({ kind: 'kept', ids: [id], keys: [] });
  }
}

describe('the connection of the client', () => {
  it('asks for an access token, says hello with what it knows, and is online with welcome', () => {
    const bench = new Bench({ saved: { inbox: { cursor: 'c9', ids: [] } } });
    bench.say({ kind: 'connect' });
    assert.deepEqual(bench.find('ask_token').why, 'first');
    bench.say({ kind: 'token', token: TOKEN });
    const { hello } = bench.find('open');
    assert.deepEqual([hello.token, hello.cursor, hello.ping_ms], [TOKEN, 'c9', 30_000]);
    assert.equal(bench.state.kind, 'connecting');
    bench.welcome({ resumed: false });
    assert.equal(bench.state.kind, 'online');
    assert.equal(bench.count('resync'), 1);
  });

  it('says got at once, done when the app is through and that is kept, and resumes behind it', () => {
    const bench = new Bench().online();
    bench.push(1);
    assert.deepEqual(bench.sent(), [{ t: 'got', seq: 1 }]);
    bench.push(2);
    bench.say({ kind: 'ended', id: 'm2' });
    assert.deepEqual(bench.sent(), []);
    bench.say({ kind: 'kept', ids: ['m2'], keys: [] });
    assert.deepEqual(bench.sent(), [{ t: 'done', ids: ['m2'] }]);
    assert.equal(bench.machine.saved('inbox', 0)?.cursor, 'c0', 'the first is not done');
    bench.end('m1');
    assert.equal(bench.machine.saved('inbox', 0)?.cursor, 'c2');
  });

  it('does not hand over again what comes again, and says done once more', () => {
    const bench = new Bench().online();
    bench.push(1);
    bench.push(2);
    bench.end('m1');
    bench.close();
    bench.back();
    bench.welcome();
    assert.equal(bench.count('hand'), 2);
    bench.push(1, 'm1');
    assert.deepEqual(bench.sent(), [
      { t: 'got', seq: 1 },
      { t: 'done', ids: ['m1'] },
    ]);
    bench.push(2, 'm2');
    assert.deepEqual(bench.sent(), [{ t: 'got', seq: 2 }]);
    assert.deepEqual(bench.end('m2').length, 1);
    assert.equal(bench.count('hand'), 2);
  });

  it('comes back after a random time that grows, or when the gateway says', () => {
    const bench = new Bench({ random: () => 0.999 }).online();
    const waits: number[] = [];
    for (let i = 0; i < 9; i += 1) {
      bench.close();
      const { state } = bench;
      assert.equal(state.kind, 'waiting');
      waits.push(state.kind === 'waiting' ? state.retryInMs : 0);
      bench.back();
    }
    assert.deepEqual(waits, [999, 1998, 3996, 7992, 15984, 31968, 59940, 59940, 59940]);
    bench.gateway(4000, 1_234);
    assert.deepEqual(bench.state, { kind: 'waiting', retryInMs: 1_234, why: '4000' });
    bench.say({ kind: 'hint', hint: 'online' });
    assert.equal(bench.pass(1_233).length, 0, 'a hint of the platform does not shorten what the gateway asked for');
    assert.ok(bench.pass(1).some(({ kind }) => kind === 'open'));
  });

  it('counts failures anew after a connection that has stood', () => {
    const bench = new Bench({ random: () => 0.999 }).online();
    for (let i = 0; i < 4; i += 1) {
      bench.close();
      bench.back();
    }
    bench.welcome();
    bench.pass(10_000);
    bench.close();
    assert.deepEqual(bench.state, { kind: 'waiting', retryInMs: 999, why: 'cut' });
  });

  for (const code of [4500, 4502, 4504, 4509, 4599]) {
    it(`does not come back after ${code}`, () => {
      const bench = new Bench().online();
      bench.gateway(code);
      assert.deepEqual(bench.state, { kind: 'stopped', code, why: `${code}` });
      assert.equal(bench.machine.wakeAt, undefined);
      bench.say({ kind: 'hint', hint: 'online' });
      bench.say({ kind: 'token', token: 'late' });
      assert.equal(bench.count('open'), 1);
      bench.say({ kind: 'connect' });
      assert.equal(bench.count('open'), 2);
    });
  }

  for (const code of [4501, 4510]) {
    it(`comes back after ${code} with another access token only`, () => {
      const bench = new Bench().online();
      bench.gateway(code);
      bench.back();
      assert.equal(bench.find('ask_token').why, 'refused');
      bench.say({ kind: 'token', token: TOKEN });
      assert.equal(bench.state.kind, 'stopped');
      bench.say({ kind: 'set_token', token: scriptedToken({ device: 'd1', jti: '2' }) });
      assert.equal(bench.count('open'), 2);

      const fixed = new Bench({ canRenew: false }).online();
      fixed.gateway(code);
      assert.equal(fixed.state.kind, 'stopped');
    });
  }

  it('asks again for an access token that has expired, even when the same is given', () => {
    const bench = new Bench().online();
    bench.gateway(4003);
    bench.back();
    assert.equal(bench.find('ask_token').why, 'expired');
    bench.say({ kind: 'token', token: TOKEN });
    assert.equal(bench.state.kind, 'waiting');
    bench.back();
    bench.say({ kind: 'token', token: scriptedToken({ device: 'd1', jti: '2' }) });
    assert.equal(bench.count('open'), 2);
  });

  it('registers a device that is not known, where the app can', () => {
    const bench = new Bench({ canRegister: true }).online();
    bench.gateway(4503);
    assert.equal(bench.count('register'), 1);
    bench.say({ kind: 'register_failed', cause: new Error('no') });
    assert.equal(bench.state.kind, 'waiting');
    bench.back();
    bench.gateway(4512);
    bench.say({ kind: 'registered' });
    bench.back();
    assert.equal(bench.count('open'), 3);

    const cannot = new Bench().online();
    cannot.gateway(4503);
    assert.equal(cannot.state.kind, 'stopped');
  });

  it('forgets everything of a former user, and hands nothing of theirs over', () => {
    const bench = new Bench({ random: Math.random }).online();
    bench.push(1);
    bench.say({ kind: 'say', key: 'k', body: { t: 'up', topic: 'x', data: {} } });
    bench.say({ kind: 'kept', ids: [], keys: ['k'] });
    const { stream } = bench.find('open').hello;
    bench.gateway(4511);
    assert.equal(bench.count('drop'), 1);
    bench.back();
    assert.equal(bench.find('ask_token').why, 'user_changed');
    bench.say({ kind: 'token', token: scriptedToken({ device: 'd1', sub: 'bob' }) });
    const { hello } = bench.find('open');
    assert.equal(hello.cursor, undefined);
    assert.notEqual(hello.stream, stream);
    bench.welcome();
    assert.ok(!bench.sent().some(({ t }) => t === 'up'));
    bench.say({ kind: 'ended', id: 'm1' });
    assert.deepEqual(bench.machine.saved('inbox', 0)?.ids, []);
  });

  it('forgets what was kept for another user when it begins', () => {
    const saved: Saved = { inbox: { cursor: 'c7', ids: ['m1'], who: 'd1 alice' } };
    const bench = new Bench({ saved });
    bench.say({ kind: 'connect' });
    bench.say({ kind: 'token', token: scriptedToken({ device: 'd1', sub: 'bob' }) });
    assert.equal(bench.find('open').hello.cursor, undefined);
    const same = new Bench({ saved });
    same.say({ kind: 'connect' });
    same.say({ kind: 'token', token: scriptedToken({ device: 'd1', sub: 'alice' }) });
    assert.equal(same.find('open').hello.cursor, 'c7');
  });

  it('renews an access token before it ends, on the standing connection', () => {
    const bench = new Bench();
    bench.say({ kind: 'connect' });
    bench.say({ kind: 'token', token: scriptedToken({ device: 'd1', iat: 1_000, exp: 1_600 }) });
    bench.welcome();
    for (let quiet = 0; quiet < 539; quiet += 20) {
      bench.pass(20_000);
      bench.frame({ t: 'pong' });
    }
    assert.equal(bench.find('ask_token').why, 'renewal');
    const next = scriptedToken({ device: 'd1', iat: 1_540, exp: 2_140 });
    bench.say({ kind: 'token', token: next });
    assert.deepEqual(bench.sent(), [{ t: 'refresh', token: next }]);
    assert.equal(bench.count('open'), 1);
  });

  it('takes a silent connection for dead, and asks for a narrower heartbeat then', () => {
    const bench = new Bench().online({ ping_ms: 40_000 });
    assert.ok(!bench.pass(49_999).some(({ kind }) => kind === 'close'));
    assert.ok(bench.pass(1).some(({ kind }) => kind === 'close'));
    bench.back();
    assert.equal(bench.find('open').hello.ping_ms, 20_000);
  });

  it('blames no heartbeat when the machine slept, and comes back soon', () => {
    const bench = new Bench().online();
    bench.now += 3_600_000;
    bench.say({ kind: 'tick' });
    assert.ok(bench.state.kind === 'waiting' && bench.state.retryInMs <= 1_000);
    bench.back();
    assert.equal(bench.find('open').hello.ping_ms, 30_000);
  });

  it('widens the heartbeat while pings come, and answers them', () => {
    const bench = new Bench().online();
    for (let i = 0; i < 3; i += 1) bench.frame({ t: 'ping' });
    assert.deepEqual(bench.sent(), [{ t: 'pong' }]);
    bench.frame({ t: 'ping' });
    assert.deepEqual(bench.sent(), [{ t: 'ping', ping_ms: 45_000 }, { t: 'pong' }]);
    bench.frame({ t: 'pong', ping_ms: 45_000 });
    assert.ok(!bench.pass(54_999).some(({ kind }) => kind === 'close'));
  });

  it('falls back transport by transport, tells the gateway no fault of it, and finds its way up again', () => {
    const bench = new Bench();
    bench.say({ kind: 'connect' });
    bench.say({ kind: 'token', token: TOKEN });
    const seen: TransportName[] = [];
    for (let i = 0; i < 6; i += 1) {
      seen.push(bench.transport);
      bench.close();
      bench.back();
    }
    assert.deepEqual(seen, ['websocket', 'websocket', 'sse', 'sse', 'poll', 'poll']);
    bench.close();
    bench.back();
    bench.close();
    bench.back();
    assert.equal(bench.transport, 'sse');
    bench.gateway(4006, 10);
    bench.back();
    assert.equal(bench.transport, 'sse', 'a refusal is no fault of the transport');
    bench.welcome({ ping_ms: 240_000 });
    bench.pass(10_000);
    assert.equal(bench.machine.saved('link', bench.now)?.ladder.transport, 'sse');
    assert.ok(bench.pass(30_000).some(({ kind }) => kind === 'try'));
    bench.say({ kind: 'tried', works: false });
    assert.equal(bench.count('close'), 0);
    assert.ok(bench.pass(60_000).some(({ kind }) => kind === 'try'));
    bench.say({ kind: 'tried', works: true });
    assert.equal(bench.transport, 'websocket');
  });

  it('begins with the transport that worked, for a day', () => {
    const link = { ladder: { transport: 'poll' as const, at: 1_000_000 }, heartbeat: { wishMs: 30_000 } };
    const at = (now: number) => {
      const bench = new Bench({ saved: { link }, now });
      bench.say({ kind: 'connect' });
      bench.say({ kind: 'token', token: TOKEN });
      return bench.transport;
    };
    assert.deepEqual([at(1_000_000), at(1_000_000 + 24 * 3_600_000)], ['poll', 'websocket']);
  });

  it('makes the connection anew when a frame is missing or none', () => {
    for (const frame of [
      { t: 'push', seq: 1 },
      'text',
      { t: 1 },
      { t: 'push', seq: 2, id: 'a', cursor: 'c', tag: 'a', show: true },
    ]) {
      const bench = new Bench().online();
      bench.frame(frame as object);
      assert.deepEqual([bench.count('close'), bench.state.kind], [1, 'waiting'], JSON.stringify(frame));
      assert.equal(bench.find('error').error.code, 'bad_frame');
    }
    const bench = new Bench().online();
    bench.frame({ t: 'of_a_later_version', x: 1 });
    assert.equal(bench.state.kind, 'online');
  });

  it('hears nothing of a connection that is over', () => {
    const bench = new Bench().online();
    const old = bench.link;
    bench.close();
    bench.back();
    bench.say({ kind: 'frame', link: old, frame: { t: 'bye', code: 4502, reason: 'not_theirs' } });
    bench.say({ kind: 'closed', link: old, end: { kind: 'gateway', code: 4509, why: 'replaced' } });
    assert.equal(bench.state.kind, 'connecting');
  });
});

/** One step of a bad day. */
type Step = 'send' | 'pump' | 'cut' | 'finish' | 'restart' | 'drain' | 'lose_done' | 'time';
const STEPS: readonly Step[] = [
  'send',
  'send',
  'pump',
  'pump',
  'finish',
  'finish',
  'cut',
  'restart',
  'drain',
  'lose_done',
  'time',
];

/** A gateway with a mailbox, a machine, and an app that handles one message after the other. */
class Day {
  letters: number[] = [];
  sent = 0;
  handled: number[] = [];
  queue: number[] = [];
  bench = new Bench();
  seq = 0;
  inFlight = new Set<number>();
  losesDone = false;
  isOnline = false;

  start(saved: Saved): void {
    const { now } = this.bench;
    this.bench = new Bench({ saved, now });
    this.bench.now = now;
    this.queue = [];
    this.isOnline = false;
    this.react(this.bench.say({ kind: 'connect' }));
  }
  react(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'ask_token') this.react(this.bench.say({ kind: 'token', token: TOKEN }));
      else if (effect.kind === 'open') {
        this.seq = 0;
        this.inFlight.clear();
        this.isOnline = true;
        const cursor = effect.hello.cursor;
        const resumed = cursor !== undefined;
        const frame = { t: 'welcome', cursor: cursor ?? 'p0', resumed, ping_ms: 240_000 };
        this.react(this.bench.say({ kind: 'frame', link: effect.link, frame }));
      } else if (effect.kind === 'close') this.isOnline = false;
      else if (effect.kind === 'hand') this.queue.push(Number(effect.message.id));
      else if (effect.kind === 'send' && effect.frame.t === 'done' && this.isOnline) {
        if (this.losesDone) continue;
        const ids = effect.frame.ids.map(Number);
        this.letters = this.letters.filter((letter) => !ids.includes(letter));
        for (const id of ids) this.inFlight.delete(id);
      }
    }
  }
  pump(): void {
    const next = this.letters.find((letter) => !this.inFlight.has(letter));
    if (!this.isOnline || next === undefined || this.inFlight.size >= 8) return;
    this.inFlight.add(next);
    this.seq += 1;
    this.react(this.bench.push(this.seq, String(next)));
  }
  cut(): void {
    this.losesDone = false;
    if (!this.isOnline) return;
    this.isOnline = false;
    this.react(this.bench.close());
  }
  step(step: Step): void {
    switch (step) {
      case 'send':
        this.sent += 1;
        this.letters.push(this.sent);
        return;
      case 'pump':
        this.pump();
        return;
      case 'cut':
        this.cut();
        return;
      case 'finish': {
        const id = this.queue.shift();
        if (id === undefined) return;
        this.handled.push(id);
        this.react(this.bench.say({ kind: 'ended', id: String(id) }));
        this.react(this.bench.say({ kind: 'kept', ids: [String(id)], keys: [] }));
        return;
      }
      case 'restart':
        this.cut();
        this.start({ inbox: this.bench.machine.saved('inbox', this.bench.now) ?? { ids: [] } });
        return;
      case 'drain':
        if (this.isOnline)
          this.react(this.bench.frame({ t: 'bye', code: 4000, reason: 'draining', retry_after_ms: 5 }));
        return;
      case 'lose_done':
        this.losesDone = true; // until the connection that loses them is cut
        return;
      case 'time':
        for (let i = 0; i < 3 && !this.isOnline; i += 1) this.react(this.bench.back());
        return;
    }
  }
}

describe('the client through bad days', () => {
  it('hands each message over exactly once and in order, and empties the mailbox in the end', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...STEPS), { maxLength: 120 }), (steps) => {
        const day = new Day();
        day.start({});
        for (const step of steps) day.step(step);
        for (let i = 0; i < 3 || day.letters.length > 0; i += 1) {
          assert.ok(i < 1_000, `${day.letters.length} letters are never done`);
          if (i === 0) day.cut();
          for (const step of ['time', 'pump', 'finish'] as const) day.step(step);
        }
        assert.deepEqual(
          day.handled,
          Array.from({ length: day.sent }, (_, i) => i + 1),
        );
      }),
      { numRuns: 500 },
    );
  });
});
