import type { BareTarget } from './audience.js';
import type { Attempt, DeliveryState } from './delivery.js';
import type { Reason } from './reason.js';
import type { EpochMs } from './time.js';

/** At most this many targets stand in one chunk. */
export const CHUNK_TARGETS_MAX = 500;
/** At most this many targets are under way, started and not yet recorded, in one window. */
export const WINDOW_TARGETS_MAX = 50;
/** And where one request to the vendor names many: such a window takes the places of several. */
export const WIDE_WINDOW_TARGETS_MAX = 200;
/** At most this many windows are under way in one worker process; the published bound is the product. */
export const WINDOWS_MAX = 16;
/** After so many crashes a chunk is walked one target at a time, so that the one that kills is found. */
export const CAREFUL_AFTER_CRASHES = 3;
/** A target that was under way in so many crashes of a careful walk is given up. */
export const TARGET_CRASHES_MAX = 3;

/** Stands where the name of a user stood who was erased. No user has this id, so no device is ever theirs. */
export const ERASED_USER = '';

/** Whom a chunk's target is, without any address: that is looked up right before each attempt. */
export interface ChunkTarget {
  /** Device id, or `~` and hash of a bare push token. */
  readonly key: string;
  /** Whose device it was when the message was planned, or {@link ERASED_USER}. Compared again before every attempt. */
  readonly user: string | null;
  /** Present for a bare push token only; its token is sealed at rest. */
  readonly bare?: BareTarget;
}

/** A target's mark: waiting, started (bytes may have left), settled, moved on to a chunk of its route's next step. */
export const MARK = { waiting: '.', started: '>', settled: 'x', moved: 'm' } as const;
export type Mark = (typeof MARK)[keyof typeof MARK];

/** Whether a target with this mark is no longer its chunk's concern. */
export function isOver(mark: string | undefined): boolean {
  return mark === MARK.settled || mark === MARK.moved;
}

/** Kept only for a target that was tried and is not settled. */
export interface Trouble {
  /** Attempts that count towards the limit. */
  readonly tries: number;
  /** Not before this time. */
  readonly dueAt: EpochMs;
  /** Crashes of a careful walk during which this target was under way. */
  readonly crashes: number;
  readonly attempts: readonly Attempt[];
  /** Since when its device's word is awaited: it may be asked about at any time, and at `dueAt` it must be. */
  readonly handedAt?: EpochMs;
  /** The device has it, its app has not ended with it. */
  readonly got?: true;
}

/** How far a chunk has come. Small, and rewritten whole by the holder of the fence. */
export interface Progress {
  /** One mark per target, in target order. */
  readonly marks: string;
  /** By target index. */
  readonly troubles: Readonly<Record<string, Trouble>>;
  readonly counts: Readonly<Partial<Record<DeliveryState, number>>>;
  readonly reasons: Readonly<Partial<Record<Reason, number>>>;
  /** Those among `counts` that ended over the connection, though the chunk is at another provider. */
  readonly live?: Readonly<Partial<Record<'sent' | 'delivered', number>>>;
}

/** What an answer says of a registration. */
export type RegistrationEffect =
  | {
      readonly kind: 'retire';
      readonly provider: string;
      readonly tokenHash: string;
      readonly asOf?: EpochMs;
      readonly at: EpochMs;
      readonly vendorCode?: string;
    }
  | {
      readonly kind: 'strike';
      readonly provider: string;
      readonly tokenHash: string;
      readonly at: EpochMs;
      readonly vendorCode?: string;
    };

/** Targets whose road has ended, and who go on in a chunk of their own. */
export interface StepEffect {
  readonly kind: 'step';
  /** Id of that chunk; one id always stands for the same targets. */
  readonly chunk: string;
  readonly provider: string;
  /** Place of that provider's step in the message's route. */
  readonly step: number;
  readonly targets: readonly MovedTarget[];
  /** The message, where the targets' mailboxes may have it: a vendor shows it from now on. */
  readonly hushes?: string;
}

/** A message that waits in the mailboxes of devices, and that no vendor shows. */
export interface ShowEffect {
  readonly kind: 'show';
  readonly message: string;
  readonly devices: readonly string[];
}

/** A target on its way to its route's next step, with all that was tried so far. */
export interface MovedTarget extends Pick<ChunkTarget, 'key' | 'user'> {
  readonly attempts: readonly Attempt[];
}

/** A consequence beyond the chunk that is repeated until it is marked done. */
export type Effect = RegistrationEffect | StepEffect | ShowEffect;

/** Stored unit of work: targets of one message at one account, with a fence. */
export interface Chunk {
  /** `<message>.<n>`, the same each time the same plan is made; of targets that moved on `<message>.s<hash>`. */
  readonly id: string;
  readonly message: string;
  readonly app: string;
  /** `null`: devices no configured road reaches; they end without an attempt. */
  readonly provider: string | null;
  /** Place in the message's route of the step that these targets are at, from 0. */
  readonly step: number;
  /** Key of the message's locales that these targets see; `null`: the notification as it is. */
  readonly rendering: string | null;
  readonly targets: readonly ChunkTarget[];
  readonly fence: number;
  readonly crashes: number;
  readonly progress: Progress;
  readonly effects: readonly Effect[];
}

export function freshProgress(targetCount: number): Progress {
  return { marks: MARK.waiting.repeat(targetCount), troubles: {}, counts: {}, reasons: {} };
}
