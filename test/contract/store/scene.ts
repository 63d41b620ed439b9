import { randomBytes } from 'node:crypto';
import type { MessageClass, Track } from '../../../src/domain/accepted-message.js';
import type { Chunk, ChunkTarget, Effect } from '../../../src/domain/chunk.js';
import type { DataKey } from '../../../src/domain/data-key.js';
import { BARE_KEY_PREFIX, type Delivery, type SettledState } from '../../../src/domain/delivery.js';
import type { EventType } from '../../../src/domain/event.js';
import { newId } from '../../../src/domain/ids.js';
import type { JsonObject } from '../../../src/domain/json.js';
import type { PushToken } from '../../../src/domain/outcome.js';
import type { Reason } from '../../../src/domain/reason.js';
import type { EpochMs } from '../../../src/domain/time.js';
import type { ChunkAdvance, UnkeptDelivery } from '../../../src/ports/chunk-store.js';
import type { MailboxStore } from '../../../src/ports/mailbox-store.js';
import type { NewChunk, NewMessage } from '../../../src/ports/message-store.js';
import type { TokenHasher } from '../../../src/ports/token-hasher.js';
import type { Store } from '../../../src/store/store.js';

/** A store under test, with what no port offers. */
export interface OpenedStore extends Store {
  readonly hasher: TokenHasher;
  /** The same stored data, read and written with another data key. */
  withDataKey(key: DataKey): Store;
  /** The same stored data through a door that awaits `step` before its access number `n` (from 0) to the engine. */
  interrupted(n: number, step: () => Promise<void>): Store;
  /** Mailboxes over the same stored data that may hold only so much, and are looked at with every put. */
  boundedMailboxes(bounds: { readonly letters: number; readonly bytes: number }): MailboxStore;
  /** From now on events of these types are written to the app's log. */
  wantEvents(app: string, types: readonly EventType[]): Promise<void>;
  /** The app's log as it was written: nothing is joined to it yet. In order. */
  told(app: string): Promise<readonly Told[]>;
  /** Everything that lies in the store, as text; binary values byte by byte. */
  everythingStored(): Promise<string>;
  /**
   * Stores a message, but does not let the write end until `release` is called. Absent where the engine lets nobody
   * else write meanwhile.
   */
  holdAccept?(message: NewMessage, now: EpochMs): Promise<{ release(): Promise<void> }>;
  close(): Promise<void>;
}

export interface Told {
  readonly type: EventType;
  readonly at: EpochMs;
  readonly data: JsonObject;
}

/** Far enough ahead that no scene stands before 1970, however many there are. */
const START = Date.UTC(2099, 0, 1);
const ERA_MS = 20 * 86_400_000;
let scenes = 0;

/**
 * A corner of a shared store for one test: an app of its own, and a time of its own that lies before that of all
 * tests before it, so that what those left behind is not due yet.
 */
export class Scene {
  readonly app: string;
  readonly now: EpochMs;

  constructor() {
    const n = scenes++;
    this.app = `app${String(n).padStart(4, '0')}`;
    this.now = START - n * ERA_MS;
  }

  messageId(at: EpochMs = this.now): string {
    return newId('msg', at, randomBytes);
  }

  /** A message with chunks `[provider, keys or targets]`; planned unless told otherwise. */
  message(change: MessageChange = {}): NewMessage {
    const at = change.at ?? this.now;
    const id = change.id ?? this.messageId(at);
    const app = change.app ?? this.app;
    return {
      accepted: {
        id,
        app,
        status: 'queued',
        createdAt: at,
        audience: { state: 'resolved', users: 0, devices: 1, byPlatform: {}, noDevice: [] },
        warnings: [],
      },
      ...(change.key === undefined
        ? {}
        : { claim: { key: change.key, path: change.path ?? '/v1/messages', until: change.until ?? at + 3_600_000 } }),
      fingerprint: change.fingerprint ?? `print of ${id}`,
      class: change.class ?? 'transactional',
      terms: { priority: 'high', ttlSeconds: 3_600, onUncertain: 'resend', track: change.track ?? 'all' },
      content: change.content ?? { notification: { title: 'Hi' }, overrides: {} },
      expiresAt: change.expiresAt ?? at + 3_600_000,
      ...(change.metadata === undefined ? {} : { metadata: change.metadata }),
      ...(change.tags === undefined ? {} : { tags: change.tags }),
      planned: change.planned ?? true,
      chunks: chunksOf(id, change.chunks ?? []),
      ...(change.handedUntil === undefined ? {} : { handedUntil: change.handedUntil }),
    };
  }
}

export type ChunkDraft = readonly [provider: string | null, targets: readonly (string | ChunkTarget)[]];

interface MessageChange {
  at?: EpochMs;
  id?: string;
  app?: string;
  key?: string;
  path?: string;
  until?: EpochMs;
  fingerprint?: string;
  class?: MessageClass;
  track?: Track;
  content?: NewMessage['content'];
  expiresAt?: EpochMs;
  metadata?: NonNullable<NewMessage['metadata']>;
  tags?: readonly string[];
  planned?: boolean;
  chunks?: readonly ChunkDraft[];
  handedUntil?: EpochMs;
}

export function chunksOf(message: string, drafts: readonly ChunkDraft[], first = 0): NewChunk[] {
  return drafts.map(([provider, targets], n) => ({
    id: `${message}.${first + n}`,
    provider,
    targets: targets.map((target) =>
      typeof target === 'string' ? { key: target, user: `user of ${target}` } : target,
    ),
  }));
}

/** So many chunks of one target each. */
export function oneByOne(provider: string | null, count: number): ChunkDraft[] {
  return Array.from({ length: count }, (_, i) => [provider, [`d${String(i).padStart(5, '0')}`]]);
}

export function bareTarget(opened: OpenedStore, app: string, provider: string, token: string): ChunkTarget {
  const tokenHash = opened.hasher.pushToken(app, provider, token as PushToken);
  return {
    key: BARE_KEY_PREFIX + tokenHash,
    user: null,
    bare: { provider, token: token as PushToken, tokenHash, environment: 'production', purpose: 'alert' },
  };
}

export interface End {
  readonly index: number;
  readonly state: SettledState;
  readonly reason?: Reason;
}

/** What a holder writes: `ends` settled on top of what the chunk already has, `waits` tried and waiting. */
export function advanceOf(
  chunk: Chunk,
  change: {
    readonly ends?: readonly End[];
    readonly waits?: readonly { readonly index: number; readonly dueAt: EpochMs }[];
    readonly effects?: readonly Effect[];
    readonly next: ChunkAdvance['next'];
    readonly at: EpochMs;
    readonly track?: Track;
  },
): ChunkAdvance {
  const marks = [...chunk.progress.marks];
  const counts = { ...chunk.progress.counts };
  const reasons = { ...chunk.progress.reasons };
  const track = change.track ?? 'all';
  const deliveries: Delivery[] = [];
  const unkept: UnkeptDelivery[] = [];
  for (const { index, state, reason } of change.ends ?? []) {
    marks[index] = 'x';
    counts[state] = (counts[state] ?? 0) + 1;
    if (reason !== undefined) reasons[reason] = (reasons[reason] ?? 0) + 1;
    const isUnkept = track === 'none' || (track === 'failures' && (state === 'sent' || state === 'delivered'));
    const delivery = {
      ...deliveryOf(chunk, index, change.at),
      state,
      reason: reason ?? null,
      settledAt: change.at,
      ...(state === 'sent' || state === 'delivered' ? { sentAt: change.at } : {}),
      ...(state === 'delivered' ? { deliveredAt: change.at } : {}),
    };
    if (isUnkept) unkept.push({ ...delivery, index });
    else deliveries.push(delivery);
  }
  for (const { index, dueAt } of change.waits ?? []) {
    if (track !== 'all') continue;
    deliveries.push({ ...deliveryOf(chunk, index, change.at), state: 'queued', reason: null, nextAttemptAt: dueAt });
  }
  return {
    id: chunk.id,
    fence: chunk.fence,
    progress: { marks: marks.join(''), troubles: chunk.progress.troubles, counts, reasons },
    effects: change.effects ?? [],
    deliveries,
    unkept,
    next: change.next,
  };
}

function deliveryOf(chunk: Chunk, index: number, at: EpochMs) {
  const target = chunk.targets[index];
  if (target === undefined) throw new Error(`no target ${index}`);
  return {
    message: chunk.message,
    key: target.key,
    device: target.bare === undefined ? target.key : null,
    ...(target.bare === undefined ? {} : { tokenHash: target.bare.tokenHash }),
    user: target.user,
    provider: chunk.provider,
    attempts: [{ provider: chunk.provider ?? '', at, outcome: 'accepted' as const, ms: 5 }],
    queuedAt: at,
  };
}

/** Every item of a list, page by page. */
export async function allPages<T>(
  read: (page: { limit: number; cursor?: string }) => Promise<{ items: readonly T[]; nextCursor?: string }>,
  limit: number,
): Promise<{ items: T[]; pages: number }> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let pages = 1; ; pages++) {
    const page = await read(cursor === undefined ? { limit } : { limit, cursor });
    if (page.items.length > limit) throw new Error(`a page of ${page.items.length} for a limit of ${limit}`);
    items.push(...page.items);
    if (page.nextCursor === undefined) return { items, pages };
    cursor = page.nextCursor;
  }
}
