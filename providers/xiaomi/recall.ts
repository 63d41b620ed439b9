/**
 * Taking back what devices may be showing: `/revoke/message`, as Xiaomi's own SDK for servers calls it. It names a request by
 * the id that Xiaomi gave it, and so reaches all its targets.
 */
import type { Batch, RecallOutcome, Target } from '../contract.js';
import type { Question, Talk } from '../shared/vendor-provider.js';
import type { XiaomiOptions } from './options.js';
import { judge, type Word } from './outcome.js';
import { compile, notifyIdOf } from './payload.js';
import { type Region, regionOf } from './regions.js';
import { headersOf, hostOf } from './wire.js';

const NO_ID: RecallOutcome = { kind: 'impossible', detail: { text: 'Xiaomi’s id of the message is not known' } };
const NO_TEXT: RecallOutcome = { kind: 'impossible', detail: { text: 'nothing of this message was shown' } };

export async function recall(batch: Batch, options: XiaomiOptions, talk: Talk): Promise<readonly RecallOutcome[]> {
  const { compiled } = compile(batch.message, options);
  const { title, description } = compiled?.form ?? {};
  if (title === undefined || description === undefined) return batch.targets.map(() => NO_TEXT);
  const asked = new Map<string, Promise<RecallOutcome>>();
  const askOf = ({ vendorId, region: named = options.region }: Target): Promise<RecallOutcome> => {
    const region = regionOf(named);
    if (vendorId === undefined || region === undefined) return Promise.resolve(NO_ID);
    const key = `${region} ${vendorId}`;
    const known = asked.get(key) ?? ask(vendorId, region);
    asked.set(key, known);
    return known;
  };
  const ask = async (vendorId: string, region: Region): Promise<RecallOutcome> => {
    const form = { title, description, notify_id: String(notifyIdOf(batch.message)) };
    const answer = await talk.ask(question(form, vendorId, region, options, talk));
    return answer.kind === 'outcome' ? failed(answer.outcome.detail) : outcomeOf(answer.value);
  };
  return Promise.all(batch.targets.map(askOf));
}

function question(
  form: Readonly<Record<string, string>>,
  vendorId: string,
  region: Region,
  options: XiaomiOptions,
  talk: Talk,
): Question<Word> {
  const body = new URLSearchParams({
    ...{ restricted_package_name: options.package_name, msg_id: vendorId },
    ...form,
  });
  return {
    isHarmless: true,
    request: () => ({
      ...{ method: 'POST', path: '/revoke/message', origin: hostOf(region, options), headers: headersOf(options) },
      body: Buffer.from(body.toString(), 'utf8'),
    }),
    judge: (answer) =>
      judge(answer, {
        ...{ now: talk.now(), pushTokens: [], texts: [form.title ?? '', form.description ?? ''], dayStartsMinutes: 0 },
        ...{ pauseMs: options.pause_ms, sendingFailed: 'deferred' },
      }),
  };
}

function outcomeOf(word: Word): RecallOutcome {
  if (word.kind === 'taken') return { kind: 'recalled' };
  if (word.kind === 'one_by_one') return failed(undefined);
  const { outcome } = word;
  if (outcome.kind === 'rejected' || outcome.kind === 'unregistered') {
    return { kind: 'impossible', ...(outcome.detail === undefined ? {} : { detail: outcome.detail }) };
  }
  return failed(outcome.detail);
}

function failed(detail: RecallOutcome['detail']): RecallOutcome {
  return { kind: 'failed', ...(detail === undefined ? {} : { detail }) };
}
