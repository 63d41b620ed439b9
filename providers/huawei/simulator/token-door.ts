/** The token endpoint. Source: Huawei, "OAuth 2.0 client credentials". */
import { randomUUID } from 'node:crypto';
import { jsonAnswer, type Reading, type VendorAnswer, type VendorCall } from '../../simulation/vendor-call.js';
import type { House } from './house.js';

const PROVIDER = 'huawei_oauth';
const FORM = /^application\/x-www-form-urlencoded\b/i;

export function readTokenCall(call: VendorCall, { account, bearers, manner }: House): Reading {
  const form = new URLSearchParams(call.body ?? '');
  const clientId = form.get('client_id') ?? '';
  const payload = { grant_type: form.get('grant_type'), client_id: clientId };
  const refuse = (status: number, error: number, sub: number, description: string): Reading => ({
    ...{ kind: 'refused', provider: PROVIDER, targets: [clientId], payload, reason: String(error) },
    answer: oauthError(status, error, sub, description),
  });
  if (call.method !== 'POST') return refuse(405, 1101, 20001, 'method not allowed');
  if (!FORM.test(call.headers['content-type'] ?? '')) return refuse(400, 1101, 20001, 'invalid request');
  if (payload.grant_type !== 'client_credentials') return refuse(400, 1101, 20042, 'unsupported grant_type');
  if (!/^\d{1,32}$/.test(clientId)) return refuse(400, 1101, 20002, 'invalid client_id');
  if (clientId !== account.clientId) return refuse(400, 1101, 20043, 'client_id is unknown');
  if (form.get('client_secret') !== account.clientSecret) return refuse(403, 1101, 20044, 'client_secret is wrong');
  return {
    ...{ kind: 'served', provider: PROVIDER, targets: [clientId], id: randomUUID(), payload, isNotification: false },
    isTargetCode: () => false,
    serve() {
      const { token, lifeSeconds } = bearers.issue(call.now);
      const body = {
        access_token: token,
        expires_in: manner.isSwapped ? String(lifeSeconds) : lifeSeconds,
        token_type: 'Bearer',
      };
      // As Huawei writes it: `/` is escaped.
      const text = JSON.stringify(body).replaceAll('/', '\\/');
      return { answer: { status: 200, body: text }, refused: new Map() };
    },
    answerWith({ status = 400, code }) {
      if (code === undefined && status >= 500) return { status, body: '' };
      return oauthError(status, Number(code ?? 1101), 20000, 'asked for');
    },
  };
}

function oauthError(status: number, error: number, sub_error: number, error_description: string): VendorAnswer {
  return jsonAnswer(status, { error, sub_error, error_description });
}
