/** `messages:send` of both generations: strict checks, then push token by push token. */
import type { Reading, VendorCall } from '../../simulation/vendor-call.js';
import { type Complaint, partialMsg, pushAnswer, saying } from './answers.js';
import type { House } from './house.js';
import { type ReadMessage, readV1 } from './message-rules-v1.js';
import { readV3 } from './message-rules-v3.js';
import { jsonOf } from './shape.js';

const PROVIDER = 'huawei';
const JSON_TYPE = /^application\/json\b/i;
/** What a fault may say of one push token: HMS Core gives no reasons, HarmonyOS NEXT one each. */
const DEAD = new Set(['80300007', '80100000']);
/** Also one that nobody has documented. */
const REASON = /^[a-z][A-Za-z]{5,}$/;

export function readSendCall(call: VendorCall, generation: 'v1' | 'v3', house: House): Reading {
  const { manner } = house;
  const id = house.nextId();
  const refuse = (complaint: Complaint, read?: ReadMessage): Reading => ({
    ...{ kind: 'refused', provider: PROVIDER, reason: complaint.code, answer: pushAnswer(complaint, id, manner) },
    ...(read === undefined ? {} : { targets: read.tokens, payload: read.payload }),
  });
  if (!JSON_TYPE.test(call.headers['content-type'] ?? '')) return refuse(saying('80100003', 'content-type is wrong'));
  const complaint = house.bearers.refuse(call.headers.authorization, generation === 'v1' ? 'all' : 'jwt', call.now);
  if (complaint !== undefined) return refuse(complaint);
  const body = jsonOf(call.body);
  const read = generation === 'v1' ? readV1(body, house.mayHurry) : readV3(body, call.headers['push-type']);
  if ('code' in read) return refuse(read);
  if (read.isTest && !house.counts.takeTests(read.tokens.length, call.now)) return refuse(saying('80300029'), read);

  const { tokens } = read;
  return {
    ...{ kind: 'served', provider: PROVIDER, targets: tokens, id, payload: read.payload },
    isNotification: !read.isTrial,
    isTargetCode: (code) => DEAD.has(code) || (generation === 'v3' && REASON.test(code)),
    serve(asked) {
      const refused = new Map([...asked].map(([token, code]) => [token, DEAD.has(code) ? 'tokenFormatError' : code]));
      if (refused.size === 0) return { answer: pushAnswer(saying('80000000'), id, manner), refused };
      const isWhole = refused.size === tokens.length;
      // Those of HMS Core are not listed where all are refused.
      const words =
        isWhole && generation === 'v1'
          ? undefined
          : partialMsg(tokens.length, refused, generation === 'v1' ? 'list' : 'groups');
      const code = isWhole ? '80300007' : '80100000';
      return { answer: pushAnswer(saying(code, words), id, manner), refused: asked };
    },
    answerWith({ status, code }) {
      if (code !== undefined) return pushAnswer(saying(code), id, manner, status);
      // Flow control and gateways answer without a word of the push service.
      return { status: status ?? 200, body: '' };
    },
    taken(kept) {
      if (!read.isTrial) tell(kept, read, id, generation, house, call.now);
    },
  };
}

/** Receipts: as the fault plan says of `huawei_receipt`, else of what the day has room for. */
function tell(
  tokens: readonly string[],
  { isMarketing, isTest, pushType, tag }: ReadMessage,
  requestId: string,
  generation: 'v1' | 'v3',
  { counts, receipts, faults }: House,
  at: number,
): void {
  receipts.tell(
    tokens.map((token) => {
      const fault = faults.take('huawei_receipt', token);
      const asked = fault?.kind === 'answer' ? Number(fault.reason) : Number.NaN;
      const hasRoom = !isMarketing || isTest || counts.takeMarketing(token, at);
      const status = Number.isInteger(asked) ? asked : hasRoom ? 0 : 256;
      return { generation, token, tag, requestId, status, pushType, at };
    }),
  );
}
