/** `messages:revoke`, which takes back what HarmonyOS NEXT shows. Source: Huawei, "Revoking a message". */
import type { Reading, VendorCall } from '../../simulation/vendor-call.js';
import { type Complaint, partialMsg, pushAnswer, saying } from './answers.js';
import type { House } from './house.js';
import { isFields, isWhole, jsonOf, strangeKey, textList } from './shape.js';

const PROVIDER = 'huawei_revoke';
const TOKENS_MAX = 1_000;
const BODY = new Set(['notifyId', 'token']);
const DEAD = new Set(['80300007', '80100020', '80300028']);

export function readRevokeCall(call: VendorCall, { bearers, manner, nextId }: House): Reading {
  const id = nextId();
  const refuse = (complaint: Complaint): Reading => ({
    ...{ kind: 'refused', provider: PROVIDER, reason: complaint.code },
    answer: pushAnswer(complaint, id, manner),
  });
  const complaint = bearers.refuse(call.headers.authorization, 'jwt', call.now);
  if (complaint !== undefined) return refuse(complaint);
  const pushType = call.headers['push-type'];
  if (pushType !== '0' && pushType !== '2') return refuse(saying('80100001', 'push-type is wrong'));
  const body = jsonOf(call.body);
  if (!isFields(body) || strangeKey(body, BODY) !== undefined) return refuse(saying('80100003'));
  const tokens = textList(body.token);
  if (!isWhole(body.notifyId, 0, 2_147_483_647)) return refuse(saying('80100001', 'notifyId is wrong'));
  if (tokens === undefined || tokens.length === 0 || tokens.length > TOKENS_MAX) return refuse(saying('80300010'));
  return {
    ...{ kind: 'served', provider: PROVIDER, targets: tokens, id, payload: { notifyId: body.notifyId } },
    isNotification: false,
    isTargetCode: (code) => DEAD.has(code),
    serve(asked) {
      if (asked.size === 0) return { answer: pushAnswer(saying('80000000'), id, manner), refused: asked };
      const refused = new Map([...asked.keys()].map((token) => [token, 'tokenFormatError']));
      const code = asked.size === tokens.length ? '80300007' : '80100020';
      const words = partialMsg(tokens.length, refused, 'groups');
      return { answer: pushAnswer(saying(code, words), id, manner), refused: asked };
    },
    answerWith: ({ status, code }) =>
      code === undefined ? { status: status ?? 200, body: '' } : pushAnswer(saying(code), id, manner, status),
  };
}
