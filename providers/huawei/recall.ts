/** Takes back what HarmonyOS NEXT shows: `messages:revoke`, by the id that the message is shown under. */
import type { RecallOutcome, VendorDetail } from '../contract.js';
import type { Answer } from '../shared/transport.js';
import { codeOf, objectOf, wordsOf } from '../shared/vendor-answer.js';
import type { Judged } from '../shared/vendor-provider.js';
import { refusedTokens } from './refused-tokens.js';

/** Push tokens in one request. */
export const REVOKE_TARGETS_MAX = 1_000;

/** `never`: for these push tokens there is nothing to take back. */
type Row = 'done' | 'some' | 'never' | 'token' | 'failed';

const BY_CODE: Readonly<Record<string, Row>> = {
  80000000: 'done',
  80000001: 'failed',
  80100001: 'failed',
  80100003: 'failed',
  80100020: 'some',
  80200001: 'token',
  80200003: 'token',
  80200005: 'token',
  80300002: 'failed',
  80300007: 'never',
  80300010: 'failed',
  80300017: 'never', // push tokens of several apps
  80300028: 'never', // of another app
  80300032: 'failed', // no right to revoke: it may be granted yet
  80600003: 'failed',
  81000001: 'failed',
};

/** One outcome for each push token, in order. */
export function judgeRevoke(answer: Answer, tokens: readonly string[]): Judged<RecallOutcome[]> {
  const { status } = answer;
  const said = objectOf(answer);
  const code = codeOf(said?.code);
  const row = code !== undefined && Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  const words = wordsOf(said?.msg, tokens);
  const detail: VendorDetail = {
    status,
    ...(code === undefined ? {} : { code }),
    ...(words === undefined ? {} : { text: words }),
  };
  const all = (kind: RecallOutcome['kind']) => tokens.map((): RecallOutcome => ({ kind, detail }));
  const counted = row === undefined ? `revoke unknown ${status}` : `revoke ${code}`;
  if ((row === 'done' || row === 'some') && status !== 200) {
    return { value: all('failed'), code: counted, isStrange: true };
  }
  switch (row) {
    case 'done':
      return { value: tokens.map(() => ({ kind: 'recalled' })), code: counted };
    case 'some': {
      const refused = refusedTokens(said?.msg);
      // Without a word which: it is tried again, which does no harm.
      if (refused.size === 0) return { value: all('failed'), code: counted, isStrange: true };
      const value = tokens.map(
        (token): RecallOutcome => (refused.has(token) ? { kind: 'impossible', detail } : { kind: 'recalled' }),
      );
      return { value, code: counted };
    }
    case 'never':
      return { value: all('impossible'), code: counted };
    case 'token':
    case 'failed':
      return { value: all('failed'), code: counted, isTokenRefused: row === 'token' };
    case undefined:
      return { value: all('failed'), code: counted, isStrange: code !== undefined };
    default:
      return row satisfies never;
  }
}
