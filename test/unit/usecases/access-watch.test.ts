import assert from 'node:assert/strict';
import type { Revocation } from '../../../src/ports/revocation-store.js';
import type { Access, Refused } from '../../../src/usecases/access-tokens.js';
import { createAccessWatch } from '../../../src/usecases/access-watch.js';

const NOW = 1_900_000_000_000;

describe('the watch over open connections', () => {
  const access = (device: string, change: Partial<Access> = {}): Access => ({
    kind: 'access',
    app: 'shop',
    device,
    user: 'ann',
    scopes: new Set(['receive']),
    issuedAt: NOW - 1_000,
    expiresAt: NOW + 3_600_000,
    keyId: 'k',
    ...change,
  });
  let now = NOW;
  let recorded: (Revocation & { readonly at: number })[];
  let asked: number[];
  let ended: [device: string, code: Refused['code']][];
  let open: Access[];
  let isDown = false;
  const keys = new Set(['k']);
  const openWatch = () =>
    createAccessWatch({
      tokens: {
        check: ({ keyId }) =>
          keys.has(keyId) ? undefined : { kind: 'refused', code: 'access_revoked', detail: 'the key is gone' },
      },
      revocations: {
        since: async (from, limit, after) => {
          if (isDown) throw new Error('the store is away');
          asked.push(from);
          const found = recorded.filter(({ at }) => at >= from);
          const start = after === undefined ? 0 : found.findIndex(({ subject }) => subject === after.subject) + 1;
          return found.slice(start, start + limit);
        },
      },
      open: () =>
        open.map((one) => ({
          access: one,
          end: ({ code }) => {
            ended.push([one.device, code]);
            open = open.filter((other) => other !== one);
          },
        })),
      clock: { now: () => now },
    });
  const revoke = (part: Revocation['part'], subject: string, at = now) =>
    recorded.push({ app: 'shop', part, subject, upTo: at, at });
  beforeEach(() => {
    now = NOW;
    recorded = [];
    asked = [];
    ended = [];
    open = [];
    isDown = false;
  });

  it('ends those whose device, user or token was revoked, and nobody else', async () => {
    open = [
      access('phone'),
      access('tablet', { user: 'bob' }),
      access('watch', { user: null, jti: 't1' }),
      access('web', { user: null, jti: 't2' }),
      access('phone', { app: 'news' }),
      access('newer', { user: 'bob', issuedAt: NOW + 1 }),
      access('t1', { user: 'phone', jti: 'bob' }),
    ];
    const watch = openWatch();
    revoke('device', 'phone');
    revoke('user', 'bob');
    revoke('jti', 't1');
    await watch.run();
    assert.deepEqual(ended, [
      ['phone', 'access_revoked'],
      ['tablet', 'access_revoked'],
      ['watch', 'access_revoked'],
    ]);
  });

  it('finds what another process took long to record, and what it recorded before this one started', async () => {
    revoke('device', 'before', NOW - 50_000);
    const watch = openWatch();
    open = [access('before', { issuedAt: NOW - 60_000 }), access('late', { issuedAt: NOW - 60_000 })];
    await watch.run();
    now += 2_000;
    revoke('device', 'late', NOW - 30_000);
    await watch.run();
    assert.deepEqual(
      ended.map(([device]) => device),
      ['before', 'late'],
    );
    assert.deepEqual(asked, [NOW - 60_000, NOW - 60_000]);
  });

  it('reads every page', async () => {
    const watch = openWatch();
    for (let n = 0; n < 2_500; n++) revoke('device', `d${n}`);
    open = [access('d0'), access('d1000'), access('d2499'), access('d2500')];
    await watch.run();
    assert.deepEqual(
      ended.map(([device]) => device),
      ['d0', 'd1000', 'd2499'],
    );
  });

  it('ends what does not stand any more also while the store is away, and misses nothing of then afterwards', async () => {
    const watch = openWatch();
    await watch.run();
    isDown = true;
    open = [access('phone', { keyId: 'gone' }), access('tablet')];
    revoke('device', 'tablet');
    await assert.rejects(watch.run(), /the store is away/);
    assert.deepEqual(ended, [['phone', 'access_revoked']]);
    now += 300_000;
    isDown = false;
    await watch.run();
    assert.deepEqual(ended.at(-1), ['tablet', 'access_revoked']);
  });
});
