import { bareTargetsIn } from '../domain/audience.js';
import { defaultSteps } from '../domain/route.js';
import type { Clock } from '../domain/time.js';
import type { DeviceStore } from '../ports/device-store.js';
import type { MailboxStore } from '../ports/mailbox-store.js';
import type { MessageStore } from '../ports/message-store.js';
import type { Lane, Verdict } from '../ports/work-queue.js';
import { announce, isForTheLog } from './announce.js';
import type { ChooseDevices } from './choose-devices.js';
import { planChunks } from './plan-chunks.js';
import type { ProviderDirectory } from './provider-directory.js';
import { renderingsOf } from './renderings.js';

/** Members read at a time; memory is bounded by this, not by the audience. */
const PAGE_MEMBERS = 1_000;
/** Open chunks a message may have before its planner waits: enough to keep every worker busy. */
const OPEN_CHUNKS_MAX = 64;
const LOOK_AGAIN_MS = 250;

const DONE: Verdict = { kind: 'done' };

/**
 * Walks a large audience page by page and writes its chunks, only as far ahead as workers need. What goes to everyone over
 * their connections alone needs neither.
 */
export interface FanOut {
  /** Goes on where the plan stands. Can be killed at any point and run again, here or elsewhere. */
  fanOut(message: string, signal: AbortSignal): Promise<Verdict>;
}

export function createFanOut(house: {
  readonly messages: MessageStore;
  readonly devices: DeviceStore;
  readonly chooseDevices: Pick<ChooseDevices, 'ofPage'>;
  readonly mailboxes: Pick<MailboxStore, 'withdraw'>;
  readonly providers: ProviderDirectory;
  readonly clock: Clock;
  /** Called after chunks were written. */
  readonly wake: (lane: Lane) => void;
}): FanOut {
  return {
    async fanOut(id, signal) {
      while (!signal.aborted) {
        const plan = await house.messages.plan(id);
        if (plan === undefined) return DONE;
        const { message } = plan;
        const from = { cursor: plan.cursor, nextChunk: plan.nextChunk };
        const audience = message.content?.audience;
        // A TTL of 0 means one attempt, whenever it comes: it is never over before that.
        const isOver = message.terms.ttlSeconds > 0 && message.expiresAt <= house.clock.now();
        const isStopped = message.canceled || isOver;
        // What may have gone already is ended as such, also when it was stopped since.
        const isAnnounced =
          audience !== undefined && (plan.isAnnouncing || !isStopped) && isForTheLog(message, plan.cursor);
        if (isAnnounced && (await announce(house, message, audience))) return DONE;
        if (audience === undefined || isStopped) {
          await house.messages.extendPlan(
            id,
            from,
            { chunks: [], cursor: plan.cursor, planned: true },
            house.clock.now(),
          );
          await house.messages.complete([id], house.clock.now());
          return DONE;
        }
        if (plan.openChunks >= OPEN_CHUNKS_MAX) return { kind: 'again', delayMs: LOOK_AGAIN_MS };
        const members = await house.devices.members(message.app, audience, {
          limit: PAGE_MEMBERS,
          after: plan.cursor,
          createdBefore: message.createdAt + 1,
        });
        const last = members.length < PAGE_MEMBERS;
        const chosen = await house.chooseDevices.ofPage(message.app, message.terms.perUser ?? 'all', audience, {
          members,
          after: plan.cursor,
          createdBefore: message.createdAt + 1,
        });
        const bare = last ? bareTargetsIn(audience) : [];
        const renderings = await renderingsOf(house.devices, message.app, chosen, message.content?.locales);
        const roads = house.providers.configured(message.app);
        const steps = message.terms.route?.steps ?? defaultSteps(roads);
        const chunks = planChunks(id, plan.nextChunk, chosen, bare, { steps, roads, renderings });
        const cursor = members.at(-1)?.device ?? plan.cursor;
        const moved = await house.messages.extendPlan(id, from, { chunks, cursor, planned: last }, house.clock.now());
        if (!moved) return DONE; // Another planner is at it.
        house.wake(message.class);
        if (last) {
          if (chunks.length === 0) await house.messages.complete([id], house.clock.now());
          return DONE;
        }
      }
      return { kind: 'again', delayMs: 0 };
    },
  };
}
