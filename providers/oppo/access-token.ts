/** OPPO's access tokens: asked for with a signature, good for 24 hours. */
import type { Outcome, ProviderEnv } from '../contract.js';
import { type AskedOnce, silence } from '../shared/ask-once.js';
import { askOnceHttp1 } from '../shared/ask-once-http1.js';
import { isJsonObject } from '../shared/merge-patch.js';
import { notSent } from '../shared/unsent.js';
import { type Issue, tokenKey, VendorTokens } from '../shared/vendor-tokens.js';
import { authRequest } from './form.js';
import { hear, judgeCode } from './outcome.js';
import { hostOf, type Region } from './region.js';
import type { OppoOptions } from './settings.js';

const LIFE_SECONDS = 86_400;

/** Those of a region, shared by all processes. */
export function openTokens(region: Region, options: OppoOptions, env: ProviderEnv): VendorTokens {
  const key = tokenKey('oppo', hostOf(region, options), options.app_key, options.master_secret);
  const issue = async (signal: AbortSignal) =>
    readIssue(await askToken(region, options, env.now(), signal), options, env.now());
  return new VendorTokens({ key, issue }, env);
}

export function askToken(region: Region, options: OppoOptions, nowMs: number, signal: AbortSignal): Promise<AskedOnce> {
  return askOnceHttp1({ origin: hostOf(region, options), ca: options.ca }, authRequest(options, nowMs), signal);
}

export function readIssue(asked: AskedOnce, options: OppoOptions, nowMs: number): Issue {
  const { reply } = asked;
  if (reply.kind === 'not_sent') return failed(notSent(reply.reason, silence(asked)));
  if (reply.kind === 'no_answer') return failed(unavailable('OPPO gave no access token in time'));
  const heard = hear(reply, nowMs);
  if (heard.kind === 'nothing') {
    const { outcome } = heard.judgement;
    // Nothing was sent to anybody yet.
    return failed(outcome.kind === 'uncertain' ? unavailable('an answer that was cut short') : outcome);
  }
  if (heard.code !== '0') {
    const { outcome } = judgeCode(heard.code, heard.message, { options, nowMs, answer: reply });
    return failed(ofAccount(outcome, heard.code));
  }
  const { auth_token: value, create_time: createdAt } = isJsonObject(heard.data) ? heard.data : {};
  if (typeof value !== 'string' || value === '') return failed(unavailable('an answer without an access token'));
  return { kind: 'token', token: { value, lifeSeconds: lifeLeft(createdAt, nowMs) } };
}

/** OPPO may give a token that it gave before; a time of another clock than ours says nothing. */
function lifeLeft(createdAt: unknown, nowMs: number): number {
  const aged = (nowMs - Number(createdAt)) / 1_000;
  return aged > 0 && aged < LIFE_SECONDS ? Math.max(60, Math.floor(LIFE_SECONDS - aged)) : LIFE_SECONDS;
}

/** What is said of a message's target or class says nothing of it here: no token could be had, and that is all. */
function ofAccount(outcome: Outcome, code: string): Outcome {
  switch (outcome.kind) {
    case 'misconfigured':
      return outcome;
    case 'deferred':
      return { ...outcome, scope: 'account' };
    default: {
      const what = `OPPO gives no access token (${code}): check app_key and master_secret`;
      const detail = outcome.detail === undefined ? {} : { detail: outcome.detail };
      return outcome.kind === 'rejected' ? { kind: 'misconfigured', what, ...detail } : unavailable(what);
    }
  }
}

function failed(outcome: Outcome): Issue {
  return { kind: 'failed', outcome };
}

function unavailable(text: string): Outcome {
  return { kind: 'deferred', scope: 'account', reason: 'provider_unavailable', detail: { text } };
}
