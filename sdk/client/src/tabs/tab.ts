/**
 * One of several tabs that are one device: whoever has the lock holds the connection, the others hear by channel.
 * When the holder dies, the platform gives its lock to another tab, which goes on from what is kept in the storage
 * that they share. A tab remembers what it has handled, so nothing is handled twice in it.
 */

import type { Engine } from '../engine.js';
import type { RealtimeError } from '../events.js';
import type { EventBody } from '../frames.js';
import type { ChannelLike, LocksLike } from '../platform.js';
import { openEngine, type Seat, type SeatSetup } from '../seat.js';
import { createRollCall, type RollCall } from './roll-call.js';
import type { TabWord, Told } from './words.js';

/** Before it connects, a new holder gives the other tabs so long to say that they are there. */
const ROLL_MS = 50;

export interface TabSetup extends SeatSetup {
  readonly id: string;
  readonly locks: LocksLike;
  readonly channel: ChannelLike;
}

export function createTab(setup: TabSetup): Seat {
  const { dispatcher, events, channel, locks, id } = setup;
  let { settings } = setup;
  /** Said here, and not known to be safe. */
  const unsettled = new Map<string, EventBody>();
  let wantsConnection = false;
  let isClosed = false;
  let letGo = () => {};
  let lead: { readonly engine: Engine; readonly roll: RollCall } | undefined;
  let lastState: TabWord | undefined;

  const post = (word: TabWord) => {
    if (!isClosed) channel.postMessage(word);
  };
  const here = () => post({ k: 'here', tab: id, wants: dispatcher.hasHandlers });

  channel.onmessage = ({ data }: { data: TabWord }) => hear(data);

  function hear(word: TabWord): void {
    if (isClosed) return;
    switch (word.k) {
      case 'lead':
        here();
        if (wantsConnection) post({ k: 'connect' });
        for (const [key, body] of unsettled) post({ k: 'say', key, body });
        return;
      case 'message':
        if (!dispatcher.hasHandlers) return;
        return void dispatcher.deliver(word.message).then((handled) => {
          if (handled) post({ k: 'ended', tab: id, id: word.message.id });
        });
      case 'drop':
        dispatcher.drop();
        return;
      case 'settled':
        if (unsettled.delete(word.key)) events.settled(word.key, word.sent);
        return;
      case 'event':
        if (word.tab === undefined || word.tab === id) (events[word.type] as (event: unknown) => void)(word.event);
        return;
      case 'token':
        settings = { ...settings, token: word.token };
        lead?.engine.setToken(word.token);
        return;
      case 'here':
        if (lead !== undefined && lastState !== undefined) post({ ...lastState, tab: word.tab } as TabWord);
        lead?.roll.here(word.tab, word.wants);
        return;
      case 'bye':
        lead?.roll.bye(word.tab);
        return;
      case 'ended':
        lead?.roll.ended(word.tab, word.id);
        return;
      case 'say':
        lead?.engine.say(word.key, word.body);
        return;
      case 'connect':
        lead?.engine.connect();
        return;
      case 'hint':
        lead?.engine.hint(word.hint);
        return;
    }
  }

  /** For the other tabs and for this one. */
  function tell(type: Told, event: unknown): void {
    // What one of the app's functions threw need not fit through a channel.
    const { cause, ...rest } = (event ?? {}) as Partial<RealtimeError>;
    const word = {
      k: 'event',
      type,
      event: cause === undefined ? event : { ...rest, cause: String(cause) },
    } as TabWord;
    if (type === 'state') lastState = word;
    post(word);
    (events[type] as (event: unknown) => void)(event);
  }

  function takeLead(): void {
    const roll = createRollCall(dispatcher, settings.clock, (message) => post({ k: 'message', message }));
    const engine = openEngine(settings, {
      async hand(message) {
        const handled = await roll.hand(message);
        if (handled && message.show) events.holder.shown(message.id, message.tag);
        return handled;
      },
      drop() {
        roll.drop();
        dispatcher.drop();
        post({ k: 'drop' });
      },
      clear(clear) {
        events.holder.cleared(clear.tags);
        tell('clear', clear);
      },
      gap: (gap) => tell('gap', gap),
      resync: () => tell('resync', undefined),
      state: (state) => tell('state', state),
      error: (error) => tell('error', error),
      settled(key, sent) {
        post({ k: 'settled', key, sent });
        if (unsettled.delete(key)) events.settled(key, sent);
      },
    });
    lead = { engine, roll };
    post({ k: 'lead' });
    for (const [key, body] of unsettled) engine.say(key, body);
    settings.clock.after(ROLL_MS, () => engine.connect());
  }

  return {
    connect() {
      here();
      if (wantsConnection) {
        if (lead === undefined) post({ k: 'connect' });
        else lead.engine.connect();
        return;
      }
      wantsConnection = true;
      const hold = () => {
        if (isClosed) return Promise.resolve();
        takeLead();
        return new Promise<void>((resolve) => {
          letGo = resolve;
        });
      };
      // A platform that refuses its locks has no tabs to share with.
      locks.request(`${settings.name}.tabs`, {}, hold).catch(() => (lead === undefined ? void hold() : undefined));
    },
    setToken(token) {
      settings = { ...settings, token };
      post({ k: 'token', token });
      lead?.engine.setToken(token);
    },
    say(key, body) {
      unsettled.set(key, body);
      if (lead === undefined) post({ k: 'say', key, body });
      else lead.engine.say(key, body);
    },
    hint(hint) {
      if (lead === undefined) post({ k: 'hint', hint });
      else lead.engine.hint(hint);
    },
    handlersChanged() {
      here();
      lead?.roll.handlersChanged();
    },
    close() {
      if (isClosed) return;
      post({ k: 'bye', tab: id });
      if (lead === undefined) events.state({ kind: 'closed' });
      isClosed = true; // Before the engine's last state, which is about this tab alone.
      lead?.engine.close();
      letGo();
      channel.close();
    },
  };
}
