import type { AcceptedMessage, MessageClass } from '../domain/accepted-message.js';
import { type Audience, type AudienceMember, bareTargetsIn, isBroad, SMALL_AUDIENCE_MAX } from '../domain/audience.js';
import { GatewayError, isGatewayError } from '../domain/errors.js';
import { newId, type RandomBytes } from '../domain/ids.js';
import type { Clock, EpochMs } from '../domain/time.js';
import type { DeviceStore } from '../ports/device-store.js';
import type { Log } from '../ports/log.js';
import type { AcceptResult, MessageStore, NewMessage } from '../ports/message-store.js';
import type { TokenHasher } from '../ports/token-hasher.js';
import { LANES, type Lane, type NewJob } from '../ports/work-queue.js';
import { namesWithoutDevice, resolveBroad, summarize, withoutDoubles } from './audience-rules.js';
import { type CheckedDraft, checkDraft } from './check-draft.js';
import type { ChooseDevices } from './choose-devices.js';
import { deliverJobs, planJob } from './deliver-jobs.js';
import { type Feeder, HANDED_FOR_MS } from './feed.js';
import type { HandOut } from './hand-out.js';
import type { MessageDraft } from './message-draft.js';
import { NOBODY_WARNING, termsOf } from './message-terms.js';
import { MicroBatch } from './micro-batch.js';
import { planChunks } from './plan-chunks.js';
import type { ProviderDirectory } from './provider-directory.js';
import { chooseRenderings, type Renderings } from './renderings.js';

/** How long an idempotency key is remembered: longer than a weekend's outage of the caller. */
const CLAIM_MS = 48 * 3_600_000;

export interface AcceptMessage {
  /**
   * Checks a message and stores it with its plan; once this resolves nothing of it can be lost.
   *
   * @throws GatewayError `validation_failed` (with faults), `audience_too_large`, `idempotency_mismatch`,
   *   `idempotency_in_progress`, `disk_full`, `store_unavailable`
   */
  accept(draft: MessageDraft): Promise<{ readonly replayed: boolean; readonly accepted: AcceptedMessage }>;
}

export interface AcceptHouse {
  readonly messages: MessageStore;
  readonly devices: DeviceStore;
  readonly chooseDevices: Pick<ChooseDevices, 'ofAll'>;
  readonly queue: Pick<HandOut, 'add'>;
  readonly feeder: Feeder;
  readonly providers: ProviderDirectory;
  readonly hasher: TokenHasher;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
  /** Devices a call may reach without naming `max_devices`. */
  readonly broadcastDevicesMax: number;
  /** @throws GatewayError `disk_full` or `overloaded` when nothing more may be accepted now. */
  readonly assertRoom: () => void;
  /** Store calls under way at the same time; 1 where the engine is one session. */
  readonly batchesRunning: number;
  readonly observe: (event: {
    readonly app: string;
    readonly class: MessageClass;
    readonly outcome: 'accepted' | 'replayed';
  }) => void;
  /** Called when chunks were stored but not handed to the queue. */
  readonly wake: (lane: Lane) => void;
}

/** What became of one message of a batch; a fault of one is not the others'. */
type Stored =
  | { readonly kind: 'stored'; readonly message: NewMessage; readonly result: AcceptResult }
  | { readonly kind: 'refused'; readonly error: unknown };

/** A draft whose meaning is checked, waiting for its audience. */
interface Checked extends CheckedDraft {
  readonly draft: MessageDraft;
  /** All members, where a broad audience was counted and is small. */
  readonly members: readonly AudienceMember[] | undefined;
  /** When the call came. */
  readonly at: EpochMs;
}

type Spoken = Awaited<ReturnType<DeviceStore['locales']>>;

export function createAcceptMessage(house: AcceptHouse): AcceptMessage {
  const { clock } = house;
  const batch = new MicroBatch<Checked, Stored>(acceptEach, {
    windowMs: 4,
    itemsMax: 200,
    runningMax: house.batchesRunning,
  });

  type Holders = Awaited<ReturnType<DeviceStore['holders']>>;
  const holdersOf = new MicroBatch<Parameters<DeviceStore['holders']>[0], Holders>(
    async (groups) => {
      const found = await house.devices.holders(groups.flat());
      return groups.map(() => found);
    },
    { windowMs: 2, itemsMax: 200, runningMax: house.batchesRunning },
  );

  return {
    async accept(draft) {
      const checked = checkDraft(house, draft);
      house.assertRoom();
      // Before anybody is looked up: whoever is erased later than this was not erased when they were found.
      const at = clock.now();
      const audience = await withoutDoubles(draft.app, checked.audience, (tokens) => holdersOf.add(tokens));
      const members = await resolveBroad(house, draft, audience);
      const stored = await batch.add({ ...checked, draft, audience, members, at });
      if (stored.kind === 'refused') throw stored.error;
      const { message, result } = stored;
      house.observe({
        app: draft.app,
        class: message.class,
        outcome: result.kind === 'created' ? 'accepted' : 'replayed',
      });
      if (result.kind === 'created') return { replayed: false, accepted: message.accepted };
      if (result.fingerprint === draft.fingerprint) return { replayed: true, accepted: result.accepted };
      throw new GatewayError(
        'idempotency_mismatch',
        'this Idempotency-Key was used before with another body; use a new key for a new message',
      );
    },
  };

  /** One bad row fails a whole statement, so a batch that failed is tried again one by one. */
  async function acceptEach(items: readonly Checked[]): Promise<Stored[]> {
    let messages: NewMessage[];
    try {
      messages = await writeEach(items);
    } catch (error) {
      return oneByOne(items, error, acceptEach);
    }
    return storeEach(messages);
  }

  async function writeEach(items: readonly Checked[]): Promise<NewMessage[]> {
    const named = await house.devices.membersOf(
      items.map(({ draft, audience }) => ({ app: draft.app, audience: isBroad(audience) ? NOBODY : audience })),
      SMALL_AUDIENCE_MAX,
    );
    const resolved = items.map(({ members }, i) => members ?? named[i] ?? []);
    const chosen = await Promise.all(
      resolved.map((members, i) => {
        const { app = '', perUser = 'all' } = items[i]?.draft ?? {};
        // More than a small audience is chosen from page by page.
        return members.length > SMALL_AUDIENCE_MAX ? members : house.chooseDevices.ofAll(app, perUser, members);
      }),
    );
    const asked = items.flatMap(({ draft }, i) =>
      draft.locales === undefined ? [] : (chosen[i] ?? []).map(({ device }) => ({ app: draft.app, device })),
    );
    const spoken: Spoken = asked.length === 0 ? new Map() : await house.devices.locales(asked);
    return items.map((item, i) => {
      const members = { all: resolved[i] ?? [], chosen: chosen[i] ?? [] };
      return write(
        item,
        members,
        chooseRenderings(item.draft.app, members.chosen, item.draft.locales, spoken),
        item.at,
      );
    });
  }

  /** Messages keep their ids when they are offered again, so that one that is in already is not stored twice. */
  async function storeEach(messages: readonly NewMessage[]): Promise<Stored[]> {
    let results: readonly AcceptResult[];
    try {
      results = await house.messages.accept(messages, clock.now());
    } catch (error) {
      return oneByOne(messages, error, storeEach);
    }
    await handOver(messages.filter((_, i) => results[i]?.kind === 'created'));
    return messages.map((message, i) => {
      const result = results[i];
      return result === undefined
        ? { kind: 'refused', error: new Error('the store answered for fewer messages than it was given') }
        : { kind: 'stored', message, result };
    });
  }

  /** What is wrong with the store is wrong for all; a twin that is still being written, or a bad row, for one. */
  async function oneByOne<T>(
    items: readonly T[],
    error: unknown,
    again: (items: readonly T[]) => Promise<Stored[]>,
  ): Promise<Stored[]> {
    const isForAll = isGatewayError(error) && error.code !== 'idempotency_in_progress';
    if (items.length === 1 || isForAll) return items.map(() => ({ kind: 'refused', error }));
    house.log.warn({ messages: items.length, error: String(error) }, 'accept.batch_failed');
    const alone: Stored[] = [];
    for (const item of items) alone.push(...(await again([item])));
    return alone;
  }

  function write(
    checked: Checked,
    { all, chosen }: Readonly<Record<'all' | 'chosen', readonly AudienceMember[]>>,
    renderings: Renderings,
    now: EpochMs,
  ): NewMessage {
    const { draft, audience, warnings, named } = checked;
    const id = newId('msg', now, house.random);
    const bare = bareTargetsIn(audience);
    const { lane, terms } = termsOf(draft, named);
    const roads = house.providers.configured(draft.app);
    const resolved = checked.members !== undefined || !isBroad(audience);
    const small = resolved && all.length + bare.length <= SMALL_AUDIENCE_MAX;
    const chunks = small ? planChunks(id, 0, chosen, bare, { steps: named.route.steps, roads, renderings }) : [];
    const nobody = small && chunks.length === 0;
    const noDevice = small ? namesWithoutDevice(audience, all) : [];
    const handed = chunks.length > 0 && house.feeder.mayAddDirectly(lane, draft.app);
    return {
      accepted: {
        id,
        app: draft.app,
        status: nobody ? 'completed' : 'queued',
        createdAt: now,
        audience: small ? summarize(chosen, bare.length, noDevice) : { state: 'resolving' },
        warnings: nobody ? [...warnings, NOBODY_WARNING] : warnings,
      },
      ...(draft.idempotency === undefined ? {} : { claim: { ...draft.idempotency, until: now + CLAIM_MS } }),
      fingerprint: draft.fingerprint,
      class: lane,
      terms,
      content: {
        ...(draft.notification === undefined ? {} : { notification: draft.notification }),
        ...(draft.locales === undefined ? {} : { locales: draft.locales }),
        ...(draft.data === undefined ? {} : { data: draft.data }),
        overrides: draft.overrides,
        ...(small ? {} : { audience }),
      },
      expiresAt: now + terms.ttlSeconds * 1_000,
      ...(draft.metadata === undefined ? {} : { metadata: draft.metadata }),
      ...(draft.tags === undefined ? {} : { tags: draft.tags }),
      planned: small,
      chunks,
      ...(handed ? { handedUntil: now + HANDED_FOR_MS } : {}),
    };
  }

  /** The message is safe by now: a queue that fails costs time only, the store re-creates its jobs. */
  async function handOver(messages: readonly NewMessage[]): Promise<void> {
    const jobs: NewJob[] = [];
    for (const lane of LANES) {
      const ours = messages.filter((message) => message.class === lane);
      const handed = ours.filter((message) => message.handedUntil !== undefined);
      jobs.push(
        ...deliverJobs(
          lane,
          handed.flatMap((message) =>
            message.chunks.map((chunk) => ({ id: chunk.id, fence: 0, targets: chunk.targets.length })),
          ),
        ),
      );
      jobs.push(...ours.filter((message) => !message.planned).map((message) => planJob(lane, message.accepted.id)));
      if (ours.some((message) => message.handedUntil === undefined && message.chunks.length > 0)) house.wake(lane);
    }
    if (jobs.length === 0) return;
    try {
      await house.queue.add(jobs);
    } catch (error) {
      house.log.warn({ jobs: jobs.length, error: String(error) }, 'accept.not_queued');
    }
  }
}

const NOBODY: Audience = {
  users: [],
  devices: [],
  pushTokens: [],
  everyone: false,
  exceptUsers: [],
  exceptDevices: [],
};
