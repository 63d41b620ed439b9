/** A tab's own end of the device's connection, whether it holds the connection or another tab does. */
import type { Dispatcher } from './dispatcher.js';
import { createEngine, type Engine, type EngineEvents, loadSaved } from './engine.js';
import type { EventBody } from './frames.js';
import type { Settings } from './settings.js';

export type Hint = 'online' | 'offline' | 'visible';

export interface Seat {
  connect(): void;
  setToken(token: string): void;
  say(key: string, body: EventBody): void;
  hint(hint: Hint): void;
  /** Handlers for messages have come or gone in this tab. */
  handlersChanged(): void;
  close(): void;
}

/** What this tab hears, beside messages, which its dispatcher gets. */
export type SeatEvents = Pick<EngineEvents, 'clear' | 'gap' | 'resync' | 'state' | 'error' | 'settled'> & {
  /** Of the tab that holds the connection alone. */
  readonly holder: {
    shown(id: string, tag: string): void;
    cleared(tags: readonly string[]): void;
  };
};

export interface SeatSetup {
  readonly settings: Settings;
  readonly dispatcher: Dispatcher;
  readonly events: SeatEvents;
}

/** An engine that is there once what was kept is read; what is said to it before waits. */
export function openEngine(settings: Settings, events: EngineEvents): Engine {
  let engine: Engine | undefined;
  let isClosed = false;
  const waiting: { readonly isSaid: boolean; readonly call: (engine: Engine) => void }[] = [];
  void loadSaved(settings).then((saved) => {
    engine = createEngine(settings, saved, events);
    // One that was closed meanwhile keeps what it was told to say, and does nothing else.
    for (const { isSaid, call } of waiting.splice(0)) if (isSaid || !isClosed) call(engine);
    if (isClosed) engine.close();
  });
  function tell(call: (engine: Engine) => void, isSaid = false): void {
    if (engine !== undefined) call(engine);
    else waiting.push({ isSaid, call });
  }
  return {
    connect: () => tell((one) => one.connect()),
    setToken: (token) => tell((one) => one.setToken(token)),
    say: (key, body) => tell((one) => one.say(key, body), true),
    hint: (hint) => tell((one) => one.hint(hint)),
    close() {
      isClosed = true;
      if (engine === undefined) events.state({ kind: 'closed' });
      else engine.close();
    },
  };
}

/** The connection is this tab's alone. */
export function createSolo({ settings, dispatcher, events }: SeatSetup): Seat {
  const { holder } = events;
  const engine = openEngine(settings, {
    ...events,
    async hand(message) {
      const handled = await dispatcher.deliver(message);
      if (handled && message.show) holder.shown(message.id, message.tag);
      return handled;
    },
    clear(clear) {
      holder.cleared(clear.tags);
      events.clear(clear);
    },
    drop: () => dispatcher.drop(),
  });
  return { ...engine, handlersChanged: () => {} };
}
