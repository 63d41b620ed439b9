/** The feedback host: which registration ids have died since it was last asked. OPPO, “Feedback”. */
import { randomUUID } from 'node:crypto';
import type { Reading, VendorCall } from '../../simulation/vendor-call.js';
import type { AuthEndpoint } from './auth.js';
import { refuse, say, type Wording } from './form.js';

const PATH = '/server/v1/feedback/fetch_invalid_regidList';

/** @returns undefined for another path */
export function readFeed(
  call: VendorCall,
  house: { readonly auth: AuthEndpoint; readonly wording: Wording; readonly untold: Set<string> },
): Reading | undefined {
  if (call.path !== PATH) return undefined;
  const { auth, wording, untold } = house;
  if (call.method !== 'GET') return refuse(wording, 'oppo_feedback', '12');
  const fault = auth.fault(call.query.get('auth_token') ?? call.headers.auth_token, call.now);
  if (fault !== undefined) return refuse(wording, 'oppo_feedback', fault);
  return {
    kind: 'served',
    provider: 'oppo_feedback',
    targets: ['feed'],
    id: randomUUID(),
    payload: null,
    isNotification: false,
    isTargetCode: () => false,
    serve: () => {
      const ids = [...untold];
      untold.clear();
      return { answer: say(wording, '0', { registration_ids: ids, totalCount: ids.length }), refused: new Map() };
    },
    answerWith: ({ status, code }) => {
      if (code === '11') auth.revokeAll();
      return say(wording, code ?? '-1', null, status);
    },
  };
}
