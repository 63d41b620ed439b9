import type { Warning } from '../domain/accepted-message.js';
import { REALTIME } from '../domain/route.js';
import type { Clock } from '../domain/time.js';
import type { LiveBus } from '../ports/live-bus.js';
import type { MailboxStore } from '../ports/mailbox-store.js';
import type { MessageStore, MessageView } from '../ports/message-store.js';
import type { Recall, RecallStore } from '../ports/recall-store.js';

/** Devices told by one step. */
const STEP_DEVICES = 500;
/** Steps within the call; whoever is left is told by `carryOn`, soon. */
const STEPS_AT_ONCE = 4;
const RECALLS_PER_RUN = 10;

export interface Recalled {
  readonly message: MessageView;
  /** What could not be called back. */
  readonly warnings: readonly Warning[];
}

/** Calls messages back, as far as that can be done: nobody can make a person forget. */
export interface RecallMessage {
  /**
   * Cancels what has not left, takes letters out of mailboxes, and has the message taken off the screens of devices that
   * the gateway reaches itself: those that are connected at once, the others when they come. Repeating is harmless.
   *
   * @returns undefined for an unknown id or another app's
   */
  recall(app: string, id: string): Promise<Recalled | undefined>;
  /** Carries recalls through whose messages have completed since: what was under way had left. */
  carryOn(signal: AbortSignal): Promise<void>;
}

export function createRecallMessage(house: {
  readonly messages: Pick<MessageStore, 'cancel' | 'view'>;
  readonly recalls: RecallStore;
  readonly mailboxes: Pick<MailboxStore, 'withdraw' | 'putClear'>;
  readonly bus: Pick<LiveBus, 'tell' | 'clearAll'>;
  readonly clock: Clock;
}): RecallMessage {
  const { messages, recalls, mailboxes, bus, clock } = house;

  return {
    async recall(app, id) {
      // The cancellation first: a chunk that is claimed from now on sends nothing.
      if (!(await messages.cancel(app, id, clock.now()))) return undefined;
      const recall = await recalls.begin(app, id, clock.now());
      if (recall === undefined) return undefined;
      await takeOut(app, id, recall);
      let after = '';
      for (let step = 0; step < STEPS_AT_ONCE; step++) {
        const next = await clearNext(app, id, recall, after);
        if (next === undefined) break;
        after = next;
      }
      const message = await messages.view(app, id);
      return message && { message, warnings: await warningsOf(message) };
    },

    async carryOn(signal) {
      for (const owed of await recalls.owed(RECALLS_PER_RUN)) {
        const { app, message, cursor } = owed;
        // A letter that was put while the message was being canceled is taken out now.
        if (cursor === '') await takeOut(app, message, owed);
        let after: string | undefined = cursor;
        while (after !== undefined && !signal.aborted) {
          after = await clearNext(app, message, owed, after);
          await recalls.carried(message, after);
        }
        if (signal.aborted) return;
      }
    },
  };

  async function takeOut(app: string, id: string, recall: Recall): Promise<void> {
    const devices = await mailboxes.withdraw(app, id, undefined, clock.now());
    await recalls.takenOut(app, id, devices, clock.now());
    if (recall.announced) await bus.clearAll(app, recall.clear);
    // One of them may have had it in hand without having said so.
    for (let from = 0; from < devices.length; from += STEP_DEVICES) {
      await clearOn(app, recall, devices.slice(from, from + STEP_DEVICES));
    }
  }

  /** @returns where to go on; undefined at the end */
  async function clearNext(app: string, id: string, recall: Recall, after: string): Promise<string | undefined> {
    const devices = await recalls.shownOn(id, after, STEP_DEVICES);
    await clearOn(app, recall, devices);
    return devices.length < STEP_DEVICES ? undefined : devices.at(-1);
  }

  async function clearOn(app: string, { clear, at }: Recall, devices: readonly string[]): Promise<void> {
    if (devices.length === 0) return;
    await mailboxes.putClear(app, clear, devices, at);
    await bus.tell(app, devices, { kind: 'clear', ...clear });
  }

  async function warningsOf(message: MessageView): Promise<Warning[]> {
    const { by, track } = await recalls.taken(message.id);
    const warnings: Warning[] = [];
    for (const [provider, count] of by) {
      if (provider === REALTIME) continue;
      const detail = `${provider} has taken ${count} and cannot give them back; where the app has the realtime client, its screen is cleared when it connects`;
      warnings.push({ code: 'not_recallable', provider, detail });
    }
    if (track !== 'all' && by.size > 0) {
      const detail =
        "with this message's delivery.track nobody knows which devices show it; what waited for them was taken back";
      warnings.push({ code: 'not_recorded', detail });
    }
    return warnings;
  }
}
