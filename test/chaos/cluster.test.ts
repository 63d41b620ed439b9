import assert from 'node:assert/strict';
import { Redis } from 'ioredis';
import { openBackend } from '../support/backend.js';
import { BACKEND_VARIABLE, type BackendKind } from '../support/backend-kind.js';
import { type Balancer, startBalancer } from '../support/balancer.js';
import { IS_FULL, sized } from '../support/full.js';
import { type Fleet, startFleet } from '../support/realtime-fleet.js';
import { openRealtimeWorld, putDevices, type RealtimeWorld } from '../support/realtime-world.js';
import { judge, readLedger } from '../support/verdict.js';
import { createCaller, type GatewayProcess, importDevices, pushTokenOf, until } from '../support/world.js';

const PHONES = Number(process.env.PEALBELL_CLUSTER_DEVICES ?? sized(100_000, 4_000));
const CLIENTS = Number(process.env.PEALBELL_CLUSTER_CLIENTS ?? sized(2_000, 60));
const BACKEND: BackendKind =
  process.env[BACKEND_VARIABLE] === 'postgres+redis' || process.env[BACKEND_VARIABLE] === 'mongo+redis'
    ? process.env[BACKEND_VARIABLE]
    : 'mongo+redis';
/** 16 windows of 50 targets: what is under way in one worker process, and so all that its death may double. */
const REPEATS_MAX = 800;
const WITHIN_MS = IS_FULL ? 1_500_000 : 120_000;
/** Sent one by one all the while, through whichever api lives. */
const SINGLE_EVERY_MS = 100;

interface Report {
  readonly status: string;
  readonly devices: number;
  readonly settled: number;
  readonly counts: Readonly<Record<string, number>>;
}

/**
 * Three api, two worker and two connector processes: one of each is killed in the middle of a send to everyone, and Redis
 * is emptied. Nobody but the vendor's ledger and the clients themselves is asked what arrived.
 */
describe(`${PHONES} phones and ${CLIENTS} connected clients on a cluster (${BACKEND})`, function () {
  this.timeout(WITHIN_MS + 600_000);
  let world: RealtimeWorld | undefined;
  let fleet: Fleet | undefined;
  let balancer: Balancer | undefined;
  let singles: ReturnType<typeof sendSingles> | undefined;

  after(async () => {
    await singles?.stop();
    await fleet?.stop().catch(() => undefined);
    await balancer?.close();
    await world?.close();
  });

  it('are all reached while a process of each role is killed and Redis is emptied', async function () {
    const backend = await openBackend(BACKEND, this);
    const opened = await openRealtimeWorld({ roads: 'apns', backend, latencyMs: 20 });
    world = opened;
    const key = await opened.key();
    const settings = { 'limits.per_key': 'off', 'realtime.accept_rate': '100000/s' };
    const start = (role: 'api' | 'worker' | 'connector') => opened.spawn({ roles: [role], settings });
    const apis = [await start('api'), await start('api'), await start('api')];
    const workers = [await start('worker'), await start('worker')];
    const connectors = [await start('connector'), await start('connector')];
    const say = createSay();

    await importDevices(urlOf(apis[0]), key, PHONES);
    const clients = Array.from({ length: CLIENTS }, (_, n) => ({ device: `client${n}`, user: `of${n}` }));
    await putDevices(
      urlOf(apis[1]),
      key,
      clients.map(({ device, user }) => ({ id: device, user })),
    );
    say(`${PHONES + CLIENTS} devices registered`);
    balancer = await startBalancer();
    balancer.lead(connectors.map(urlOf));
    const live = await Promise.all(
      clients.map(async ({ device, user }) => ({
        ...{ device, user, road: 'ws' as const },
        token: await opened.accessToken(device, user),
      })),
    );
    fleet = startFleet({
      port: Number(new URL(balancer.url).port),
      seed: 1,
      devices: live,
      faults: { acksLost: 0, handlerMs: 1 },
      meanLifeMs: 3_600_000,
    });
    await fleet.arrived(180_000);
    say('clients connected');

    const alive = new Set(apis);
    singles = sendSingles(alive, key);
    const call = (api: GatewayProcess | undefined) => createCaller(urlOf(api), key);
    const sent = await call(apis[1])<{ id: string }>('POST', '/v1/messages', {
      to: 'everyone',
      notification: { title: 'Peal' },
      max_devices: 1_000_000,
    });
    assert.equal(sent.status, 202, JSON.stringify(sent.body));
    const { ledger } = opened.simulators;
    const arrived = (share: number) =>
      until(
        async () => ledger.summary().accepted.total,
        (total) => total >= PHONES * share,
        WITHIN_MS,
      );

    await arrived(0.15);
    await workers[0]?.end('SIGKILL');
    say('worker killed');
    await arrived(0.3);
    await connectors[0]?.end('SIGKILL');
    say('connector killed');
    await arrived(0.45);
    const [doomed] = apis;
    if (doomed !== undefined) alive.delete(doomed);
    await doomed?.end('SIGKILL');
    say('api killed');
    const atEmptied = await arrived(0.6);
    await emptied(backend.settings['queue.url'] ?? '');
    say('Redis emptied');
    assert.ok(atEmptied < PHONES, 'the send was over before everything was broken');

    const done = await until(
      async () => (await call(apis[2])<Report>('GET', `/v1/messages/${sent.body.id}`)).body,
      ({ status }) => status === 'completed',
      WITHIN_MS,
    );
    say('everything settled');
    const { accepted: others, unanswered } = await singles.stop();
    for (const id of others) {
      await until(
        async () => (await call(apis[2])<Report>('GET', `/v1/messages/${id}`)).body,
        ({ status }) => status === 'completed',
        60_000,
      );
    }
    assert.equal(done.devices, PHONES + CLIENTS);
    assert.equal(done.settled, PHONES + CLIENTS);
    const { sent: taken = 0, delivered = 0 } = done.counts;
    assert.equal(taken + delivered, PHONES + CLIENTS, JSON.stringify(done.counts));

    const lines = readLedger(ledger);
    const wanted = new Set(Array.from({ length: PHONES }, (_, n) => pushTokenOf(n)));
    const verdict = judge(lines, wanted);
    assert.equal(verdict.lost, 0);
    assert.equal(verdict.unexpected, 0);
    assert.ok(verdict.repeated <= REPEATS_MAX, `${verdict.repeated} repeated`);
    // A killed api may have accepted what it could not answer any more.
    const isTrue =
      verdict.distinct >= PHONES + others.length && verdict.distinct <= PHONES + others.length + unanswered;
    assert.ok(
      isTrue,
      `${verdict.distinct} arrived; ${PHONES} phones, ${others.length} single messages, ${unanswered} unanswered`,
    );

    const handed = new Map<string, number>();
    for (const one of fleet.happenings) {
      if (one.kind === 'handed' && one.message === sent.body.id) {
        handed.set(one.device, (handed.get(one.device) ?? 0) + 1);
      }
    }
    assert.equal(handed.size, CLIENTS, 'every client was handed it');
    assert.deepEqual(
      [...handed].filter(([, times]) => times !== 1),
      [],
      'and once',
    );
    say(`${verdict.repeated} repeated of ${REPEATS_MAX}, ${others.length} single messages besides`);
  });
});

function urlOf(process: GatewayProcess | undefined): string {
  if (process === undefined) throw new Error('no such process');
  return process.url;
}

async function emptied(url: string): Promise<void> {
  const client = new Redis(url);
  await client.flushall();
  client.disconnect();
}

/** What became of the messages to single phones. */
interface Singles {
  /** Ids of those answered with 202: each is to arrive. */
  readonly accepted: readonly string[];
  /** Calls whose api was killed before it answered: each may have been accepted. */
  readonly unanswered: number;
}

/** Messages to single phones, through whoever lives. */
function sendSingles(alive: ReadonlySet<GatewayProcess>, key: string) {
  const accepted: string[] = [];
  let unanswered = 0;
  let isOver = false;
  const sending = (async () => {
    for (let n = 0; !isOver; n++) {
      const api = [...alive][n % alive.size];
      const to = { devices: [`d${String(n % PHONES).padStart(7, '0')}`] };
      const body = { to, notification: { title: `Single ${n}` } };
      const answer = await createCaller(urlOf(api), key)<{ id: string }>('POST', '/v1/messages', body).catch(
        () => undefined,
      );
      if (answer === undefined) unanswered += 1;
      else if (answer.status === 202) accepted.push(answer.body.id);
      await new Promise((resolve) => setTimeout(resolve, SINGLE_EVERY_MS));
    }
  })();
  return {
    async stop(): Promise<Singles> {
      isOver = true;
      await sending;
      return { accepted, unanswered };
    },
  };
}

/** How far it has come, for whoever watches the full form. */
function createSay(): (what: string) => void {
  const startedAt = performance.now();
  return (what) => {
    if (IS_FULL || process.env.CHAOS_SHOW) {
      console.log(`      ${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(7)} s  ${what}`);
    }
  };
}
