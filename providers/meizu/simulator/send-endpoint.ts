/** `POST …/varnished/pushByPushId` and `…/pushByAlias`, in the order in which they are checked. */
import { randomUUID } from 'node:crypto';
import type { Refused, Served, VendorCall } from '../../simulation/vendor-call.js';
import type { Answers } from './answers.js';
import type { DayCounts } from './day-counts.js';
import { isObject, isWellFormed, partOf } from './message-rules.js';
import { isSigned } from './signature.js';

/** The parameter that names the targets, by path. */
export const SEND_PATHS: Readonly<Record<string, string>> = {
  '/garcia/api/server/push/varnished/pushByPushId': 'pushIds',
  '/garcia/api/server/push/varnished/pushByAlias': 'alias',
};
const PROVIDER = 'meizu';
const TARGETS_MAX = 100;
/** What Meizu says of one of many. */
const TARGET_CODES = new Set([
  ...['201', '501', '513', '519', '520', '110002', '110003', '110005', '110010', '110011'],
]);
/** Before a code in the fault plan: it is meant of the whole request, as which it may be another thing. */
const WHOLE = /^top:/;

export interface SendRoom {
  readonly answers: Answers;
  readonly counts: DayCounts;
  readonly redirect: string | undefined;
}

export type MeizuServed = Served & {
  /** Where receipts are wanted. */
  readonly receipts: { readonly callback: string; readonly param: string } | undefined;
};

export function readSend(
  { method, path, headers, body = '' }: VendorCall,
  account: { readonly appId: string; readonly appSecret: string; readonly hasServiceClass: boolean },
  { answers, counts, redirect }: SendRoom,
): Refused | MeizuServed {
  const form = new URLSearchParams(body);
  const named = form.get(SEND_PATHS[path] ?? '') ?? '';
  const targets = named === '' ? [] : named.split(',');
  const message = jsonOf(form.get('messageJson') ?? '');
  const refuse = (code: string): Refused => ({
    ...{ kind: 'refused', provider: PROVIDER, targets, payload: message ?? null, reason: code },
    answer: answers.refusal(code),
  });
  if (method !== 'POST') return refuse('1005');
  if (!/^application\/x-www-form-urlencoded(?:;|$)/i.test(headers['content-type'] ?? '')) return refuse('1005');
  if (form.get('appId') !== account.appId) return refuse('110000');
  if (!isSigned(form, account.appSecret)) return refuse('1006');
  if (redirect !== undefined) return { ...refuse('300'), answer: answers.redirection(redirect) };
  if (targets.length === 0 || form.get('messageJson') === '') return refuse('110004');
  if (targets.length > TARGETS_MAX || targets.includes('') || !isObject(message)) return refuse('1005');
  if (!isWellFormed(message)) return refuse('1005');
  if (!counts.hasRoomFor(targets.length)) return refuse('110019');
  const isPublic = partOf(message, 'noticeBarInfo')?.noticeMsgType !== 1;
  const extra = partOf(message, 'extra');
  const { callback, 'callback.param': param = '' } = extra ?? {};
  const id = `NS${randomUUID().replaceAll('-', '')}`;
  return {
    kind: 'served',
    provider: PROVIDER,
    targets,
    id,
    payload: message,
    isNotification: true,
    receipts: typeof callback === 'string' ? { callback, param: String(param) } : undefined,
    isTargetCode: (code) => TARGET_CODES.has(code),
    serve(asked) {
      const refused = new Map(asked);
      for (const target of targets) {
        if (refused.has(target)) continue;
        if (!isPublic && !account.hasServiceClass) refused.set(target, '201');
        else if (isPublic && counts.isCapped(target)) refused.set(target, '110011');
      }
      const failures: Record<string, string[]> = {};
      for (const [target, code] of refused) failures[code] = [...(failures[code] ?? []), target];
      counts.count(
        targets.filter((target) => !refused.has(target)),
        isPublic,
      );
      return { answer: answers.delivery(id, failures), refused };
    },
    answerWith: ({ status, code = '1001' }) => answers.refusal(code.replace(WHOLE, ''), status),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
