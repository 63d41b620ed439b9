/** `GET …/statistics/dailyPushStatics`: what was sent on some days. Reaches no device. */
import { randomUUID } from 'node:crypto';
import { jsonAnswer, type Reading, type VendorCall } from '../../simulation/vendor-call.js';
import type { Answers } from './answers.js';
import { isSigned } from './signature.js';

export const STATISTICS_PATH = '/garcia/api/server/push/statistics/dailyPushStatics';
const PROVIDER = 'meizu_statistics';

export function readStatistics(
  { method, query }: VendorCall,
  { appId, appSecret }: { readonly appId: string; readonly appSecret: string },
  answers: Answers,
): Reading {
  const refuse = (code: string): Reading => ({
    ...{ kind: 'refused', provider: PROVIDER, reason: code },
    answer: answers.refusal(code),
  });
  if (method !== 'GET') return refuse('1005');
  if (query.get('appId') !== appId) return refuse('110000');
  if (!isSigned(query, appSecret)) return refuse('1006');
  if (![query.get('startTime'), query.get('endTime')].every((day) => /^\d{8}$/.test(day ?? ''))) return refuse('1005');
  return {
    kind: 'served',
    provider: PROVIDER,
    targets: [appId],
    id: randomUUID(),
    payload: null,
    isNotification: false,
    isTargetCode: () => false,
    serve: () => ({
      answer: jsonAnswer(200, { code: '200', message: '', value: [], redirect: '' }),
      refused: new Map(),
    }),
    answerWith: ({ status, code = '1001' }) => answers.refusal(code, status),
  };
}
