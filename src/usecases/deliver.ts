import type { Outcome, Provider } from '../../providers/contract.js';
import { CHUNK_TARGETS_MAX, WIDE_WINDOW_TARGETS_MAX, WINDOW_TARGETS_MAX } from '../domain/chunk.js';
import type { SettledState } from '../domain/delivery.js';
import type { Reason } from '../domain/reason.js';
import type { Clock, EpochMs } from '../domain/time.js';
import type { ChunkStore } from '../ports/chunk-store.js';
import type { MailboxStore } from '../ports/mailbox-store.js';
import type { MessageStore } from '../ports/message-store.js';
import type { ReceiptStore } from '../ports/receipt-store.js';
import type { ChunkRef, Verdict } from '../ports/work-queue.js';
import type { AddressBook } from './address-book.js';
import { createAnswered } from './answered.js';
import {
  type Addressed,
  address,
  admit,
  type Candidate,
  cutWindows,
  endedByHouse,
  groupByWork,
  isCareful,
  resumeStarted,
} from './attempt-window.js';
import type { CarryOut } from './carry-out.js';
import { ChunkWork } from './chunk-work.js';
import type { ChunkWriter } from './chunk-writer.js';
import type { PaceKeeper } from './keep-pace.js';
import type { QuotaKeeper, QuotaWindow } from './keep-quotas.js';
import { MicroBatch } from './micro-batch.js';
import type { ProviderDirectory } from './provider-directory.js';
import type { RememberNames } from './remember-names.js';
import { renderMessage, toTarget } from './render.js';
import type { ReplaceAddresses } from './replace-addresses.js';
import { type Settlement, settle } from './settle.js';
import { WindowPlaces } from './window-places.js';

/** A holder that says nothing for so long is taken for dead. */
export const LEASE_MS = 10_000;
const RENEW_MS = 3_000;
/** No byte is sent with less than this left of the lease. */
const LEASE_MARGIN_MS = 1_000;

const DONE: Verdict = { kind: 'done' };

export interface DeliverHouse extends Settlement {
  readonly messages: MessageStore;
  readonly chunks: ChunkStore;
  readonly mailboxes: Pick<MailboxStore, 'finished' | 'dropped'>;
  readonly receipts: Pick<ReceiptStore, 'record'>;
  readonly rememberNames: RememberNames;
  readonly replaceAddresses: ReplaceAddresses;
  readonly quotas: QuotaKeeper;
  readonly pace: PaceKeeper;
  readonly providers: ProviderDirectory;
  readonly addressBook: AddressBook;
  readonly writer: ChunkWriter;
  readonly carryOut: CarryOut;
  readonly clock: Clock;
  /** Names this process's claims; another start is another holder. */
  readonly holder: string;
  /** Aborts what is under way when the grace of a shutdown has passed. */
  readonly hardStop: AbortSignal;
  readonly observe: (
    app: string,
    provider: string | null,
    state: SettledState,
    reason: Reason | undefined,
    count: number,
  ) => void;
}

/** Claims chunks, attempts their targets window by window, records what came of it, and lets go of them. */
export interface Deliver {
  /** Once `signal` aborts no further window begins; those under way end, and the rest is given back. */
  deliver(refs: readonly ChunkRef[], signal: AbortSignal): Promise<Verdict>;
}

export function createDeliver(house: DeliverHouse): Deliver {
  const { clock } = house;
  const places = new WindowPlaces();
  const answered = createAnswered(house);
  const cancelations = new MicroBatch<readonly string[], ReadonlySet<string>>(
    async (groups) => {
      const canceled = await house.messages.canceled([...new Set(groups.flat())]);
      return groups.map(() => canceled);
    },
    { windowMs: 1, itemsMax: 64, runningMax: 1 },
  );

  return {
    async deliver(refs, signal) {
      const now = clock.now();
      const ids = refs.map((ref) => ref.id);
      const claimed = await house.chunks.claim(ids, house.holder, now, now + LEASE_MS);
      if (claimed.length === 0) return DONE;
      const messages = await house.messages.sendable([...new Set(claimed.map((chunk) => chunk.message))]);
      const works = claimed.flatMap((chunk) => {
        const message = messages.get(chunk.message);
        return message === undefined ? [] : [new ChunkWork(chunk, message, now + LEASE_MS)];
      });
      const renewal = setInterval(() => renew(works), RENEW_MS);
      try {
        for (const work of works) resumeStarted(work, house.retry.attemptsMax, now);
        // Their chunk may have come before its time because they have answered.
        const resting = works.flatMap((work) => work.resting(now).map((index) => ({ work, index })));
        await answered.leaveOutFinished(resting, now);
        const { together, careful } = cutWindows(works, widthOf, now);
        // A job's chunks are of one lane, so its first message tells it.
        const lane = works[0]?.message.class ?? 'marketing';
        const left = windowsByWork([...together, ...careful]);
        // Windows that find a place at once begin with the message as it was just read; later ones look again.
        let isFresh = true;
        const run = async (window: readonly Candidate[], looksAgain: () => boolean) => {
          const over = await places.run(lane, placesOf(window), async () => {
            if (looksAgain()) await noteCanceled(window);
            await attempt(window, signal);
            return conclude(window, left);
          });
          await follow(over);
        };
        const attempts = together.map((window) => run(window, () => !isFresh));
        isFresh = false;
        await Promise.all(attempts);
        for (const window of careful) await run(window, () => false);
        const idle = works.filter((work) => !left.has(work));
        await letGo(idle);
        await follow(idle);
      } finally {
        clearInterval(renewal);
      }
      return DONE;
    },
  };

  function renew(works: readonly ChunkWork[]): void {
    const leaseUntil = clock.now() + LEASE_MS;
    for (const work of works) {
      if (work.lost || work.leaseUntil === 0) continue;
      work.hold(leaseUntil);
      house.writer.write(work).catch(() => undefined); // The writer has told; the next write meets the same fault.
    }
  }

  async function noteCanceled(window: readonly Candidate[]): Promise<void> {
    const works = [...groupByWork(window).keys()].filter((work) => !work.canceled && !work.lost);
    if (works.length === 0) return;
    const canceled = await cancelations.add(works.map((work) => work.message.id));
    for (const work of works) work.canceled = canceled.has(work.message.id);
  }

  async function attempt(window: readonly Candidate[], signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const live = window.filter(({ work }) => !work.lost);
    const open = live.filter((candidate) => !endedByHouse(candidate, clock.now()));
    const addressed = await address(house.addressBook, house.nextRoad, open, () => clock.now());
    const unanswered = await answered.leaveOutFinished(addressed, clock.now());
    const admitted = admit(house.gate, house.nextRoad, unanswered, clock.now());
    const quota = await house.quotas.reserve(await house.pace.hold(admitted));
    const ready = groupByWork(quota.entries);
    if (ready.size === 0) return;
    // "Attempt started" is durable before any byte leaves; a refusal means that somebody else holds the chunk by now.
    const marked = [...ready].filter(([work]) => !isRepeatable(work) || isCareful(work));
    for (const { work, index } of marked.flatMap(([, entries]) => entries)) work.markStarted(index);
    await Promise.all(marked.map(([work]) => house.writer.write(work)));
    await Promise.all([...ready].map(([work, entries]) => (work.lost ? undefined : send(work, entries, quota))));
    await quota.close();
  }

  /** Records what came of a window; chunks of which it was the last are let go of in the same write. @returns these */
  async function conclude(window: readonly Candidate[], left: Map<ChunkWork, number>): Promise<readonly ChunkWork[]> {
    const works = [...groupByWork(window).keys()];
    for (const work of works) left.set(work, (left.get(work) ?? 1) - 1);
    const over = works.filter((work) => left.get(work) === 0);
    const others = works.filter((work) => left.get(work) !== 0 && !work.lost);
    await Promise.all([letGo(over), ...others.map((work) => house.writer.write(work))]);
    return over;
  }

  function openOf({ message, chunk }: ChunkWork): Provider | undefined {
    return house.providers.open(message.app, chunk.provider ?? '');
  }

  function isRepeatable(work: ChunkWork): boolean {
    return openOf(work)?.isRepeatable === true;
  }

  /** Where sending again does no harm, windows are as wide as chunks: such sends wait for the answer of people's devices. */
  function widthOf(work: ChunkWork): number {
    if (isRepeatable(work)) return CHUNK_TARGETS_MAX;
    const { requestTargetsMax = 1 } = openOf(work)?.limits ?? {};
    return Math.min(WIDE_WINDOW_TARGETS_MAX, Math.max(WINDOW_TARGETS_MAX, requestTargetsMax));
  }

  /** What a death of this process may double takes places by the number of its targets. */
  function placesOf(window: readonly Candidate[]): number {
    const work = window[0]?.work;
    return work === undefined || isRepeatable(work) ? 1 : Math.ceil(window.length / WINDOW_TARGETS_MAX);
  }

  async function send(work: ChunkWork, entries: readonly Addressed[], quota: QuotaWindow): Promise<void> {
    const { app } = work.message;
    const name = work.chunk.provider ?? '';
    const provider = house.providers.open(app, name);
    const kind = house.providers.configured(app).find((candidate) => candidate.name === name)?.kind ?? name;
    if (provider === undefined) {
      // The app's file no longer names it, or this process has not got that far yet.
      const what = `the app's file has no provider '${name}'`;
      record(
        work,
        name,
        entries,
        entries.map(() => ({ kind: 'misconfigured', what })),
        clock.now(),
        quota,
      );
      return;
    }
    const message = renderMessage(
      work.message,
      { name, kind, channels: house.providers.channels(app) },
      work.chunk,
      clock.now(),
    );
    const parts: Addressed[][] = [];
    for (let from = 0; from < entries.length; from += provider.limits.batchTargetsMax) {
      parts.push(entries.slice(from, from + provider.limits.batchTargetsMax));
    }
    await Promise.all(parts.map((part) => sendPart(work, provider, name, message, part, quota)));
  }

  async function sendPart(
    work: ChunkWork,
    provider: Provider,
    name: string,
    message: ReturnType<typeof renderMessage>,
    part: readonly Addressed[],
    quota: QuotaWindow,
  ): Promise<void> {
    const startedAt = clock.now();
    if (startedAt > work.leaseUntil - LEASE_MARGIN_MS) {
      // This process slept past its lease: another may be sending these very targets.
      for (const { index } of part) work.unstart(index, startedAt);
      return;
    }
    const targets = part.map((entry) => {
      const { handedAt, got } = work.trouble(entry.index);
      const known = { ...(handedAt === undefined ? {} : { handedAt }), ...(got === undefined ? {} : { got }) };
      return toTarget(work.message.id, entry, { user: work.target(entry.index).user, ...known });
    });
    const platform = part[0]?.device?.platform; // a chunk is of one
    const outcomes = await provider.send(
      { message, targets, ...(platform === undefined ? {} : { platform }) },
      house.hardStop,
    );
    await house.rememberNames(
      { app: work.message.app, provider: name, message: work.message.id },
      part.map(({ index }) => work.target(index).key),
      targets,
      outcomes,
    );
    const readdressed = await house.replaceAddresses(
      { app: work.message.app, provider: name, startedAt },
      part.map(({ address: { tokenHash } }) => tokenHash),
      outcomes,
    );
    const isOverReplaced = house.providers.open(work.message.app, name) !== provider;
    record(work, name, part, outcomes, startedAt, quota, { isOverReplaced, readdressed });
  }

  function record(
    work: ChunkWork,
    provider: string,
    entries: readonly Addressed[],
    outcomes: readonly Outcome[],
    startedAt: EpochMs,
    quota: QuotaWindow,
    { isOverReplaced = false, readdressed }: { isOverReplaced?: boolean; readdressed?: ReadonlySet<number> } = {},
  ): void {
    const now = clock.now();
    for (const [i, entry] of entries.entries()) {
      const { index, address: to, device } = entry;
      const outcome = outcomes[i] ?? { kind: 'uncertain' };
      quota.note(entry, outcome);
      settle(
        house,
        {
          ...{ work, index, provider, tokenHash: to.tokenHash, startedAt, isOverReplaced },
          ...(device === undefined ? {} : { device }),
          ...(readdressed?.has(i) === true ? { isReaddressed: true } : {}),
        },
        outcome,
        now,
      );
    }
  }

  /** The last word on works under their fences. */
  async function letGo(works: readonly ChunkWork[]): Promise<void> {
    const now = clock.now();
    const held = works.filter((work) => !work.lost);
    for (const work of held) {
      // Found canceled on the way: what waits for a later attempt need not be taken again to be ended.
      if (work.canceled) for (const index of work.due(now)) endedByHouse({ work, index }, now);
      work.letGo(now, house.gate.isBlocked(work.message.app, work.chunk.provider ?? ''));
    }
    await Promise.all(held.map((work) => house.writer.write(work)));
  }

  /** Projections follow the record: ends are counted, next steps written, retirements carried out, messages completed. */
  async function follow(works: readonly ChunkWork[]): Promise<void> {
    const kept = works.filter((work) => !work.lost);
    await answered.catchUp(kept, clock.now());
    for (const work of kept) {
      for (const end of work.ends())
        house.observe(work.message.app, work.chunk.provider, end.state, end.reason, end.count);
    }
    const owing = kept.filter((work) => work.effects.length > 0);
    await house.carryOut.run(
      owing.map(({ chunk, effects }) => ({ id: chunk.id, fence: chunk.fence, app: chunk.app, effects })),
    );
    const done = new Set(kept.filter((work) => work.open === 0).map((work) => work.message.id));
    if (done.size > 0) await house.messages.complete([...done], clock.now());
  }
}

/** How many windows each work has targets in. */
function windowsByWork(windows: readonly (readonly Candidate[])[]): Map<ChunkWork, number> {
  const counts = new Map<ChunkWork, number>();
  for (const window of windows)
    for (const work of groupByWork(window).keys()) counts.set(work, (counts.get(work) ?? 0) + 1);
  return counts;
}
