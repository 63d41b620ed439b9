import { createDispatcher } from './dispatcher.js';
import type { Listener, RealtimeError, RealtimeEvents, RealtimeState, Sent } from './events.js';
import type { EventBody } from './frames.js';
import type { RealtimeOptions } from './options.js';
import { newStream } from './outbox.js';
import { attempt, platform } from './platform.js';
import { createSolo, type SeatEvents } from './seat.js';
import { readSettings } from './settings.js';
import { createTab } from './tabs/tab.js';
import { watchPlatform } from './watch-platform.js';

/** The gateway takes no more of an upstream message. */
const DATA_CHARS_MAX = 16 * 1024;
const FEEDBACK_CHARS_MAX = 4 * 1024;

/** A device's connection to its gateway. */
export interface Realtime {
  readonly state: RealtimeState;
  /**
   * Hears of something. A `message` waits until there is a handler for it, and is done once every handler has resolved;
   * one that rejects is called again, up to `tries` times.
   *
   * @returns what ends it
   */
  on<E extends keyof RealtimeEvents>(event: E, listener: Listener<RealtimeEvents[E]>): () => void;
  /** Begins, or begins again after `stopped`. */
  connect(): void;
  /** A new access token, of another user perhaps; where it was given as text. */
  setToken(token: string): void;
  /** The person has seen the notification of this message. */
  displayed(messageId: string): Promise<Sent>;
  /** The person has opened it, by this action if one was chosen. */
  opened(messageId: string, action?: string): Promise<Sent>;
  /** The person has swept it away. */
  dismissed(messageId: string): Promise<Sent>;
  /**
   * The message led to something.
   *
   * @param name 1 to 64 of the characters `A-Z a-z 0-9 . _ -`, such as `purchase`
   * @param worth `currency` is ISO 4217, such as `EUR`
   */
  converted(
    messageId: string,
    name: string,
    worth?: { readonly value: number; readonly currency?: string },
  ): Promise<Sent>;
  /** What the person says, of a message or of the app; at most 4 KiB as JSON, and 8 levels. */
  feedback(data: Readonly<Record<string, unknown>>, messageId?: string): Promise<Sent>;
  /**
   * A message to the app's own server. Kept at once, and repeated until it is safe, also after a restart.
   * Resolves when the gateway has it, or can never take it; it never rejects.
   */
  send(topic: string, data: Readonly<Record<string, unknown>>): Promise<Sent>;
  /** The network or the person is back: try now. Of use where the platform does not say so by itself. */
  wake(): void;
  /** Ends the connection. What was sent and is not safe is kept for the next. */
  close(): void;
}

/**
 * A device's connection to a Pealbell gateway. Does nothing until `connect()`.
 *
 * @example
 * ```ts
 * const realtime = createRealtime({ url: 'https://push.example.com', token: () => fetchAccessToken() });
 * realtime.on('message', async ({ notification, data }) => show(notification, data));
 * realtime.on('resync', () => loadEverything());
 * realtime.connect();
 * ```
 * @throws TypeError for options that can never work, with what to give instead
 */
export function createRealtime(options: RealtimeOptions): Realtime {
  const settings = readSettings(options);
  const listeners = new Map<keyof RealtimeEvents, Set<Listener<never>>>();
  const promises = new Map<string, (sent: Sent) => void>();
  let state: RealtimeState = { kind: 'idle' };

  function emit<E extends Exclude<keyof RealtimeEvents, 'message'>>(event: E, value: RealtimeEvents[E]): void {
    for (const listener of [...(listeners.get(event) ?? [])]) {
      try {
        (listener as Listener<RealtimeEvents[E]>)(value);
      } catch (cause) {
        // One listener's mistake must stop neither the others nor the connection.
        if (event !== 'error') error({ code: 'handler_failed', detail: `a listener of '${event}' threw`, cause });
      }
    }
  }
  const error = (value: RealtimeError) => emit('error', value);
  const dispatcher = createDispatcher({ ...settings, error });

  const tellWorker = (word: object) => platform.navigator?.serviceWorker?.controller?.postMessage(word);
  const events: SeatEvents = {
    clear: (clear) => emit('clear', clear),
    gap: (gap) => emit('gap', gap),
    resync: () => emit('resync', undefined),
    state(next) {
      state = next;
      emit('state', next);
    },
    error,
    settled(key, sent) {
      const resolve = promises.get(key);
      promises.delete(key);
      resolve?.(
        sent.kind === 'full' ? refuse('outbox_full', 'too much waits already to be said to the gateway') : sent,
      );
    },
    holder: {
      shown: (id, tag) => tellWorker({ pealbell: 'shown', id, tag }),
      cleared: (tags) => tellWorker({ pealbell: 'clear', tags }),
    },
  };
  const newId = () => newStream(settings.random);
  const shared = findShared(options, settings.name);
  const setup = { settings, dispatcher, events };
  const seat = shared === undefined ? createSolo(setup) : createTab({ ...setup, ...shared, id: newId() });
  const unwatch = watchPlatform((hint) => seat.hint(hint));

  function refuse(code: string, detail: string): Sent {
    error({ code: 'refused', detail });
    return { kind: 'refused', code, detail };
  }

  function say(body: EventBody): Promise<Sent> {
    if (state.kind === 'closed') return Promise.resolve(refuse('closed', 'this client was closed'));
    return new Promise((resolve) => {
      const key = newId();
      promises.set(key, resolve);
      seat.say(key, body);
    });
  }
  const at = () => new Date(settings.clock.now()).toISOString();

  return {
    get state() {
      return state;
    },
    on(event, listener) {
      if (event === 'message') {
        const remove = dispatcher.add(listener as Listener<RealtimeEvents['message']>);
        seat.handlersChanged();
        return () => {
          remove();
          seat.handlersChanged();
        };
      }
      const found = listeners.get(event) ?? new Set();
      listeners.set(event, found.add(listener as Listener<never>));
      return () => void found.delete(listener as Listener<never>);
    },
    connect: () => seat.connect(),
    setToken: (token) => seat.setToken(token),
    displayed: (id) => say({ t: 'event', id, event: 'displayed', at: at() }),
    opened: (id, action) =>
      say({ t: 'event', id, event: 'opened', at: at(), ...(action === undefined ? {} : { action }) }),
    dismissed: (id) => say({ t: 'event', id, event: 'dismissed', at: at() }),
    converted: (id, name, worth) => say({ t: 'event', id, event: 'converted', name, ...worth, at: at() }),
    feedback(data, id) {
      if (JSON.stringify(data).length > FEEDBACK_CHARS_MAX)
        return Promise.resolve(refuse('payload_too_large', `feedback has at most ${FEEDBACK_CHARS_MAX} characters`));
      return say({ t: 'event', event: 'feedback', data, at: at(), ...(id === undefined ? {} : { id }) });
    },
    send(topic, data) {
      if (JSON.stringify(data).length > DATA_CHARS_MAX)
        return Promise.resolve(
          refuse('payload_too_large', `the data of an upstream message has at most ${DATA_CHARS_MAX} characters`),
        );
      return say({ t: 'up', topic, data });
    },
    wake: () => seat.hint('online'),
    close() {
      unwatch();
      seat.close();
      for (const resolve of promises.values()) resolve({ kind: 'kept' });
      promises.clear();
    },
  };
}

function findShared({ tabs }: RealtimeOptions, name: string) {
  if (tabs === false) return undefined;
  if (typeof tabs === 'object') return { locks: tabs.locks, channel: tabs.channel(`${name}.tabs`) };
  const locks = attempt(() => platform.navigator?.locks);
  const Channel = platform.BroadcastChannel;
  // Without a document it is no tab: a process has as many clients as it makes.
  if (locks === undefined || Channel === undefined || (tabs !== true && platform.document === undefined))
    return undefined;
  return { locks, channel: new Channel(`${name}.tabs`) };
}
