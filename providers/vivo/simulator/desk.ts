/** vivo's server: which call is which, and the strict checks of each. */
import { htmlAnswer, type Reading, type Refused, type VendorCall } from '../../simulation/vendor-call.js';
import type { Account } from './account.js';
import { type AnswerWriter, asked } from './answers.js';
import type { MessageDesk } from './message-desk.js';
import type { Fields } from './message-rules.js';

/** As the fault plan and the ledger know the parts. */
export const AUTH = 'vivo_auth';
export const SAVE = 'vivo_list';
export const SEND = 'vivo';

const CALLS = {
  '/message/auth': AUTH,
  '/message/send': SEND,
  '/message/saveListPayload': SAVE,
  '/message/pushToList': SEND,
} as const;

export interface ServerParts {
  readonly account: Account;
  readonly messages: MessageDesk;
  readonly write: AnswerWriter;
}

export function readCall(call: VendorCall, { account, messages, write }: ServerParts): Reading {
  const provider = Object.hasOwn(CALLS, call.path) ? CALLS[call.path as keyof typeof CALLS] : undefined;
  if (provider === undefined) return { kind: 'refused', provider: SEND, answer: htmlAnswer(404), reason: '404' };
  if (call.method !== 'POST') return { kind: 'refused', provider, answer: htmlAnswer(405), reason: '405' };
  const body = bodyOf(call);
  const refused = (code: string): Refused => ({
    ...{ kind: 'refused', provider, answer: write(code), reason: code },
    ...(body === undefined ? {} : { targets: targetsOf(body), payload: withoutSecrets(body) }),
  });
  // No copy of the document says what a body that is none is answered: a parameter is missing.
  if (provider === AUTH) return body === undefined ? refused('10200') : auth(body, call, account, write, refused);
  if (!account.isGood(call.headers.authtoken, call.now)) return refused('10000');
  if (body === undefined) return refused('10054');
  if (body.appId !== account.app.appId) return refused('10094');
  switch (call.path as Exclude<keyof typeof CALLS, '/message/auth'>) {
    case '/message/send':
      return messages.send(body, call.now, refused);
    case '/message/saveListPayload':
      return messages.save(body, call.now, refused);
    case '/message/pushToList':
      return messages.push(body, call.now, refused);
  }
}

function auth(
  body: Fields,
  call: VendorCall,
  account: Account,
  write: AnswerWriter,
  refused: (code: string) => Refused,
): Reading {
  const code = account.refusalOf(body, call.now);
  if (code !== undefined) return refused(code);
  return {
    ...{ kind: 'served', provider: AUTH, targets: [account.app.appId], id: String(call.now), isNotification: false },
    payload: withoutSecrets(body),
    isTargetCode: () => false,
    serve: () => ({ answer: write('0', { authToken: account.issue(call.now) }), refused: new Map() }),
    answerWith: (fault) => asked(write, fault),
  };
}

function bodyOf({ headers, body }: VendorCall): Fields | undefined {
  if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) return undefined;
  try {
    const value: unknown = JSON.parse(body ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function targetsOf({ regId, regIds }: Fields): readonly string[] {
  const all: unknown[] = [regId, ...(Array.isArray(regIds) ? regIds : [])];
  return all.filter((target): target is string => typeof target === 'string');
}

/** For the ledger, which names each target beside it. */
function withoutSecrets({ sign: _, regId: __, regIds: ___, ...rest }: Fields): Fields {
  return rest;
}
