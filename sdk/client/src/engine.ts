/** Drives the state machine with real sockets, timers and storage. */
import type { Clear, Gap, RealtimeError, RealtimeMessage, RealtimeState, Sent } from './events.js';
import type { EventBody } from './frames.js';
import { HEARTBEAT } from './heartbeat.js';
import { createMachine } from './machine.js';
import type { Effect, Input, Machine, Saved } from './machine-words.js';
import type { TokenReason } from './options.js';
import type { Settings } from './settings.js';
import { openPoll } from './transports/poll.js';
import { openSse } from './transports/sse.js';
import { openWebSocket, tryWebSocket } from './transports/websocket.js';
import type { Wire } from './transports/wire.js';

/** A function of the app that takes longer has failed. */
const CALLBACK_MS = 30_000;
const OPENERS = { websocket: openWebSocket, sse: openSse, poll: openPoll };

/** Where an engine tells what happens. */
export interface EngineEvents {
  /** Resolves when the app has dealt with it; `false` when it was dropped. */
  hand(message: RealtimeMessage): Promise<boolean>;
  drop(): void;
  clear(clear: Clear): void;
  gap(gap: Gap): void;
  resync(): void;
  state(state: RealtimeState): void;
  error(error: RealtimeError): void;
  settled(key: string, sent: Sent | { readonly kind: 'full' }): void;
}

export interface Engine {
  connect(): void;
  setToken(token: string): void;
  say(key: string, body: EventBody): void;
  hint(hint: 'online' | 'offline' | 'visible'): void;
  close(): void;
}

/** @param saved what an earlier engine of this device has kept */
export function createEngine(settings: Settings, saved: Saved, events: EngineEvents): Engine {
  const { clock, storage, name } = settings;
  const machine: Machine = createMachine({
    transports: settings.transports,
    saved,
    random: settings.random,
    now: clock.now(),
    bounds: { ...HEARTBEAT, ...settings.ping },
    canRenew: settings.getToken !== undefined,
    canRegister: settings.register !== undefined,
  });
  let wire: Wire | undefined;
  let isClosed = false;
  let stopTimer = () => {};
  const inputs: Input[] = [];
  const saving = new Map<keyof Saved, { ids: string[]; keys: string[]; isUnderWay: boolean; isDirty: boolean }>();

  /** One input after the other: listeners may say something in the middle of what one led to. */
  function next(input: Input): void {
    if (isClosed) return;
    inputs.push(input);
    if (inputs.length > 1) return;
    for (let one = inputs[0]; one !== undefined && !isClosed; inputs.shift(), one = inputs[0]) {
      for (const effect of machine.next(one, clock.now())) carryOut(effect);
      isClosed = one.kind === 'close';
    }
    stopTimer();
    const at = isClosed ? undefined : machine.wakeAt;
    if (at !== undefined) stopTimer = clock.after(Math.max(0, at - clock.now()), () => next({ kind: 'tick' }));
  }

  function carryOut(effect: Effect): void {
    switch (effect.kind) {
      case 'ask_token':
        bounded(
          () => askToken(effect.why),
          (token) => next({ kind: 'token', token }),
          (cause) => next({ kind: 'token_failed', cause }),
        );
        return;
      case 'register':
        bounded(
          async () => settings.register?.(),
          () => next({ kind: 'registered' }),
          (cause) => next({ kind: 'register_failed', cause }),
        );
        return;
      case 'open': {
        const { link, transport, hello } = effect;
        wire?.close();
        wire = OPENERS[transport]({
          ...settings,
          hello,
          events: {
            frame: (frame) => next({ kind: 'frame', link, frame }),
            closed: (end) => next({ kind: 'closed', link, end }),
          },
        });
        return;
      }
      case 'send':
        wire?.send(effect.frame);
        return;
      case 'close':
        wire?.close();
        wire = undefined;
        return;
      case 'try':
        if (effect.transport !== 'websocket') {
          next({ kind: 'tried', works: true });
          return;
        }
        return void tryWebSocket(settings).then((works) => next({ kind: 'tried', works }));
      case 'hand': {
        const { id } = effect.message;
        return void events.hand(effect.message).then((handled) => (handled ? next({ kind: 'ended', id }) : undefined));
      }
      case 'drop':
        events.drop();
        return;
      case 'settled':
        events.settled(effect.key, effect.sent);
        return;
      case 'save':
        save(effect.part, effect.ids ?? [], effect.keys ?? []);
        return;
      case 'clear':
        events.clear(effect.clear);
        return;
      case 'gap':
        events.gap(effect.gap);
        return;
      case 'resync':
        events.resync();
        return;
      case 'state':
        events.state(effect.state);
        return;
      case 'error':
        events.error(effect.error);
        return;
    }
  }

  async function askToken(why: TokenReason): Promise<string> {
    const token = await (settings.getToken?.(why) ?? settings.token);
    if (typeof token === 'string' && token !== '') return token;
    throw new TypeError("'token' must give an access token");
  }

  function bounded<T>(call: () => Promise<T>, then: (value: T) => void, failed: (cause: unknown) => void): void {
    let isOver = false;
    const once = (end: () => void) => {
      if (isOver) return;
      isOver = true;
      stop();
      end();
    };
    const stop = clock.after(CALLBACK_MS, () => once(() => failed(new Error('it took longer than 30 s'))));
    // In a turn of its own: the machine is in the middle of something.
    Promise.resolve()
      .then(call)
      .then(
        (value) => once(() => then(value)),
        (cause: unknown) => once(() => failed(cause)),
      );
  }

  /** One write of a part at a time; what changes meanwhile goes with the next. */
  function save(part: keyof Saved, ids: readonly string[], keys: readonly string[]): void {
    const slot = saving.get(part) ?? { ids: [], keys: [], isUnderWay: false, isDirty: false };
    saving.set(part, slot);
    slot.ids.push(...ids);
    slot.keys.push(...keys);
    slot.isDirty = true;
    if (slot.isUnderWay) return;
    slot.isUnderWay = true;
    void (async () => {
      await Promise.resolve();
      while (slot.isDirty) {
        slot.isDirty = false;
        const taken = { ids: slot.ids.splice(0), keys: slot.keys.splice(0) };
        await write(part);
        if (taken.ids.length + taken.keys.length > 0) next({ kind: 'kept', ...taken });
      }
      slot.isUnderWay = false;
    })();
  }

  async function write(part: keyof Saved): Promise<void> {
    try {
      await storage.set(`${name}.${part}`, JSON.stringify(machine.saved(part, clock.now())));
    } catch (cause) {
      events.error({ code: 'storage_failed', detail: `${part} could not be kept`, cause });
    }
  }

  return {
    connect: () => next({ kind: 'connect' }),
    setToken: (token) => next({ kind: 'set_token', token }),
    say: (key, body) => next({ kind: 'say', key, body }),
    hint: (hint) => next({ kind: 'hint', hint }),
    close() {
      next({ kind: 'close' });
      // At once: the next client of this name may be made in this very turn, and reads what is kept.
      for (const [part, slot] of saving) {
        if (slot.isDirty) void write(part);
        slot.isDirty = false;
      }
    },
  };
}

/** What an engine of this name has kept; a part that cannot be read counts as lost. */
export async function loadSaved({ storage, name }: Settings): Promise<Saved> {
  const read = async (part: keyof Saved, fits: (value: Record<string, unknown>) => boolean) => {
    try {
      const value: unknown = JSON.parse((await storage.get(`${name}.${part}`)) ?? 'null');
      return typeof value === 'object' && value !== null && fits(value as Record<string, unknown>)
        ? { [part]: value }
        : {};
    } catch {
      return {};
    }
  };
  const parts = await Promise.all([
    read('inbox', ({ ids }) => Array.isArray(ids)),
    read('outbox', ({ stream, n, items, keys }) => {
      return typeof stream === 'string' && typeof n === 'number' && Array.isArray(items) && Array.isArray(keys);
    }),
    read('link', ({ ladder, heartbeat }) => typeof ladder === 'object' && typeof heartbeat === 'object'),
  ]);
  return Object.assign({}, ...parts) as Saved; // As written by `save`, their shapes just looked at.
}
