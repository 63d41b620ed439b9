import fc from 'fast-check';
import { pushTokenOf } from '../world.js';
import { type PathHints, WHOLE_BODY } from './hostile-request.js';
import type { RawAnswer } from './raw-http.js';
import type { Hints } from './schema-arbitrary.js';

/** Enough to meet the same one again and again, few enough that everybody can be sent to. */
const DEVICES = 30;
const KEPT = 300;
/** So few that each is asked for while it is there. */
const HOOKS_KEPT = 5;

/** What requests can name so that they mean something: names that are seeded, and ids that answers have told. */
export interface Acquaintance {
  readonly hints: Hints;
  readonly inPath: PathHints;
  /** Keeps the ids and cursors of an answer. */
  learn(answer: RawAnswer): void;
}

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

/** The n-th push token of FCM. */
export const fcmTokenOf = (n: number) => `fcm-token-of-some-device-${n}`;

export function createAcquaintance(): Acquaintance {
  const messages: string[] = [];
  const cursors: string[] = [];
  const channels: string[] = [];
  const hooks: string[] = [];
  /** A call that was told of, and its endpoint: named together they are found. */
  let call = { id: 'none', endpoint: 'none' };
  const secrets: string[] = [];
  const words = (...list: readonly unknown[]) => fc.constantFrom(...list);
  const known = (pool: readonly string[]) => fc.nat().map((n) => pool[n % Math.max(1, pool.length)] ?? 'none');
  const number = fc.integer({ min: 1, max: DEVICES });
  const device = number.map((n) => `d${n}`);
  const user = words('u0', 'u1', 'u2', 'u3');

  const idIn = (path: string) => {
    if (path.startsWith('/v1/messages')) return known(messages);
    if (path.startsWith('/v1/users')) return user;
    if (path.endsWith('/{delivery}')) return fc.constant(null).map(() => call.endpoint);
    if (path.startsWith('/v1/webhook-endpoints')) return known(hooks);
    return path.startsWith('/v1/providers') ? known(channels) : device;
  };

  /** As OPPO tells that messages arrived. */
  const receipts = fc.array(known(messages), { maxLength: 3 }).map((params) =>
    JSON.stringify(
      params.map((param, n) => ({
        ...{ eventType: n === 2 ? 'regid_invalid' : 'push_arrive', param },
        registrationIds: `OPPO_CN_${'0'.repeat(31)}${n}`,
      })),
    ),
  );

  return {
    hints: {
      id: device,
      user,
      users: fc.array(user, { minLength: 1, maxLength: 2 }),
      device,
      devices: fc.array(device, { minLength: 1, maxLength: 3 }),
      everyone: words(false),
      provider: words('apns', 'fcm'),
      providers: fc.array(words('apns', 'fcm'), { minLength: 1, maxLength: 2 }),
      token: fc.oneof(number.map(pushTokenOf), number.map(fcmTokenOf)),
      platform: words('ios', 'android'),
      locale: words('de', 'zh-CN', 'pt-BR'),
      timezone: words('Asia/Shanghai', 'Europe/Berlin'),
      bundle_id: words('com.example.demo'),
      topics: words([], ['news'], ['news', 'sport']),
      image: words('https://shop.example/i.png'),
      url: words('https://shop.example/x'),
      cursor: known(cursors),
      limit: fc.integer({ min: 1, max: 30 }),
      from: words(daysAgo(1), daysAgo(3)),
      group: words('provider', 'platform,class'),
      'X-App': words('demo'),
    },
    inPath: (path) => ({
      id: idIn(path),
      delivery: fc.constant(null).map(() => call.id),
      topic: words('news', 'sport'),
      name: words('apns', 'fcm', 'webpush', 'oppo'),
      ...(path.startsWith('/callbacks')
        ? { provider: words('oppo'), app: words('demo'), secret: known(secrets), [WHOLE_BODY]: receipts }
        : {}),
    }),
    learn({ status, body }) {
      if (status >= 300) return;
      const text = body.toString();
      for (const [, id] of text.matchAll(/"id":"(msg_\w+)"/g)) remember(messages, id);
      for (const [, id] of text.matchAll(/"id":"([A-Za-z0-9+/]{22}==)"/g)) remember(channels, id);
      for (const [, id] of text.matchAll(/"id":"(whe_\w+)"/g)) remember(hooks, id, HOOKS_KEPT);
      const [, id, endpoint] = /"id":"(whc_\w+)"[^{}]*"endpoint":"(whe_\w+)"/.exec(text) ?? [];
      if (id !== undefined && endpoint !== undefined) call = { id, endpoint };
      for (const [, secret] of text.matchAll(/\/callbacks\/oppo\/demo\/([\w-]+)"/g)) remember(secrets, secret);
      for (const [, cursor] of text.matchAll(/"next_cursor":"([^"]+)"/g)) remember(cursors, cursor);
    },
  };

  /** The newest in the place of an older one; which, follows from what it is. */
  function remember(pool: string[], value: string | undefined, kept = KEPT): void {
    if (value === undefined || pool.includes(value)) return;
    if (pool.length < kept) pool.push(value);
    else pool[value.charCodeAt(value.length - 1) % kept] = value;
  }
}
