/** `POST /auth/token`: OAuth 2.0 client credentials, RFC 6749 §4.4. */
import { randomUUID } from 'node:crypto';
import { jsonAnswer, type Reading, type VendorCall } from '../../simulation/vendor-call.js';
import type { AccessTokens } from './access-tokens.js';

export const TOKEN_PATH = '/auth/token';
const PROVIDER = 'honor_oauth';
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  invalid_client: 'Invalid client or Invalid client credentials',
  unauthorized_client: 'Client not enabled to retrieve service account',
  unsupported_grant_type: 'Unsupported grant_type',
};

export function readTokenRequest(
  { method, headers, body = '', now }: VendorCall,
  account: { readonly clientId: string; readonly clientSecret: string },
  tokens: AccessTokens,
): Reading {
  const form = new URLSearchParams(body);
  const client = form.get('client_id') ?? '';
  const refuse = (error: string, status = 400): Reading => ({
    ...{ kind: 'refused', provider: PROVIDER, targets: [client], reason: error },
    answer: jsonAnswer(status, { error, error_description: DESCRIPTIONS[error] ?? 'invalid request' }),
  });
  if (method !== 'POST') return refuse('invalid_request', 405);
  if (!/^application\/x-www-form-urlencoded(?:;|$)/i.test(headers['content-type'] ?? '')) {
    return refuse('invalid_request', 415);
  }
  if (form.get('grant_type') !== 'client_credentials') return refuse('unsupported_grant_type');
  if (client !== account.clientId || form.get('client_secret') !== account.clientSecret) {
    return refuse('invalid_client', 401);
  }
  return {
    kind: 'served',
    provider: PROVIDER,
    targets: [client],
    id: randomUUID(),
    payload: null,
    isNotification: false,
    isTargetCode: () => false,
    serve: () => ({
      answer: jsonAnswer(200, {
        access_token: tokens.issue(now),
        expires_in: tokens.lifeSeconds,
        token_type: 'Bearer',
      }),
      refused: new Map(),
    }),
    answerWith: ({ status, code = 'invalid_client' }) =>
      jsonAnswer(status ?? 400, { error: code, error_description: DESCRIPTIONS[code] ?? 'refused' }),
  };
}
