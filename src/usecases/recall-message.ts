import type { Warning } from '../domain/accepted-message.js';
import { REALTIME } from '../domain/route.js';
import type { Clock } from '../domain/time.js';
import type { LiveBus } from '../ports/live-bus.js';
import type { MailboxStore } from '../ports/mailbox-store.js';
import type { MessageStore, MessageView } from '../ports/message-store.js';
import type { Recall, RecallStore } from '../ports/recall-store.js';
import type { RecallAtVendors, RecallTally } from './recall-at-vendors.js';

/** Devices told by one step. */
const STEP_DEVICES = 500;
/** Steps within the call; whoever is left is told by `carryOn`, soon. */
const STEPS_AT_ONCE = 4;
const RECALLS_PER_RUN = 10;
/** Vendors are waited for so long within the call. */
const VENDORS_MS = 5_000;
/** So often a page is told to vendors again that could not take all of it back just then. */
const TRIES_MAX = 3;

export interface Recalled {
  readonly message: MessageView;
  /** What could not be called back. */
  readonly warnings: readonly Warning[];
}

/** Devices that were told. */
interface ClearedPage {
  readonly tallies: ReadonlyMap<string, RecallTally>;
  /** Where to go on; undefined at the end. */
  readonly after: string | undefined;
}

/** Calls messages back, as far as that can be done: nobody can make a person forget. */
export interface RecallMessage {
  /**
   * Cancels what has not left, takes letters out of mailboxes, and has the message taken off the screens of devices that
   * the gateway reaches itself: those that are connected at once, the others when they come. Vendors that can are asked to
   * take back what they took. Repeating is harmless.
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
  readonly recallAtVendors: RecallAtVendors;
  readonly clock: Clock;
}): RecallMessage {
  const { messages, recalls, mailboxes, bus, recallAtVendors, clock } = house;
  /** Runs in which vendors failed at the page where a recall stands, by message. */
  const tries = new Map<string, number>();

  return {
    async recall(app, id) {
      // The cancellation first: a chunk that is claimed from now on sends nothing.
      if (!(await messages.cancel(app, id, clock.now()))) return undefined;
      const recall = await recalls.begin(app, id, clock.now());
      if (recall === undefined) return undefined;
      await takeOut(app, id, recall);
      const signal = AbortSignal.timeout(VENDORS_MS);
      const taken = new Map<string, number>();
      let after: string | undefined = '';
      let isOpen = false;
      for (let step = 0; step < STEPS_AT_ONCE && after !== undefined; step++) {
        const page: ClearedPage = await clearNext(app, id, recall, after, signal);
        for (const [provider, { recalled, failed }] of page.tallies) {
          taken.set(provider, (taken.get(provider) ?? 0) + recalled);
          isOpen ||= failed > 0;
        }
        after = page.after;
      }
      const message = await messages.view(app, id);
      return message && { message, warnings: await warningsOf(message, taken, isOpen || after !== undefined) };
    },

    async carryOn(signal) {
      for (const owed of await recalls.owed(RECALLS_PER_RUN)) {
        const { app, message, cursor } = owed;
        // A letter that was put while the message was being canceled is taken out now.
        if (cursor === '') await takeOut(app, message, owed);
        let after: string | undefined = cursor;
        while (after !== undefined && !signal.aborted) {
          const page: ClearedPage = await clearNext(app, message, owed, after, signal);
          if (signal.aborted || isToBeRepeated(message, page)) break;
          after = page.after;
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

  async function clearNext(
    app: string,
    id: string,
    recall: Recall,
    from: string,
    signal: AbortSignal,
  ): Promise<ClearedPage> {
    const shown = await recalls.shownOn(id, from, STEP_DEVICES);
    const devices = shown.map(({ device }) => device);
    await clearOn(app, recall, devices);
    const tallies = await recallAtVendors(app, id, shown, signal);
    return { tallies, after: devices.length < STEP_DEVICES ? undefined : devices.at(-1) };
  }

  /** Whether its vendors are to be asked once more, at the next run. */
  function isToBeRepeated(message: string, { tallies }: ClearedPage): boolean {
    const tried = (tries.get(message) ?? 0) + 1;
    const isOver = tried >= TRIES_MAX || [...tallies.values()].every(({ failed }) => failed === 0);
    if (isOver) tries.delete(message);
    else tries.set(message, tried);
    return !isOver;
  }

  async function clearOn(app: string, { clear, at }: Recall, devices: readonly string[]): Promise<void> {
    if (devices.length === 0) return;
    await mailboxes.putClear(app, clear, devices, at);
    await bus.tell(app, devices, { kind: 'clear', ...clear });
  }

  /**
   * @param back how many each vendor has taken back
   * @param goesOn whether vendors are asked for more of them later
   */
  async function warningsOf(
    message: MessageView,
    back: ReadonlyMap<string, number>,
    goesOn: boolean,
  ): Promise<Warning[]> {
    const { by, track } = await recalls.taken(message.id);
    const warnings: Warning[] = [];
    for (const [provider, count] of by) {
      const recalled = back.get(provider);
      if (provider === REALTIME || recalled === count) continue;
      const what =
        recalled === undefined
          ? 'cannot take back what it has'
          : `took back ${recalled === 0 ? 'none' : recalled} of them${goesOn ? ', and is asked again for the others soon' : ''}`;
      const detail = `${provider} has taken ${count}, and ${what}; where the app has the realtime client, its screen is cleared when it connects`;
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
