import assert from 'node:assert/strict';
import type { DeadAddressFeed, Provider, PushToken } from '../../../providers/contract.js';
import type { RegistrationEffect } from '../../../src/domain/chunk.js';
import type { ConfiguredProvider } from '../../../src/usecases/provider-directory.js';
import { readFeeds } from '../../../src/usecases/read-feeds.js';
import { keptLog } from '../http/serve.js';

const MINUTE = 60_000;

/** One vendor that tells of dead addresses and one that does not, of one app. */
function scene(fetchDeadAddresses: DeadAddressFeed['fetchDeadAddresses'], feedEveryMs = 60 * MINUTE) {
  const time = { now: 1_000 };
  const feeding: Provider & DeadAddressFeed = {
    ...{ name: 'oppo', limits: { batchTargetsMax: 1, payloadBytesMax: 1, ttlSecondsMax: 1 }, feedEveryMs },
    send: async () => [],
    close: async () => undefined,
    fetchDeadAddresses,
  };
  const { fetchDeadAddresses: _, ...silent } = feeding;
  const retired: RegistrationEffect[][] = [];
  const due = new Map<string, number>();
  const log = keptLog();
  const house = {
    providers: {
      apps: () => ['shop'],
      configured: () => ['silent', 'oppo', 'gone'].map((name) => ({ name }) as ConfiguredProvider), // no more is asked
      open: (_app: string, name: string) => (name === 'oppo' ? feeding : name === 'silent' ? silent : undefined),
    },
    feedTurns: {
      async take(app: string, provider: string, now: number, until: number) {
        if ((due.get(`${app} ${provider}`) ?? 0) > now) return false;
        due.set(`${app} ${provider}`, until);
        return true;
      },
      next: async (app: string, provider: string, at: number) => void due.set(`${app} ${provider}`, at),
    },
    retire: { apply: async (_app: string, effects: readonly RegistrationEffect[]) => void retired.push([...effects]) },
    hasher: { pushToken: (app: string, provider: string, token: PushToken) => `${app}.${provider}.${token}` },
    clock: { now: () => time.now },
    log,
  };
  return { time, retired, due, log, read: (signal = new AbortController().signal) => readFeeds(house, signal) };
}

describe('feeds of dead addresses', () => {
  it('are asked once in their interval, and what they name is retired as of the question', async () => {
    let calls = 0;
    const { time, retired, due, read } = scene(async () => {
      calls += 1;
      return Array.from({ length: 2_500 }, (_, n) => `t${n}` as PushToken);
    });
    await read();
    await read();
    assert.equal(calls, 1);
    assert.deepEqual(
      retired.map(({ length }) => length),
      [1_000, 1_000, 500],
    );
    assert.deepEqual(retired[0]?.[0], { kind: 'retire', provider: 'oppo', at: 1_000, tokenHash: 'shop.oppo.t0' });
    assert.deepEqual([...due], [['shop oppo', 1_000 + 60 * MINUTE]]);
    time.now += 60 * MINUTE;
    await read();
    assert.equal(calls, 2);
  });

  it('are asked again soon where the vendor did not tell, with a sentence in the log', async () => {
    const { time, retired, due, log, read } = scene(() => Promise.reject(new Error('the vendor says no')));
    await read();
    assert.deepEqual([retired, due.get('shop oppo')], [[], time.now + 5 * MINUTE]);
    assert.deepEqual(
      log.lines.map(({ level, event, fields }) => [level, event, fields.error]),
      [['warn', 'feed.failed', 'the vendor says no']],
    );
    const quick = scene(() => Promise.reject(new Error('no')), MINUTE);
    await quick.read();
    assert.equal(quick.due.get('shop oppo'), quick.time.now + MINUTE);
  });

  it('are not begun when the process ends', async () => {
    const { due, read } = scene(async () => assert.fail('nobody asks'));
    await read(AbortSignal.abort());
    assert.equal(due.size, 0);
  });
});
