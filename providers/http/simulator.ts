/**
 * A service to try providers of the kind `http` with. It takes `POST /send` with JSON: `targets` is a list of push tokens,
 * `content` whatever the file makes of the message. Of its own it has no credentials and no rules: services differ.
 */
import { randomUUID } from 'node:crypto';
import { jsonAnswer, type Reading, type VendorCall } from '../simulation/vendor-call.js';
import { listenAsVendor } from '../simulation/vendor-listener.js';
import type { VendorSimulator, VendorSimulatorOptions } from '../simulation/vendor-simulator.js';

export const HTTP_FAULTS = ['http'] as const;

const TARGETS_MAX = 1_000;
/** What the service can say of one push token. */
const TARGET_CODES = new Set(['dead', 'wrong', 'busy', 'quota', 'refused']);

/** What a provider's file says of the answers below. */
const ANSWER = {
  id: '/id',
  code: '/code',
  rules: [
    { outcome: 'accepted', status: 200, where: { '/code': 'ok' } },
    { outcome: 'credential', where: { '/code': 'credential' } },
    { outcome: 'throttled', where: { '/code': 'busy' } },
    { outcome: 'quota', where: { '/code': 'quota' } },
    { outcome: 'rejected', where: { '/code': ['refused', 'no_path', 'no_json', 'no_targets'] } },
  ],
  results: {
    list: '/results',
    token: '/token',
    code: '/code',
    rules: [
      { outcome: 'accepted', where: { '/code': 'ok' } },
      { outcome: 'token_dead', where: { '/code': 'dead' } },
      { outcome: 'token_wrong', where: { '/code': 'wrong' } },
      { outcome: 'throttled_target', where: { '/code': 'busy' } },
      { outcome: 'quota_target', where: { '/code': 'quota' } },
      { outcome: 'rejected', where: { '/code': 'refused' } },
    ],
  },
} as const;

const CONTENT = {
  title: '{{title}}',
  body: '{{body}}',
  data: '{{app_data}}',
  collapse: '{{collapse_key}}',
  badge: '{{badge}}',
} as const;

/** @throws the listener's error, such as `EADDRINUSE` */
export async function startHttpSimulator(options: VendorSimulatorOptions): Promise<VendorSimulator> {
  const { tls, ledger, faults, now, hold, latencyMs = 0, port = 0 } = options;
  const listener = await listenAsVendor({ ledger, faults, now, hold, latencyMs, read }, tls, port);
  return {
    url: listener.url,
    settings: {
      url: `${listener.url}/send`,
      json: { targets: '{{tokens}}', content: CONTENT },
      batch: 100,
      answer: ANSWER,
    },
    close: () => listener.close(),
  };
}

function read({ method, path, body = '' }: VendorCall): Reading {
  const refused = (status: number, reason: string): Reading => ({
    kind: 'refused',
    provider: 'http',
    answer: jsonAnswer(status, { code: reason }),
    reason,
  });
  if (method !== 'POST' || path !== '/send') return refused(404, 'no_path');
  const sent = objectOf(body);
  if (sent === undefined) return refused(400, 'no_json');
  const targets: readonly unknown[] = Array.isArray(sent.targets) ? sent.targets : [];
  const tokens = targets.filter((token): token is string => typeof token === 'string' && token !== '');
  if (tokens.length === 0 || tokens.length !== targets.length || tokens.length > TARGETS_MAX) {
    return refused(400, 'no_targets');
  }
  const id = randomUUID();
  return {
    kind: 'served',
    provider: 'http',
    targets: tokens,
    id,
    payload: sent.content ?? null,
    isNotification: true,
    isTargetCode: (code) => TARGET_CODES.has(code),
    serve: (asked) => ({
      answer: jsonAnswer(200, {
        code: 'ok',
        id,
        results: tokens.map((token) => ({ token, code: asked.get(token) ?? 'ok' })),
      }),
      refused: asked,
    }),
    answerWith: ({ status = 200, code = 'unavailable' }) => jsonAnswer(status, { code }),
  };
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
