/**
 * The life of a device's connection as a state machine: pure, with time and chance from outside. What frames of a
 * standing connection mean is `session.ts`.
 */
import { retryDelayMs } from './backoff.js';
import { readClaims, renewAfterMs } from './claims.js';
import { SILENT, TOKEN_EXPIRED, verdictOf } from './close-codes.js';
import type { RealtimeState } from './events.js';
import { readFrame, type Welcome } from './frames.js';
import { createHeartbeat } from './heartbeat.js';
import { createInbox } from './inbox.js';
import { createLadder } from './ladder.js';
import type { Effect, End, Input, Machine, MachineSetup } from './machine-words.js';
import type { TokenReason, TransportName } from './options.js';
import { createOutbox } from './outbox.js';
import { createSession } from './session.js';

/** From the first byte to `welcome`. */
const OPEN_MS = 10_000;
/** A connection is dead when it has been silent for its heartbeat and this. */
const GRACE_MS = 10_000;
/** A connection that has stood for so long was a good one. */
const STABLE_MS = 10_000;
/** After a hint that the network may be gone, something must be heard within this. */
const CHECK_MS = 5_000;
/** Timers that come later than this have slept along with the machine. */
const SLEPT_MS = 5_000;
/** The most that a wait is cut short to when the network or the person is back. */
const HINT_WAIT_MS = 1_000;

type Phase = 'idle' | 'token' | 'opening' | 'online' | 'waiting' | 'registering' | 'stopped' | 'closed';

export function createMachine(setup: MachineSetup): Machine {
  const { random, canRenew, canRegister } = setup;
  const inbox = createInbox(setup.saved.inbox);
  const outbox = createOutbox(setup.saved.outbox, random);
  const heartbeat = createHeartbeat(setup.saved.link?.heartbeat, setup.bounds);
  const ladder = createLadder(setup.transports, setup.saved.link?.ladder, setup.now);
  let who = setup.saved.inbox?.who;

  let effects: Effect[] = [];
  const emit = (effect: Effect) => void effects.push(effect);
  const session = createSession({ inbox, outbox, heartbeat, emit });

  let phase: Phase = 'idle';
  let link = 0;
  let transport: TransportName = 'poll';
  let token: string | undefined;
  let asking: TokenReason | undefined;
  let refused: { readonly token: string; readonly code: number; readonly why: string } | undefined;
  let failures = 0;
  let onlineSince = 0;
  let heardAt = 0;
  let isHinted = false;
  /** When each thing is due. */
  let due: { open?: number; retry?: number; stable?: number; check?: number; renew?: number } = {};

  const state = (told: RealtimeState) => emit({ kind: 'state', state: told });

  const renewal = () => (due.renew === undefined ? {} : { renew: due.renew });

  function wakeAt(): number | undefined {
    const alive = phase === 'online' && transport !== 'poll' ? heardAt + session.pingMs + GRACE_MS : undefined;
    const up = phase === 'online' ? ladder.upAt : undefined;
    const times = [due.open, due.retry, due.stable, due.check, due.renew, alive, up].filter((at) => at !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  function begin(now: number): void {
    if (token === undefined) {
      ask(refused === undefined ? 'first' : reasonOf(refused.code));
      return;
    }
    link += 1;
    phase = 'opening';
    transport = ladder.current;
    due = { ...renewal(), open: now + OPEN_MS };
    state({ kind: 'connecting', transport });
    const { cursor } = inbox;
    const hello = {
      token,
      ping_ms: heartbeat.wishMs,
      stream: outbox.stream,
      ...(cursor === undefined ? {} : { cursor }),
    };
    emit({ kind: 'open', link, transport, hello: { t: 'hello', ...hello } });
  }

  function ask(why: TokenReason): void {
    if (phase !== 'online') {
      phase = 'token';
      due = {};
      state({ kind: 'connecting' });
    }
    if (asking !== undefined) return;
    asking = why;
    emit({ kind: 'ask_token', why });
  }

  function adopt(next: string, now: number): void {
    token = next;
    refused = undefined;
    const claims = readClaims(next);
    const after = canRenew ? renewAfterMs(claims, now) : undefined;
    if (after === undefined) delete due.renew;
    else due.renew = now + after;
    if (claims.device === undefined) return;
    const owner = `${claims.device} ${claims.sub ?? ''}`;
    // What was kept for somebody else is neither shown to this user nor said in their name.
    if (who !== undefined && who !== owner) forget();
    who = owner;
  }

  function forget(): void {
    inbox.forget();
    outbox.forget();
    emit({ kind: 'drop' });
    emit({ kind: 'save', part: 'inbox' });
    emit({ kind: 'save', part: 'outbox' });
  }

  function takeToken(next: string, now: number): void {
    const why = asking ?? 'expired';
    asking = undefined;
    if (phase === 'token' && next === refused?.token) {
      if (refused.code !== TOKEN_EXPIRED) {
        stop(refused.code, refused.why);
        return;
      }
      emit({ kind: 'error', error: { code: 'token_failed', detail: 'the token given is the one that has expired' } });
      wait(now, undefined, why);
      return;
    }
    setToken(next, now, phase === 'token');
  }

  /** @param comesBack whether a connection that stands still is to begin with it */
  function setToken(next: string, now: number, comesBack: boolean): void {
    if (phase === 'stopped' && !comesBack) return;
    adopt(next, now);
    // A stream that was asked for with one access token cannot be told another.
    if (phase === 'online' && transport !== 'sse') emit({ kind: 'send', frame: { t: 'refresh', token: next } });
    else if (phase === 'online' || phase === 'opening') reopen(now);
    else if (phase === 'token' || phase === 'stopped') {
      failures = phase === 'stopped' ? 0 : failures;
      begin(now);
    }
  }

  /** At once, and not as a failure. */
  function reopen(now: number): void {
    emit({ kind: 'close' });
    begin(now);
  }

  function wait(now: number, hintMs: number | undefined, why: string): void {
    const retryInMs = retryDelayMs(failures, hintMs, random);
    failures += 1;
    isHinted = hintMs !== undefined;
    phase = 'waiting';
    due = { ...renewal(), retry: now + retryInMs };
    state({ kind: 'waiting', retryInMs, why });
  }

  function stop(code: number, why: string): void {
    phase = 'stopped';
    due = {};
    state({ kind: 'stopped', code, why });
  }

  function lost(end: End, now: number, wasSilent = false): void {
    const stood = phase === 'online' && now - onlineSince >= STABLE_MS;
    link += 1; // Whatever the old one still says is not heard.
    if (stood) failures = 0;
    if (wasSilent || (end.kind === 'gateway' && end.code === SILENT && phase === 'online')) {
      heartbeat.dropped(session.pingMs, now);
      emit({ kind: 'save', part: 'link' });
    }
    if (end.kind === 'network') {
      if (!stood) ladder.failed();
      wait(now, undefined, end.why);
      return;
    }
    const { code, why, retryAfterMs } = end;
    switch (verdictOf(code)) {
      case 'again':
        wait(now, retryAfterMs, why);
        return;
      case 'empty':
      case 'new_token': {
        if (verdictOf(code) === 'empty') {
          who = undefined;
          forget();
        }
        if (!canRenew) {
          stop(code, why);
          return;
        }
        if (token !== undefined) refused = { token, code, why };
        token = undefined;
        delete due.renew;
        wait(now, retryAfterMs, why);
        return;
      }
      case 'register':
        if (!canRegister) {
          stop(code, why);
          return;
        }
        phase = 'registering';
        due = {};
        state({ kind: 'connecting' });
        emit({ kind: 'register' });
        return;
      case 'stop':
        stop(code, why);
        return;
    }
  }

  function cut(end: End, now: number, wasSilent = false): void {
    emit({ kind: 'close' });
    lost(end, now, wasSilent);
  }

  function welcome(frame: Welcome, now: number): void {
    phase = 'online';
    onlineSince = now;
    due = { ...renewal(), stable: now + STABLE_MS };
    heartbeat.begin();
    if (!session.begin(frame)) {
      reopen(now);
      return;
    }
    state({ kind: 'online', transport });
    session.flush();
  }

  function hear(raw: unknown, now: number): void {
    heardAt = now;
    delete due.check;
    const frame = readFrame(raw);
    if (frame === 'unknown') return;
    if (frame === 'broken') {
      broken('what came from the gateway is no frame of the protocol', now);
      return;
    }
    if (frame.t === 'bye') {
      const { code, reason, retry_after_ms } = frame;
      const hint = retry_after_ms === undefined ? {} : { retryAfterMs: retry_after_ms };
      cut({ kind: 'gateway', code, why: reason, ...hint }, now);
      return;
    }
    if (frame.t === 'welcome') {
      // Another process may answer the next poll, with a session of its own.
      if (phase === 'opening' || phase === 'online') welcome(frame, now);
      return;
    }
    if (phase !== 'online') return;
    const fault = session.frame(frame, now);
    if (fault !== undefined) broken(fault, now);
  }

  function broken(detail: string, now: number): void {
    emit({ kind: 'error', error: { code: 'bad_frame', detail } });
    cut({ kind: 'network', why: detail }, now);
  }

  function tick(now: number): void {
    const planned = wakeAt();
    if (planned === undefined || now < planned) return;
    const slept = now - planned > SLEPT_MS;
    if (isDue(due.open, now)) {
      cut({ kind: 'network', why: 'no answer within 10 s' }, now);
      return;
    }
    if (isDue(due.retry, now)) {
      begin(now);
      return;
    }
    if (isDue(due.check, now)) {
      cut({ kind: 'network', why: 'no answer to a ping' }, now);
      return;
    }
    if (isDue(due.renew, now)) {
      delete due.renew;
      if (phase === 'online') ask('renewal');
      else token = undefined;
    }
    if (phase !== 'online') return;
    if (transport !== 'poll' && isDue(heardAt + session.pingMs + GRACE_MS, now)) {
      if (slept) failures = 0;
      cut({ kind: 'network', why: 'nothing was heard for too long' }, now, !slept);
      return;
    }
    if (isDue(due.stable, now)) {
      delete due.stable;
      failures = 0;
      ladder.worked(now);
      emit({ kind: 'save', part: 'link' });
    }
    if (isDue(ladder.upAt, now)) {
      ladder.tried(false, now); // Until it is known to work, the next look is later.
      emit({ kind: 'try', transport: setup.transports[0] ?? 'poll' });
    }
  }

  function hint(what: 'online' | 'offline' | 'visible', now: number): void {
    if (what === 'online' && (phase !== 'online' || ladder.upAt !== undefined)) ladder.changed(now);
    if (phase === 'waiting' && what !== 'offline' && !isHinted && due.retry !== undefined) {
      due.retry = Math.min(due.retry, now + Math.floor(random() * HINT_WAIT_MS));
    } else if (phase === 'online' && transport === 'websocket' && due.check === undefined && now - heardAt > CHECK_MS) {
      due.check = now + CHECK_MS;
      emit({ kind: 'send', frame: { t: 'ping' } });
    }
  }

  function take(input: Input, now: number): void {
    if (phase === 'closed') return;
    switch (input.kind) {
      case 'connect':
        if (phase !== 'idle' && phase !== 'stopped') return;
        failures = 0;
        begin(now);
        return;
      case 'close':
        link += 1;
        phase = 'closed';
        due = {};
        emit({ kind: 'close' });
        state({ kind: 'closed' });
        return;
      case 'tick':
        tick(now);
        return;
      case 'token':
        takeToken(input.token, now);
        return;
      case 'set_token':
        asking = undefined;
        setToken(input.token, now, true);
        return;
      case 'token_failed':
        asking = undefined;
        emit({ kind: 'error', error: { code: 'token_failed', detail: 'no access token came', cause: input.cause } });
        if (phase === 'online') due.renew = now + 30_000;
        else if (phase === 'token') wait(now, undefined, 'no access token came');
        return;
      case 'registered':
        if (phase === 'registering') wait(now, undefined, 'registered');
        return;
      case 'register_failed':
        emit({ kind: 'error', error: { code: 'register_failed', detail: 'registering failed', cause: input.cause } });
        if (phase === 'registering') wait(now, undefined, 'registering failed');
        return;
      case 'frame':
        if (input.link === link) hear(input.frame, now);
        return;
      case 'closed':
        if (input.link === link) lost(input.end, now);
        return;
      case 'tried':
        if (phase === 'online' && input.works && ladder.tried(true, now)) reopen(now);
        return;
      case 'ended':
        session.ended(input.id);
        return;
      case 'kept':
        session.kept(input.ids, input.keys, phase === 'online');
        return;
      case 'say':
        session.say(input.key, input.body);
        return;
      case 'hint':
        hint(input.hint, now);
        return;
    }
  }

  return {
    next(input, now) {
      take(input, now);
      const told = effects;
      effects = [];
      return told;
    },
    get wakeAt() {
      return wakeAt();
    },
    saved(part, now) {
      const parts = {
        inbox: { ...inbox.saved(), ...(who === undefined ? {} : { who }) },
        outbox: outbox.saved(),
        link: { ladder: ladder.saved(now), heartbeat: heartbeat.saved() },
      };
      return parts[part];
    },
  };
}

function isDue(at: number | undefined, now: number): boolean {
  return at !== undefined && now >= at;
}

function reasonOf(code: number): TokenReason {
  if (code === TOKEN_EXPIRED) return 'expired';
  return code === 4511 ? 'user_changed' : 'refused';
}
