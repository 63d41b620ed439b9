/** One request for many devices, each with a content and an answer of its own. */
import type { Json, Outcome, Target } from '../contract.js';
import { isJsonObject } from '../shared/merge-patch.js';
import type { Answer } from '../shared/transport.js';
import { codeOf } from '../shared/vendor-answer.js';
import type { Judged, Talk } from '../shared/vendor-provider.js';
import type { VendorTokens } from '../shared/vendor-tokens.js';
import { batchForms, post } from './form.js';
import { type Circumstances, DEAD, hear, idOf, type Judgement, judgeCode, TOKEN_REFUSED } from './outcome.js';
import type { Compiled } from './payload.js';
import type { OppoOptions } from './settings.js';

const PATH = '/server/v1/message/notification/unicast_batch';

/** Where and with what one region is asked. */
export interface Door {
  readonly origin: string;
  readonly tokens: VendorTokens;
}

/** What an answer says of the targets of its request, or that it is for one of many, and does not say which. */
type Told = readonly Outcome[] | 'one_of_many';

export async function sendUnicastBatch(
  compiled: Compiled,
  targets: readonly Target[],
  door: Door,
  options: OppoOptions,
  talk: Talk,
): Promise<readonly Outcome[]> {
  const hidden = textsOf(compiled);
  const outcomes = await Promise.all(
    batchForms(compiled, targets, options).map(async ({ targets: named, fields }) => {
      const asked = await talk.ask({
        request: (token) => ({ ...post(PATH, fields, token, options), origin: door.origin }),
        judge: (answer) => judgeBatch(answer, named, { options, nowMs: talk.now(), answer, hidden }),
        tokens: door.tokens,
      });
      if (asked.kind === 'outcome') return named.map(() => asked.outcome);
      if (asked.value !== 'one_of_many') return asked.value;
      const alone = named.map((target) => sendUnicastBatch(compiled, [target], door, options, talk));
      return (await Promise.all(alone)).flat();
    }),
  );
  return outcomes.flat();
}

/** By registration id: OPPO does not promise the order. Who is not named may or may not have got it. */
export function judgeBatch(answer: Answer, targets: readonly Target[], by: Circumstances): Judged<Told> {
  const heard = hear(answer, by.nowMs);
  if (heard.kind === 'nothing') return forAll(targets, heard.judgement, heard.code);
  const { code, message, data } = heard;
  if (code === DEAD && targets.length > 1) return { value: 'one_of_many', code };
  if (code !== '0') {
    const judged = ofMany(judgeCode(code, message, hiding(by, targets)), targets);
    return { ...forAll(targets, judged, code), isTokenRefused: code === TOKEN_REFUSED };
  }
  const items = new Map<string, Json>();
  for (const item of Array.isArray(data) ? (data as readonly Json[]) : []) {
    if (isJsonObject(item) && typeof item.registrationId === 'string') items.set(item.registrationId, item);
  }
  let isStrange = false;
  const outcomes = targets.map((target): Outcome => {
    const item = items.get(target.pushToken);
    if (!isJsonObject(item)) {
      isStrange = true;
      const detail = { status: answer.status, code, text: 'the answer does not name this registration id' };
      return { kind: 'uncertain', detail };
    }
    const { errorCode, errorMessage } = item;
    const own = errorCode === undefined || errorCode === null ? '0' : (codeOf(errorCode) ?? 'unreadable');
    if (own === '0') {
      const vendorId = idOf(item.messageId);
      return { kind: 'accepted', ...(vendorId === undefined ? {} : { vendorId }) };
    }
    const words = typeof errorMessage === 'string' ? errorMessage : undefined;
    const judged = judgeCode(own, words, hiding(by, [target]));
    isStrange ||= judged.isStrange;
    return judged.outcome;
  });
  return { value: outcomes, code: '0', isStrange };
}

/** Texts of the message, which OPPO's words may repeat. */
export function textsOf({ notification: { title, content } }: Pick<Compiled, 'notification'>): readonly string[] {
  return [title, content].filter((text) => typeof text === 'string');
}

/** The same beside push tokens. */
export function hiding(by: Circumstances, targets: readonly Target[]): Circumstances {
  return { ...by, hidden: [...targets.map(({ pushToken }) => pushToken), ...(by.hidden ?? [])] };
}

/** Somebody of many has had it before; who has not is not told. */
export function ofMany(judged: Judgement, targets: readonly Target[]): Judgement {
  const { outcome } = judged;
  if (outcome.kind !== 'accepted' || targets.length === 1) return judged;
  const detail = outcome.detail === undefined ? {} : { detail: outcome.detail };
  return { ...judged, outcome: { kind: 'uncertain', ...detail } };
}

function forAll(
  targets: readonly Target[],
  { outcome, isStrange }: Judgement,
  code: string,
): Judged<readonly Outcome[]> {
  return { value: targets.map(() => outcome), code, isStrange };
}
