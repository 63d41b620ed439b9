/** Which tabs have a message, and when all that want it are through with it. Of the tab that holds the connection. */
import type { Dispatcher } from '../dispatcher.js';
import type { RealtimeMessage } from '../events.js';
import type { Clock } from '../platform.js';

/** A tab that has said nothing for so long is frozen or gone: it is not waited for until it speaks again. */
const LATE_MS = 10_000;

export interface RollCall {
  /** Resolves when the handlers of every tab that wants it have ended, those of one at least; `false` when it was dropped. */
  hand(message: RealtimeMessage): Promise<boolean>;
  here(tab: string, wants: boolean): void;
  bye(tab: string): void;
  ended(tab: string, id: string): void;
  /** This tab's own handlers have come or gone. */
  handlersChanged(): void;
  drop(): void;
}

interface Call {
  readonly message: RealtimeMessage;
  /** Tabs whose word is missing. */
  readonly missing: Set<string>;
  /** Handlers of this very tab are at it. */
  isOwnMissing: boolean;
  hasOwn: boolean;
  /** Some tab is through. */
  isHandled: boolean;
  readonly resolve: (handled: boolean) => void;
  readonly stop: () => void;
}

export function createRollCall(
  dispatcher: Dispatcher,
  clock: Clock,
  post: (message: RealtimeMessage) => void,
): RollCall {
  const tabs = new Map<string, boolean>();
  const calls = new Map<string, Call>();

  function check(call: Call): void {
    if (call.isHandled && !call.isOwnMissing && call.missing.size === 0) finish(call, true);
  }
  function finish(call: Call, handled: boolean): void {
    if (!calls.delete(call.message.id)) return;
    call.stop();
    call.resolve(handled);
  }
  function startOwn(call: Call): void {
    if (call.hasOwn || !dispatcher.hasHandlers) return;
    call.hasOwn = true;
    call.isOwnMissing = true;
    void dispatcher.deliver(call.message).then((handled) => {
      if (!handled) return finish(call, false);
      call.isOwnMissing = false;
      call.isHandled = true;
      check(call);
    });
  }
  function excuse(tab: string): void {
    tabs.delete(tab);
    for (const call of [...calls.values()]) if (call.missing.delete(tab)) check(call);
  }

  return {
    hand: (message) =>
      new Promise((resolve) => {
        const missing = new Set([...tabs].filter(([, wants]) => wants).map(([tab]) => tab));
        const stop = clock.after(LATE_MS, () => {
          for (const tab of [...missing]) excuse(tab);
        });
        const call: Call = {
          ...{ message, missing, resolve, stop },
          ...{ isOwnMissing: false, hasOwn: false, isHandled: false },
        };
        calls.set(message.id, call);
        post(message);
        startOwn(call);
      }),
    here(tab, wants) {
      const before = tabs.get(tab);
      tabs.set(tab, wants);
      if (!wants || before === true) return;
      for (const call of calls.values()) {
        call.missing.add(tab);
        post(call.message);
      }
    },
    bye: excuse,
    ended(tab, id) {
      const call = calls.get(id);
      if (call === undefined) return;
      call.missing.delete(tab);
      call.isHandled = true;
      check(call);
    },
    handlersChanged() {
      for (const call of calls.values()) startOwn(call);
    },
    drop() {
      for (const call of [...calls.values()]) finish(call, false);
    },
  };
}
