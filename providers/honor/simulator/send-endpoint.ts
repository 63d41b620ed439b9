/** `POST /api/v1/{appId}/sendMessage`, in the order in which it is checked. */
import { randomUUID } from 'node:crypto';
import type { Refused, Served, VendorCall } from '../../simulation/vendor-call.js';
import type { AccessTokens } from './access-tokens.js';
import type { Answers } from './answers.js';
import { bytesWithoutTokens, faultOf, isObject, partOf } from './message-rules.js';

export const SEND_PATH = /^\/api\/v1\/([^/]+)\/sendMessage$/;
const PROVIDER = 'honor';
const TOKENS_MAX = 1_000;
const SKEW_MAX_MS = 10 * 60_000;
/** What the fault plan says of one push token of many: no longer valid, and could not be sent to. */
const EXPIRED = '80300007';
const FAILED = '80100000';

export interface SendAccount {
  readonly appId: string;
  readonly hasServiceClass: boolean;
  takeTestMessages(count: number): boolean;
}

export type HonorServed = Served & { readonly biTag: string | undefined; readonly isData: boolean };

export function readSend(
  call: VendorCall,
  account: SendAccount,
  tokens: AccessTokens,
  answers: Answers,
): Refused | HonorServed {
  const message = jsonOf(call.body);
  const { token: named, ...payload } = isObject(message) ? message : {};
  const targets = Array.isArray(named) ? named.filter((each) => typeof each === 'string') : [];
  const refuse = (code: string, status?: number): Refused => ({
    ...{ kind: 'refused', provider: PROVIDER, targets, payload, reason: code },
    answer: answers.refusal(code, status),
  });
  const fault = faultOfCall(call, account, tokens);
  if (fault !== undefined) return refuse(fault);
  if (!isObject(message)) return refuse('80100003');
  if (!Array.isArray(named) || targets.length !== named.length || named.length === 0) return refuse('10300');
  if (targets.length > TOKENS_MAX) return refuse('80300010');
  if (new Set(targets).size !== targets.length) return refuse('80300006');
  if (bytesWithoutTokens(message) > 4_096) return refuse('80300008');
  const wrong = faultOf(message, account.hasServiceClass);
  if (wrong !== undefined) return refuse(wrong);
  const android = partOf(message, 'android');
  if (android?.targetUserType === 1 && !account.takeTestMessages(targets.length)) return refuse('80200047');
  const requestId = randomUUID();
  return {
    kind: 'served',
    provider: PROVIDER,
    targets,
    id: requestId,
    payload,
    isNotification: true,
    biTag: typeof android?.biTag === 'string' ? android.biTag : undefined,
    isData: partOf(android, 'notification') === undefined,
    isTargetCode: (code) => code === EXPIRED || code === FAILED,
    serve(asked) {
      const listed = (code: string) => targets.filter((target) => asked.get(target) === code);
      const [expireTokens, failTokens] = [listed(EXPIRED), listed(FAILED)];
      const isAll = asked.size === targets.length;
      const code = isAll ? EXPIRED : failTokens.length > 0 ? FAILED : answers.success();
      return { answer: answers.delivery(code, { requestId, failTokens, expireTokens }), refused: asked };
    },
    answerWith: ({ status, code }) => answers.refusal(code ?? String(status ?? 500), status),
  };
}

function faultOfCall(
  { method, path, headers, now }: VendorCall,
  { appId }: SendAccount,
  tokens: AccessTokens,
): string | undefined {
  if (method !== 'POST') return '404';
  if (!/^application\/json(?:;|$)/i.test(headers['content-type'] ?? '')) return '400';
  const [, bearer] = /^Bearer (\S+)$/.exec(headers.authorization ?? '') ?? [];
  const standing = bearer === undefined ? 'unknown' : tokens.judge(bearer, now);
  if (standing !== 'good') return standing === 'expired' ? '80200003' : '80200001';
  const { timestamp } = headers;
  if (timestamp === undefined || timestamp === '') return '10001';
  if (!/^\d{13}$/.test(timestamp) || Math.abs(Number(timestamp) - now) > SKEW_MAX_MS) return '10207';
  return SEND_PATH.exec(path)?.[1] === appId ? undefined : '10205';
}

function jsonOf(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return undefined;
  }
}
