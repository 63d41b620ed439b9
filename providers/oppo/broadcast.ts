/** One content, saved at OPPO first, then sent to many devices by its id. */
import { createHash, randomUUID } from 'node:crypto';
import type { EpochMs, JsonObject, Outcome, Target } from '../contract.js';
import { isJsonObject } from '../shared/merge-patch.js';
import type { Answer } from '../shared/transport.js';
import { msUntilNextDay, parseDayStart } from '../shared/vendor-day.js';
import type { Judged, Talk } from '../shared/vendor-provider.js';
import { formOf, post } from './form.js';
import {
  type Circumstances,
  CONTENT_UNKNOWN,
  DEAD,
  DUPLICATE,
  hear,
  idOf,
  judgeCode,
  SAVE_LIMIT,
  TOKEN_REFUSED,
} from './outcome.js';
import type { Compiled } from './payload.js';
import type { OppoOptions } from './settings.js';
import { type Door, hiding, ofMany, textsOf } from './unicast-batch.js';

const SAVE_PATH = '/server/v1/message/notification/save_message_content';
const SEND_PATH = '/server/v1/message/notification/broadcast';

/** Contents whose ids are kept; the oldest go first. A content that is saved again does no harm. */
const SAVED_MAX = 1_000;

type Saved =
  | { readonly kind: 'saved'; readonly id: string }
  /** OPPO saves no more for today. */
  | { readonly kind: 'limit' }
  /** `isUnanswered`: whoever asked was cut off, or gave up, which says nothing to others who wait. */
  | { readonly kind: 'failed'; readonly outcome: Outcome; readonly isUnanswered?: true };

type Sent =
  | { readonly kind: 'outcomes'; readonly outcomes: readonly Outcome[] }
  /** One of many is no registration id, and OPPO does not say which: nobody got it. */
  | { readonly kind: 'one_of_many' }
  /** OPPO does not know (any more) what was saved. */
  | { readonly kind: 'unknown_content'; readonly outcome: Outcome };

export class Broadcasts {
  readonly #options: OppoOptions;
  /** By origin and content. */
  readonly #saved = new Map<string, Promise<Saved>>();
  /** By origin: until when nothing is saved. */
  readonly #limits = new Map<string, EpochMs>();

  constructor(options: OppoOptions) {
    this.#options = options;
  }

  /** @returns undefined where it cannot go this way, today or to these devices */
  async send(
    compiled: Compiled,
    targets: readonly Target[],
    door: Door,
    talk: Talk,
  ): Promise<readonly Outcome[] | undefined> {
    const content = steppedLife(compiled.notification);
    const key = `${door.origin} ${digest(compiled.message, content)}`;
    const first = await this.#sendSaved(key, content, targets, door, talk);
    if (first?.kind !== 'unknown_content') return first?.outcomes;
    this.#saved.delete(key);
    const second = await this.#sendSaved(key, content, targets, door, talk);
    if (second?.kind !== 'unknown_content') return second?.outcomes;
    return targets.map(() => second.outcome);
  }

  async #sendSaved(
    key: string,
    content: JsonObject,
    targets: readonly Target[],
    door: Door,
    talk: Talk,
  ): Promise<Exclude<Sent, { readonly kind: 'one_of_many' }> | undefined> {
    const saved = await this.#save(key, content, door, talk);
    switch (saved.kind) {
      case 'limit':
        return undefined;
      case 'failed':
        return { kind: 'outcomes', outcomes: targets.map(() => saved.outcome) };
      case 'saved': {
        const sent = await this.#broadcast(saved.id, targets, door, talk);
        return sent.kind === 'one_of_many' ? undefined : sent;
      }
      default: {
        const never: never = saved;
        return never;
      }
    }
  }

  /** Once for all who send the same. */
  async #save(key: string, content: JsonObject, door: Door, talk: Talk): Promise<Saved> {
    const pending = this.#saved.get(key);
    if (pending !== undefined) {
      const known = await pending;
      const isOthers = known.kind === 'failed' && known.isUnanswered === true;
      return isOthers ? this.#save(key, content, door, talk) : known;
    }
    if (talk.now() < (this.#limits.get(door.origin) ?? 0)) return { kind: 'limit' };
    const saving = this.#ask(key.slice(-32), content, door, talk).then((saved) => {
      if (saved.kind !== 'saved' && this.#saved.get(key) === saving) this.#saved.delete(key);
      if (saved.kind === 'limit') {
        const now = talk.now();
        const dayStarts = parseDayStart(this.#options.quota.day_starts) ?? 0;
        this.#limits.set(door.origin, now + msUntilNextDay(now, dayStarts));
      }
      return saved;
    });
    this.#saved.set(key, saving);
    for (const oldest of this.#saved.keys()) {
      if (this.#saved.size <= SAVED_MAX) break;
      this.#saved.delete(oldest);
    }
    return saving;
  }

  /** Another process may have saved the same under this name: OPPO then gives its id, or calls it a duplicate. */
  async #ask(name: string, content: JsonObject, door: Door, talk: Talk): Promise<Saved> {
    const first = await this.#askOnce(name, content, door, talk);
    if (first.kind !== 'failed' || first.outcome.detail?.code !== DUPLICATE) return first;
    return this.#askOnce(randomUUID(), content, door, talk);
  }

  async #askOnce(name: string, content: JsonObject, door: Door, talk: Talk): Promise<Saved> {
    const options = this.#options;
    const fields = formOf({ ...content, app_message_id: name });
    const asked = await talk.ask({
      request: (token) => ({ ...post(SAVE_PATH, fields, token, options), origin: door.origin }),
      judge: (answer) =>
        judgeSave(answer, { options, nowMs: talk.now(), answer, hidden: textsOf({ notification: content }) }),
      isHarmless: true,
      tokens: door.tokens,
    });
    return asked.kind === 'judged' ? asked.value : { kind: 'failed', outcome: asked.outcome, isUnanswered: true };
  }

  async #broadcast(id: string, targets: readonly Target[], door: Door, talk: Talk): Promise<Sent> {
    const options = this.#options;
    const ids = targets.map(({ pushToken }) => pushToken);
    const fields = formOf({ message_id: id, target_type: 2, target_value: ids.join(';') });
    const asked = await talk.ask({
      request: (token) => ({ ...post(SEND_PATH, fields, token, options), origin: door.origin }),
      judge: (answer) => judgeBroadcast(answer, targets, { options, nowMs: talk.now(), answer }),
      tokens: door.tokens,
    });
    if (asked.kind === 'judged') return asked.value;
    return { kind: 'outcomes', outcomes: targets.map(() => asked.outcome) };
  }
}

export function judgeSave(answer: Answer, by: Circumstances): Judged<Saved> {
  const heard = hear(answer, by.nowMs);
  if (heard.kind === 'nothing') {
    const { outcome, isStrange } = heard.judgement;
    return { value: { kind: 'failed', outcome: harmless(outcome) }, code: heard.code, isStrange };
  }
  const { code, message, data } = heard;
  if (code === '0') {
    const id = isJsonObject(data) ? idOf(data.message_id) : undefined;
    if (id !== undefined) return { value: { kind: 'saved', id }, code };
    const detail = { status: answer.status, code, text: 'an answer without the id of what was saved' };
    return { value: { kind: 'failed', outcome: { ...AGAIN, detail } }, code, isStrange: true };
  }
  if (code === SAVE_LIMIT) return { value: { kind: 'limit' }, code };
  const { outcome, isStrange } = judgeCode(code, message, by);
  const value: Saved = { kind: 'failed', outcome: harmless(outcome) };
  return { value, code, isStrange, isTokenRefused: code === TOKEN_REFUSED };
}

/** Nothing has gone to a device: it is neither there, nor may it be, nor is a device dead. */
function harmless(outcome: Outcome): Outcome {
  if (outcome.kind !== 'accepted' && outcome.kind !== 'uncertain' && outcome.kind !== 'unregistered') return outcome;
  return { ...AGAIN, ...(outcome.detail === undefined ? {} : { detail: outcome.detail }) };
}

const AGAIN = { kind: 'deferred', scope: 'target', reason: 'provider_unavailable' } as const;

/** Every key of `data` that is a number is a code, and its value the registration ids refused with it. */
export function judgeBroadcast(answer: Answer, targets: readonly Target[], by: Circumstances): Judged<Sent> {
  const heard = hear(answer, by.nowMs);
  const all = (outcome: Outcome): Sent => ({ kind: 'outcomes', outcomes: targets.map(() => outcome) });
  if (heard.kind === 'nothing') {
    const { outcome, isStrange } = heard.judgement;
    return { value: all(outcome), code: heard.code, isStrange };
  }
  const { code, message, data } = heard;
  if (code === DEAD && targets.length > 1) return { value: { kind: 'one_of_many' }, code };
  if (code !== '0') {
    const { outcome, isStrange } = ofMany(judgeCode(code, message, hiding(by, targets)), targets);
    if (code === CONTENT_UNKNOWN) return { value: { kind: 'unknown_content', outcome }, code };
    return { value: all(outcome), code, isStrange, isTokenRefused: code === TOKEN_REFUSED };
  }
  let isStrange = false;
  const refused = new Map<string, Outcome>();
  for (const [key, ids] of Object.entries(isJsonObject(data) ? data : {})) {
    if (!/^-?\d+$/.test(key) || key === '0') continue;
    const judged = judgeCode(key, undefined, by);
    isStrange ||= judged.isStrange;
    if (!Array.isArray(ids)) {
      // Somebody was refused, and who that is cannot be read.
      const detail = { status: answer.status, code: key, text: 'refused registration ids in an unknown form' };
      return { value: all({ kind: 'uncertain', detail }), code, isStrange: true };
    }
    for (const id of ids) refused.set(String(id), judged.outcome);
  }
  const outcomes = targets.map(({ pushToken }): Outcome => refused.get(pushToken) ?? { kind: 'accepted' });
  return { value: { kind: 'outcomes', outcomes }, code, isStrange };
}

/**
 * The time that is left is another at every window of a large message. In steps, rounded down, all of a minute's windows
 * share what was saved.
 */
function steppedLife(notification: JsonObject): JsonObject {
  const ttl = notification.off_line_ttl;
  if (typeof ttl !== 'number' || ttl < 600) return notification;
  const step = ttl < 3_600 ? 60 : 300;
  return { ...notification, off_line_ttl: Math.floor(ttl / step) * step };
}

function digest(message: string, content: JsonObject): string {
  return createHash('sha256')
    .update(JSON.stringify([message, content]))
    .digest('hex')
    .slice(0, 32);
}
