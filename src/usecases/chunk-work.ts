import {
  type Chunk,
  type ChunkTarget,
  type Effect,
  isOver,
  MARK,
  type Mark,
  type MovedTarget,
  type StepEffect,
  type Trouble,
} from '../domain/chunk.js';
import { type Attempt, BARE_KEY_PREFIX, type Delivery, type SettledState } from '../domain/delivery.js';
import { nextChunkId } from '../domain/ids.js';
import type { Reason } from '../domain/reason.js';
import { type DeviceStep, REALTIME } from '../domain/route.js';
import type { EpochMs } from '../domain/time.js';
import type { ChunkAdvance, UnkeptDelivery } from '../ports/chunk-store.js';
import type { SendableMessage } from '../ports/message-store.js';

const NO_TROUBLE: Trouble = { tries: 0, dueAt: 0, crashes: 0, attempts: [] };
/** Attempts kept per target; the oldest go first. */
const ATTEMPTS_KEPT = 20;

/**
 * A claimed chunk while its holder works on it: the one place where marks, counts and deliveries change together, so
 * that what is written is always whole. Pure memory; the writer records it.
 */
export class ChunkWork {
  readonly chunk: Chunk;
  readonly message: SendableMessage;
  readonly #marks: Mark[];
  readonly #troubles = new Map<number, Trouble>();
  readonly #counts: Partial<Record<SettledState, number>>;
  readonly #reasons: Partial<Record<Reason, number>>;
  readonly #live: Partial<Record<'sent' | 'delivered', number>>;
  readonly #effects: Effect[];
  /** Who moved on under this fence, by step and provider. */
  readonly #steps = new Map<string, Omit<StepEffect, 'targets'> & { readonly targets: MovedTarget[] }>();
  /** By target index; only the newest word on each is written. */
  #deliveries = new Map<number, Delivery>();
  readonly #sentNow: string[] = [];
  /** As above, of those that `track` does not keep. */
  readonly #unkept = new Map<number, UnkeptDelivery>();
  readonly #ends = new Map<
    string,
    { readonly state: SettledState; readonly reason: Reason | undefined; count: number }
  >();
  #open: number;
  #next: ChunkAdvance['next'];
  /** Set when the store refused our fence: somebody else holds the chunk now. */
  lost = false;
  /** Set when the message is found canceled while the chunk is being worked on. */
  canceled: boolean;

  constructor(chunk: Chunk, message: SendableMessage, leaseUntil: EpochMs) {
    this.chunk = chunk;
    this.message = message;
    this.canceled = message.canceled;
    this.#marks = [...chunk.progress.marks] as Mark[];
    for (const [index, trouble] of Object.entries(chunk.progress.troubles)) this.#troubles.set(Number(index), trouble);
    this.#counts = { ...chunk.progress.counts };
    this.#reasons = { ...chunk.progress.reasons };
    this.#live = { ...chunk.progress.live };
    this.#effects = [...chunk.effects];
    this.#open = this.#marks.filter((mark) => !isOver(mark)).length;
    this.#next = { kind: 'hold', leaseUntil };
  }

  get open(): number {
    return this.#open;
  }

  get effects(): readonly Effect[] {
    return [...this.#effects, ...[...this.#steps.values()].map((step) => ({ ...step, targets: [...step.targets] }))];
  }

  get leaseUntil(): EpochMs {
    return this.#next.kind === 'hold' ? this.#next.leaseUntil : 0;
  }

  target(index: number): ChunkTarget {
    const target = this.chunk.targets[index];
    if (target === undefined) throw new Error(`chunk ${this.chunk.id} has no target ${index}`);
    return target;
  }

  trouble(index: number): Trouble {
    return this.#troubles.get(index) ?? NO_TROUBLE;
  }

  /**
   * Targets that waited long enough, in order; of a canceled message all that wait. Those whose device's word is awaited
   * are asked about each time their chunk comes: it may have come earlier because there is one.
   */
  due(now: EpochMs): number[] {
    const isDue = ({ dueAt, handedAt }: Trouble) => dueAt <= now || handedAt !== undefined;
    return this.#indexes(
      (index) => this.#marks[index] === MARK.waiting && (this.canceled || isDue(this.trouble(index))),
    );
  }

  /** Targets whose time has not come. */
  resting(now: EpochMs): number[] {
    const due = new Set(this.due(now));
    return this.#indexes((index) => this.#marks[index] === MARK.waiting && !due.has(index));
  }

  /** Devices to which it ended as sent since the claim. */
  sentNow(): readonly string[] {
    return this.#sentNow;
  }

  /** Devices whose word is awaited. */
  awaited(): string[] {
    return this.#indexes((index) => this.#marks[index] === MARK.waiting)
      .filter((index) => this.trouble(index).handedAt !== undefined)
      .map((index) => this.target(index).key);
  }

  /** Targets that were under way when an earlier holder went: nobody knows what became of them. */
  started(): number[] {
    return this.#indexes((index) => this.#marks[index] === MARK.started);
  }

  #indexes(wanted: (index: number) => boolean): number[] {
    const found: number[] = [];
    for (let index = 0; index < this.#marks.length; index++) if (wanted(index)) found.push(index);
    return found;
  }

  markStarted(index: number): void {
    this.#marks[index] = MARK.started;
  }

  /** Back among the waiting, with nothing noted: no byte of it left. */
  unstart(index: number, dueAt: EpochMs): void {
    this.#marks[index] = MARK.waiting;
    this.#troubles.set(index, { ...this.trouble(index), dueAt });
  }

  /** It was handed over, and the device's word is awaited: until that comes the attempt stands in no list of those made. */
  await(
    index: number,
    until: { readonly since: EpochMs; readonly dueAt: EpochMs; readonly got?: true },
    attempt: Attempt,
  ): void {
    const before = this.trouble(index);
    this.#marks[index] = MARK.waiting;
    const { since, ...rest } = until;
    this.#troubles.set(index, { ...before, ...rest, handedAt: since });
    // What is awaited still has been told before.
    if (this.message.terms.track !== 'all' || (before.handedAt !== undefined && before.dueAt === until.dueAt)) return;
    this.#deliveries.set(index, {
      ...this.#delivery(index, [...before.attempts, attempt]),
      state: 'queued',
      reason: null,
      nextAttemptAt: until.dueAt,
    });
  }

  /** It goes on later: notes the attempt and when the next is due. */
  postpone(
    index: number,
    change: { readonly tries: number; readonly dueAt: EpochMs; readonly crashes?: number },
    attempt: Attempt,
  ): void {
    const before = this.trouble(index);
    const attempts = [...before.attempts, attempt].slice(-ATTEMPTS_KEPT);
    this.#marks[index] = MARK.waiting;
    this.#troubles.set(index, {
      tries: change.tries,
      dueAt: change.dueAt,
      crashes: change.crashes ?? before.crashes,
      attempts,
      ...(before.handedAt === undefined ? {} : { handedAt: before.handedAt }),
      ...(before.got === undefined ? {} : { got: before.got }),
    });
    if (this.message.terms.track !== 'all') return;
    this.#deliveries.set(index, {
      ...this.#delivery(index, attempts),
      state: 'queued',
      reason: null,
      nextAttemptAt: change.dueAt,
    });
  }

  /** It ends here. */
  settle(
    index: number,
    end: {
      readonly state: SettledState;
      readonly reason?: Reason;
      readonly sentAt?: EpochMs;
      /** Over which it ended, where that is not the chunk's. */
      readonly provider?: string;
    },
    now: EpochMs,
    attempt?: Attempt,
  ): void {
    if (isOver(this.#marks[index])) return;
    const attempts = attempt === undefined ? this.trouble(index).attempts : [...this.trouble(index).attempts, attempt];
    this.#marks[index] = MARK.settled;
    this.#troubles.delete(index);
    this.#open--;
    this.#counts[end.state] = (this.#counts[end.state] ?? 0) + 1;
    if (isLive(end, this.chunk)) this.#live[end.state] = (this.#live[end.state] ?? 0) + 1;
    if (end.reason !== undefined) this.#reasons[end.reason] = (this.#reasons[end.reason] ?? 0) + 1;
    const ended = `${end.state}|${end.reason ?? ''}`;
    this.#ends.set(ended, { state: end.state, reason: end.reason, count: (this.#ends.get(ended)?.count ?? 0) + 1 });
    const { track } = this.message.terms;
    const isTaken = end.state === 'sent' || end.state === 'delivered';
    if (end.state === 'sent') this.#sentNow.push(this.target(index).key);
    const isKept = track === 'all' || (track === 'failures' && !isTaken);
    const delivery = {
      ...this.#delivery(index, attempts),
      state: end.state,
      reason: end.reason ?? null,
      ...(end.provider === undefined ? {} : { provider: end.provider }),
      settledAt: now,
      ...(isTaken ? { sentAt: end.sentAt ?? now } : {}),
      ...(end.state === 'delivered' ? { deliveredAt: now } : {}),
    };
    if (isKept) this.#deliveries.set(index, delivery);
    else this.#unkept.set(index, { ...delivery, index });
  }

  /**
   * No vendor takes it, but it waits in the device's mailbox: it ends as sent over the connection, and is shown when the
   * device comes for it.
   */
  keep(index: number, now: EpochMs, attempt?: Attempt): void {
    if (isOver(this.#marks[index])) return;
    const kept = this.trouble(index).attempts.findLast(({ isKept }) => isKept === true);
    this.settle(index, { state: 'sent', provider: REALTIME, sentAt: kept?.at ?? now }, now, attempt);
    if (this.chunk.provider === REALTIME) return; // still shown
    const shows = this.#effects.find((effect) => effect.kind === 'show');
    const { key } = this.target(index);
    if (shows !== undefined) this.#effects.splice(this.#effects.indexOf(shows), 1);
    this.#effects.push({ kind: 'show', message: this.message.id, devices: [...(shows?.devices ?? []), key] });
  }

  /** Whether it waits in the device's mailbox since an earlier step of its route. */
  isKept(index: number): boolean {
    return this.trouble(index).attempts.some(({ isKept }) => isKept === true);
  }

  /**
   * Its road ends here, and it goes on at its route's next step, in a chunk of its own. It is counted there when it
   * ends; until that chunk is written the effect is owed.
   */
  moveOn(index: number, to: DeviceStep, attempt?: Attempt): void {
    if (isOver(this.#marks[index])) return;
    const before = this.trouble(index).attempts;
    const attempts = (attempt === undefined ? before : [...before, attempt]).slice(-ATTEMPTS_KEPT);
    this.#marks[index] = MARK.moved;
    this.#troubles.delete(index);
    this.#open--;
    const { key, user } = this.target(index);
    this.#stepTo(to).targets.push({ key, user, attempts });
    if (this.message.terms.track !== 'all') return;
    this.#deliveries.set(index, {
      ...this.#delivery(index, attempts),
      provider: to.provider,
      state: 'queued',
      reason: null,
    });
  }

  /** Under one fence one id stands for a group that only its holder adds to, and nobody once another may take it. */
  #stepTo({ step, provider }: DeviceStep) {
    const known = this.#steps.get(`${step}|${provider}`);
    if (known !== undefined) return known;
    const chunk = nextChunkId(this.message.id, this.chunk.id, this.chunk.fence, this.#steps.size);
    const hushes = this.chunk.provider === REALTIME ? { hushes: this.message.id } : {};
    const group = { kind: 'step' as const, chunk, provider, step, targets: [], ...hushes };
    this.#steps.set(`${step}|${provider}`, group);
    return group;
  }

  #delivery(index: number, attempts: readonly Attempt[]) {
    const target = this.target(index);
    return {
      message: this.message.id,
      key: target.key,
      device: target.key.startsWith(BARE_KEY_PREFIX) ? null : target.key,
      ...(target.bare === undefined ? {} : { tokenHash: target.bare.tokenHash }),
      user: target.user,
      provider: this.chunk.provider,
      attempts,
      queuedAt: this.message.createdAt,
    };
  }

  /** What ended since the claim, for counting. */
  ends() {
    return [...this.#ends.values()];
  }

  owe(effect: Effect): void {
    this.#effects.push(effect);
  }

  hold(leaseUntil: EpochMs): void {
    if (this.#next.kind === 'hold') this.#next = { kind: 'hold', leaseUntil };
  }

  /** Lets go at the next write: done, or to be taken again when the first of the waiting is due. */
  letGo(now: EpochMs, blocked: boolean): void {
    if (this.#open === 0) {
      this.#next = { kind: 'done' };
      return;
    }
    let dueAt = Number.POSITIVE_INFINITY;
    for (const index of this.#indexes((i) => this.#marks[i] === MARK.waiting))
      dueAt = Math.min(dueAt, this.trouble(index).dueAt);
    this.#next = { kind: 'release', dueAt: Math.max(now, Number.isFinite(dueAt) ? dueAt : now), blocked };
  }

  /** What is to be recorded, as of now. */
  snapshot(): ChunkAdvance {
    return {
      id: this.chunk.id,
      fence: this.chunk.fence,
      progress: {
        marks: this.#marks.join(''),
        troubles: Object.fromEntries(this.#troubles),
        counts: { ...this.#counts },
        reasons: { ...this.#reasons },
        ...(Object.keys(this.#live).length === 0 ? {} : { live: { ...this.#live } }),
      },
      effects: this.effects,
      deliveries: [...this.#deliveries.values()],
      unkept: [...this.#unkept.values()],
      next: this.#next,
    };
  }

  /** Forgets deliveries that were recorded with `snapshot`, unless a newer word came since. */
  recorded(snapshot: ChunkAdvance): void {
    const written = new Set([...snapshot.deliveries, ...snapshot.unkept]);
    for (const told of [this.#deliveries, this.#unkept]) {
      for (const [index, delivery] of told) if (written.has(delivery)) told.delete(index);
    }
  }
}

/** Whether the connection has it, though its chunk is at a vendor. */
function isLive<End extends { readonly state: SettledState; readonly provider?: string }>(
  end: End,
  chunk: Chunk,
): end is End & { readonly state: 'sent' | 'delivered' } {
  const isTaken = end.state === 'sent' || end.state === 'delivered';
  return isTaken && end.provider === REALTIME && chunk.provider !== REALTIME;
}
