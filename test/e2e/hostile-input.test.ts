import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describedApi } from '../support/described-api.js';
import { sized } from '../support/full.js';
import { createJudge } from '../support/hostile/api-judge.js';
import { type Fared, runBarrage } from '../support/hostile/barrage.js';
import type { Told } from '../support/hostile/gateway-child.js';
import { createAcquaintance, fcmTokenOf } from '../support/hostile/hints.js';
import { hostileRequests, LASTING } from '../support/hostile/hostile-request.js';
import type { ApiDocument } from '../support/openapi-compat.js';
import { openRealtimeWorld, type RealtimeWorld } from '../support/realtime-world.js';
import { createCaller, pushTokenOf, until } from '../support/world.js';

const CHILD = fileURLToPath(new URL('../support/hostile/gateway-child.js', import.meta.url));
/** The same requests each time; another number looks elsewhere. */
const SEED = Number(process.env.HOSTILE_SEED ?? 1);
/** While workers send what is taken. They cost far more than the requests, so this is the smaller part. */
const WITH_WORKERS = 1_000;
/** What is compiled, opened and remembered for good is there after these. */
const WARM_UP = sized(9_000, 4_000);
const MEASURED = sized(40_500, 7_500);
/** Of every request 200 bytes, and what the run itself remembers by and by. */
const GROWTH_BYTES_MAX = sized(8, 3) * 1024 * 1024;

/** A gateway in a process of its own, and every operation of its document asked in every wrong way. */
describe('a gateway under hostile requests', function () {
  this.timeout(600_000);
  const document = JSON.parse(JSON.stringify(describedApi())) as ApiDocument;
  const known = createAcquaintance();
  const judge = createJudge(document);
  const troubles: string[] = [];
  const fared = new Map<string, Fared>();
  let world: RealtimeWorld;
  let accessToken: string;
  let child: ChildProcess;
  let key: string;
  let sent = 0;

  before(async () => {
    world = await openRealtimeWorld({ roads: 'every' });
    accessToken = await world.accessToken('own', null);
    key = await world.key();
    // The limit is there, as it is for everybody, and out of reach.
    const flags = { ...world.flags, 'limits.per_key': '1000000/s', 'retry.base': '20ms', 'retry.cap': '200ms' };
    const args = ['--expose-gc', CHILD, JSON.stringify({ dir: world.configDir, flags })];
    child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child.on('message', (told: Told) => void ('trouble' in told && troubles.push(told.trouble)));
  });
  after(async () => {
    if (child?.connected) child.disconnect();
    if (child !== undefined && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await world?.close();
  });

  async function ask<Key extends 'url' | 'heapBytes'>(
    what: string,
    wanted: Key,
  ): Promise<Extract<Told, Record<Key, unknown>>> {
    child.send(what);
    for (;;) {
      const [told] = (await once(child, 'message')) as [Told];
      if (wanted in told) return told as Extract<Told, Record<Key, unknown>>; // as it was just looked at
    }
  }

  async function bombard(url: string, count: number): Promise<void> {
    const { offences } = await runBarrage({
      port: Number(new URL(url).port),
      requests: hostileRequests(document, { key, accessToken }, known.hints, known.inPath),
      judge,
      count,
      seed: SEED + sent,
      learn: known.learn,
      fared,
      offencesMax: 10,
    });
    sent += count;
    assert.equal(offences.length, 0, `of the requests with HOSTILE_SEED=${SEED}:\n\n${offences.join('\n\n')}`);
    assert.deepEqual(troubles, [], 'the log has errors');
    assert.deepEqual([child.exitCode, child.signalCode], [null, null]);
  }

  it('answers each as its document tells while what it took is sent, and sends it to its end', async () => {
    const { url } = await ask('open api,worker,connector', 'url');
    const call = createCaller(url, key);
    assert.equal((await call('PUT', '/v1/devices/own', { platform: 'web' })).status, 201);
    for (let n = 1; n <= 6; n++) {
      const registration =
        n < 4 ? { provider: 'apns', token: pushTokenOf(n) } : { provider: 'fcm', token: fcmTokenOf(n) };
      const device = { user: `u${n % 3}`, platform: n < 4 ? 'ios' : 'android', registrations: [registration] };
      assert.equal((await call('PUT', `/v1/devices/d${n}`, device)).status, 201);
    }
    assert.equal((await call('POST', '/v1/messages', { to: 'everyone', notification: { title: 'Hi' } })).status, 202);
    await bombard(url, WITH_WORKERS);
    await until(
      () => call<{ data: { status: string }[] }>('GET', '/v1/messages?limit=1000'),
      ({ body }) => body.data.every(({ status }) => status === 'completed' || status === 'canceled'),
    );
    assert.deepEqual(troubles, []);
  });

  it('answers each as its document tells, lives on, and holds no more than before', async () => {
    const { url } = await ask('open api,connector', 'url');
    await bombard(url, WARM_UP);
    const before = await ask('heap', 'heapBytes');
    await bombard(url, MEASURED);
    const after = await ask('heap', 'heapBytes');
    const grown = after.heapBytes - before.heapBytes;
    if (process.env.HOSTILE_SHOW) console.log(before, after);
    assert.ok(grown < GROWTH_BYTES_MAX, `${grown} bytes more after ${MEASURED} requests`);
    assert.equal(sent, WITH_WORKERS + WARM_UP + MEASURED);
  });

  it('has been asked for every operation, and each of them did its work at least once', () => {
    if (process.env.HOSTILE_SHOW)
      for (const [name, one] of fared) console.log(name, one.asked, one.succeeded, one.statuses.join(' '));
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    const never = operations.filter(
      ({ operationId }) => !LASTING.includes(operationId) && (fared.get(operationId)?.succeeded ?? 0) === 0,
    );
    assert.deepEqual(
      never.map(({ operationId }) => operationId),
      [],
      'their answers were not judged: give test/support/hostile/hints.ts names that exist for them',
    );
  });
});
