/**
 * Messages that vivo keeps for lists: each is saved once, and named by its task in as many lists as it takes. vivo counts
 * what is saved in a day, and gives less to who goes on when that is used up.
 */
import { createHash } from 'node:crypto';
import type { EpochMs, Outcome } from '../contract.js';
import type { Talk, VendorRequest } from '../shared/vendor-provider.js';
import type { VivoOptions } from './options.js';
import { judge, LISTS_USED_UP, msUntilDayEnds } from './outcome.js';
import type { Compiled } from './payload.js';

export type Saved =
  /** `isKnown`: it was saved for an earlier list, and vivo may have forgotten it. */
  | { readonly kind: 'task'; readonly id: string; readonly isKnown: boolean }
  /** No more lists today. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly outcome: Outcome; readonly isUnanswered: boolean };

interface Task {
  readonly id: string;
  readonly ttlSeconds: number;
  readonly savedAt: EpochMs;
}

const TASKS_MAX = 1_000;
/** An older one is saved anew: how long vivo keeps them is not documented. */
const TASK_AGE_MS_MAX = 10 * 60_000;
/** What is left of a message's life becomes less from list to list: so much of it a task may be wrong. */
const TTL_OFF_SECONDS_MAX = 60;

export class ListTasks {
  readonly #options: VivoOptions;
  readonly #request: (body: string, token: string) => VendorRequest;
  /** Oldest first. */
  readonly #tasks = new Map<string, Task>();
  readonly #saving = new Map<string, Promise<Saved>>();
  #closedUntil: EpochMs = 0;

  /** @param request to `/message/saveListPayload` */
  constructor(options: VivoOptions, request: (body: string, token: string) => VendorRequest) {
    this.#options = options;
    this.#request = request;
  }

  areClosed(now: EpochMs): boolean {
    return now < this.#closedUntil;
  }

  /** No more lists until vivo's day ends. */
  close(now: EpochMs): void {
    this.#closedUntil = now + msUntilDayEnds(now, this.#options);
  }

  /** @param body what is saved; @param forgotten a task of this message that vivo no longer knows */
  async taskOf(compiled: Compiled, body: string, talk: Talk, forgotten?: string): Promise<Saved> {
    const key = keyOf(compiled);
    const task = this.#tasks.get(key);
    if (task !== undefined && task.id !== forgotten && this.#isFit(task, compiled, talk.now())) {
      return { kind: 'task', id: task.id, isKnown: true };
    }
    const pending = this.#saving.get(key);
    if (pending !== undefined) {
      const saved = await pending;
      // Whoever was waited for was given up, or cut off: nobody else was.
      if (saved.kind === 'failed' && saved.isUnanswered) return this.taskOf(compiled, body, talk, forgotten);
      return saved;
    }
    const saving = this.#save(key, compiled, body, talk).finally(() => this.#saving.delete(key));
    this.#saving.set(key, saving);
    return saving;
  }

  #isFit({ ttlSeconds, savedAt }: Task, compiled: Compiled, now: EpochMs): boolean {
    const off = ttlSeconds - compiled.ttlSeconds;
    const isNow = (ttlSeconds === 0) === (compiled.ttlSeconds === 0);
    return isNow && off >= 0 && off <= TTL_OFF_SECONDS_MAX && now >= savedAt && now - savedAt < TASK_AGE_MS_MAX;
  }

  async #save(key: string, { ttlSeconds }: Compiled, body: string, talk: Talk): Promise<Saved> {
    const asked = await talk.ask({
      isHarmless: true, // it reaches no device
      request: (token) => this.#request(body, token),
      judge: (answer) => judge(answer, { nowMs: talk.now(), options: this.#options, pushTokens: [] }),
    });
    if (asked.kind === 'outcome') return { kind: 'failed', outcome: asked.outcome, isUnanswered: true };
    const { value } = asked;
    if (value.kind === 'refused') {
      if (value.code !== LISTS_USED_UP) return failed(harmless(value.outcome));
      this.close(talk.now());
      return { kind: 'closed' };
    }
    const { taskId, detail } = value.said;
    if (taskId === undefined) {
      return failed({ kind: 'deferred', scope: 'target', reason: 'provider_unavailable', detail });
    }
    this.#tasks.delete(key);
    this.#tasks.set(key, { id: taskId, ttlSeconds, savedAt: talk.now() });
    for (const oldest of this.#tasks.keys()) {
      if (this.#tasks.size <= TASKS_MAX) break;
      this.#tasks.delete(oldest);
    }
    return { kind: 'task', id: taskId, isKnown: false };
  }
}

function failed(outcome: Outcome): Saved {
  return { kind: 'failed', outcome, isUnanswered: false };
}

/** A cut answer to what reaches nobody leaves nothing uncertain; and it names no address that could be dead. */
function harmless(outcome: Outcome): Outcome {
  if (outcome.kind !== 'uncertain' && outcome.kind !== 'unregistered') return outcome;
  const { detail } = outcome;
  const told = detail === undefined ? {} : { detail };
  return { kind: 'deferred', scope: 'target', reason: 'provider_unavailable', ...told };
}

function keyOf({ body }: Compiled): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('base64url');
}
