import { REALTIME } from '../domain/route.js';
import type { EpochMs } from '../domain/time.js';
import type { MailboxStore } from '../ports/mailbox-store.js';
import type { ReceiptStore } from '../ports/receipt-store.js';
import { type Candidate, groupByWork } from './attempt-window.js';
import type { ChunkWork } from './chunk-work.js';

const RECEIPTS_PER_CALL = 1_000;

/** Devices that have said `done` by themselves, of messages that are under way to them. */
export interface Answered {
  /** Of those about to be sent over a vendor after their own connection was tried: ends as delivered who has answered. @returns the others */
  leaveOutFinished<T extends Candidate>(candidates: readonly T[], now: EpochMs): Promise<readonly T[]>;
  /**
   * Of works that were let go of, whose devices may have answered while they were held; whoever took their word found
   * nothing settled then, and left it alone. Where one is awaited, its work becomes due again; where it ended as sent, it
   * is recorded as delivered.
   */
  catchUp(released: readonly ChunkWork[], now: EpochMs): Promise<void>;
}

export function createAnswered(house: {
  readonly mailboxes: Pick<MailboxStore, 'finished' | 'dropped'>;
  readonly receipts: Pick<ReceiptStore, 'record'>;
}): Answered {
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

    async catchUp(released, now) {
      const asked = released
        .map((work) => {
          const awaited = work.awaited();
          const sent = isInMailboxes(work) ? work.sentNow() : [];
          return { work, awaited: new Set(awaited), devices: [...awaited, ...sent] };
        })
        .filter(({ devices }) => devices.length > 0);
      if (asked.length === 0) return;
      const answers = await finishedOf(asked);
      const found = asked.flatMap(({ work, awaited }, n) =>
        [...(answers[n] ?? [])].map((device) => ({ work, device, isAwaited: awaited.has(device) })),
      );
      const wake = found.filter(({ isAwaited }) => isAwaited);
      const late = found.filter(({ isAwaited }) => !isAwaited);
      if (wake.length > 0) {
        await house.mailboxes.dropped(
          wake.map(({ work, device }) => ({ app: work.message.app, device, messages: [work.message.id] })),
          now,
        );
      }
      for (let from = 0; from < late.length; from += RECEIPTS_PER_CALL) {
        await house.receipts.record(
          late.slice(from, from + RECEIPTS_PER_CALL).map(({ work: { message }, device }) => ({
            ...{ app: message.app, message: message.id, key: device },
            ...{ state: 'delivered' as const, at: now },
          })),
          now,
        );
      }
    },
  };
}

function isInMailboxes(work: ChunkWork): boolean {
  return work.chunk.provider === REALTIME || comesAfterConnection(work);
}

/** At an earlier step the message may have been put into mailboxes. */
function comesAfterConnection({ chunk, message }: ChunkWork): boolean {
  const steps = message.terms.route?.steps ?? [];
  return chunk.provider !== REALTIME && steps.slice(0, chunk.step).some(({ via }) => via === REALTIME);
}
