import { REALTIME } from '../domain/route.js';
import type { EpochMs } from '../domain/time.js';
import type { MailboxStore } from '../ports/mailbox-store.js';
import { type Candidate, groupByWork } from './attempt-window.js';
import type { ChunkWork } from './chunk-work.js';

/** Devices that have said `done` by themselves, of messages that are under way to them. */
export interface Answered {
  /** Of those about to be sent over a vendor after their own connection was tried: ends as delivered who has answered. @returns the others */
  leaveOutFinished<T extends Candidate>(candidates: readonly T[], now: EpochMs): Promise<readonly T[]>;
  /**
   * Makes the works due again in which one is awaited that has answered while they were held: whoever took its word found
   * them held and left them alone.
   */
  wakeFinished(released: readonly ChunkWork[], now: EpochMs): Promise<void>;
}

export function createAnswered(house: { readonly mailboxes: Pick<MailboxStore, 'finished' | 'dropped'> }): Answered {
  async function finishedOf(asked: readonly { readonly work: ChunkWork; readonly devices: readonly string[] }[]) {
    const entries = asked.map(({ work, devices }) => ({ app: work.message.app, message: work.message.id, devices }));
    return house.mailboxes.finished(entries);
  }

  return {
    async leaveOutFinished(candidates, now) {
      const asked = [...groupByWork(candidates.filter(({ work }) => comesAfterConnection(work)))].map(
        ([work, group]) => ({ work, group, devices: group.map(({ index }) => work.target(index).key) }),
      );
      if (asked.length === 0) return candidates;
      const answers = await finishedOf(asked);
      const over = new Set<string>();
      for (const [n, { work, group }] of asked.entries()) {
        for (const { index } of group) {
          if (answers[n]?.has(work.target(index).key) !== true) continue;
          over.add(`${work.chunk.id}|${index}`);
          const handed = work.trouble(index).attempts.findLast(({ provider }) => provider === REALTIME);
          const sentAt = handed === undefined ? {} : { sentAt: handed.at };
          work.settle(index, { state: 'delivered', provider: REALTIME, ...sentAt }, now);
        }
      }
      return candidates.filter(({ work, index }) => !over.has(`${work.chunk.id}|${index}`));
    },

    async wakeFinished(released, now) {
      const asked = released
        .map((work) => ({ work, devices: work.awaited() }))
        .filter(({ devices }) => devices.length > 0);
      if (asked.length === 0) return;
      const answers = await finishedOf(asked);
      const wake = asked.flatMap(({ work }, n) =>
        [...(answers[n] ?? [])].map((device) => ({ app: work.message.app, device, messages: [work.message.id] })),
      );
      if (wake.length > 0) await house.mailboxes.dropped(wake, now);
    },
  };
}

/** At an earlier step the message may have been put into mailboxes. */
function comesAfterConnection({ chunk, message }: ChunkWork): boolean {
  const steps = message.terms.route?.steps ?? [];
  return chunk.provider !== REALTIME && steps.slice(0, chunk.step).some(({ via }) => via === REALTIME);
}
