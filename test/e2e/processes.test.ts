import assert from 'node:assert/strict';
import { WebSocket } from 'ws';
import { openBackend, serversOfRun } from '../support/backend.js';
import { openRealtimeWorld, type RealtimeWorld } from '../support/realtime-world.js';
import { runCommand } from '../support/run-command.js';
import { steadyLoad } from '../support/steady-load.js';
import { judge, readLedger } from '../support/verdict.js';
import { type Caller, createCaller, type GatewayProcess, importDevices, pushTokenOf, until } from '../support/world.js';
import { openPlain, type PlainClient } from './realtime/plain-client.js';

const DEVICES = 8;

/** `pealbell serve --processes 2`, started as an operator would, on servers. */
describe('several processes on one machine', function () {
  this.timeout(120_000);
  let world: RealtimeWorld | undefined;
  let key: string;
  let house: GatewayProcess;
  let call: Caller;
  let admin = '';
  const clients: PlainClient[] = [];

  before(async function () {
    world = await openRealtimeWorld({
      roads: 'apns',
      backend: await openBackend(serversOfRun('postgres+redis'), this),
    });
    key = await world.key();
    house = await world.spawn({ settings: { 'limits.per_key': 'off' }, flags: ['--processes', '2'] });
    admin = String((await house.line('processes.started')).admin);
    call = createCaller(house.url, key);
  });
  after(async () => {
    for (const client of clients) client.cut();
    await world?.close();
  });

  const ready = async () => {
    const answer = await fetch(`${admin}/readyz`);
    return { status: answer.status, ...((await answer.json()) as { checks: Record<string, string> }) };
  };
  const nameOf = (n: number) => `d${String(n).padStart(7, '0')}`;
  const pids = () =>
    new Map(
      house.lines.flatMap(({ event, process: place, pid }) =>
        event === 'gateway.started' ? [[Number(place), Number(pid)] as const] : [],
      ),
    );
  /** Each sends to a token of its own. */
  const send = (first: number) => (n: number) =>
    call('POST', '/v1/messages', {
      to: { push_tokens: [{ provider: 'apns', token: pushTokenOf(first + n) }] },
      notification: { title: `${n}` },
    });
  const verdictOf = (first: number, numbers: readonly number[]) => {
    const wanted = new Set(numbers.map((n) => pushTokenOf(first + n)));
    const lines = readLedger(world?.simulators.ledger ?? { chunks: () => [] });
    return judge(
      lines.filter(({ token }) => wanted.has(token)),
      wanted,
    );
  };

  /** Device `n`, which is done with whatever it is handed. */
  async function connect(n: number): Promise<PlainClient> {
    const client = await openPlain(house.url);
    client.socket.on('message', (bytes) => {
      const frame = JSON.parse(String(bytes)) as { readonly t: string; readonly id?: string };
      if (frame.t === 'push') client.say({ t: 'done', ids: [frame.id] });
    });
    client.say({ t: 'hello', token: await world?.accessToken(nameOf(n), `u${n}`) });
    await client.next('welcome');
    return client;
  }

  /** A message for each device, all in one call: whichever process takes it, some devices are held by another. */
  async function reachEach(title: string): Promise<void> {
    const messages = clients.map((_, n) => ({
      to: { devices: [nameOf(n)] },
      notification: { title: `${title} ${n}` },
    }));
    const { body } = await call<{ results: { message: { id: string } }[] }>('POST', '/v1/messages/batch', { messages });
    const sent = body.results.map(({ message }) => message.id);
    const seen = clients.map((client) => () => client.all('push').map(({ id }) => id));
    await until(
      async () => sent.filter((id, n) => !seen[n]?.().includes(id)),
      ({ length }) => length === 0,
    );
    for (const [n, id] of sent.entries()) {
      const pushes = clients.flatMap(
        (_, of) =>
          seen[of]?.()
            .filter((each) => each === id)
            .map(() => of) ?? [],
      );
      assert.deepEqual(pushes, [n], 'once, and nobody else');
      const look = async () => (await call<{ counts: { delivered: number } }>('GET', `/v1/messages/${id}`)).body;
      await until(look, ({ counts }) => counts.delivered === 1);
    }
  }

  it('share the port; one address tells of both', async () => {
    assert.deepEqual(await ready(), { status: 200, ok: true, checks: { process_1: 'ok', process_2: 'ok' } });
    const sent = await Promise.all(Array.from({ length: 40 }, (_, n) => send(0)(n)));
    assert.deepEqual([...new Set(sent.map(({ status }) => status))], [202]);
    const took = (text: string) =>
      Number(/^pealbell_messages_total\{[^}]*outcome="accepted"[^}]*\} (\d+)$/m.exec(text)?.[1]);
    const metrics = await (await fetch(`${admin}/metrics`)).text();
    assert.equal(took(metrics), 40, 'counted over both');
    assert.match(metrics, /^pealbell_build_info\{[^}]*\} 1$/m);
    for (const { admin: own, process: place } of house.lines.filter(({ event }) => event === 'gateway.started')) {
      const share = took(await (await fetch(`${own}/metrics`)).text());
      assert.ok(share > 0 && share < 40, `process ${place} took ${share} of 40`);
    }
  });

  it('hold the connections of devices between them: one call, taken by one of them, reaches each device once', async () => {
    await importDevices(house.url, key, DEVICES);
    for (let n = 0; n < DEVICES; n++) clients[n] = await connect(n);
    await reachEach('Hello');
  });

  it('one is killed: what was accepted arrives, and it is started again', async () => {
    const first = 1_000;
    const load = steadyLoad(send(first), { perSecond: 60, inFlightMax: 20 });
    await until(
      async () => load.done(),
      (done) => done >= 40,
    );
    const victim = pids().get(2) ?? 0;
    process.kill(victim, 'SIGKILL');
    const ended = await house.line('process.ended');
    assert.match(String(ended.why), /process 2 \(pid \d+\) ended: SIGKILL/);
    await house.line('process.back');
    await until(ready, ({ status }) => status === 200);
    assert.notEqual(pids().get(2), victim);
    const homeless = await until(
      async () => clients.flatMap(({ socket }, n) => (socket.readyState === WebSocket.OPEN ? [] : [n])),
      ({ length }) => length > 0,
    );
    assert.ok(homeless.length < DEVICES, 'the other one held some as well');
    for (const n of homeless) clients[n] = await connect(n);
    await reachEach('Back again');
    const { answers } = await load.stop();
    // What it was answering when it died has no answer; everybody else goes on.
    const accepted = answers.flatMap((answer, n) => (answer === 202 ? [n] : []));
    assert.ok(accepted.length >= answers.length - 20, `${answers.length - accepted.length} had no answer`);
    await until(
      async () => verdictOf(first, accepted).lost,
      (lost) => lost === 0,
      60_000,
    );
  });

  it('are replaced one after the other without a failed call', async () => {
    const first = 5_000;
    const before = new Set(pids().values());
    const load = steadyLoad(send(first), { perSecond: 60, inFlightMax: 20 });
    await until(
      async () => load.done(),
      (done) => done >= 40,
    );
    house.child.kill('SIGUSR2');
    const replaced = await house.line('processes.replaced', 90_000);
    const { answers } = await load.stop();
    assert.deepEqual(
      answers.filter((answer) => answer !== 202),
      [],
    );
    assert.ok((replaced.processes as number[]).every((pid) => !before.has(pid)));
    for (const [n, client] of clients.entries()) {
      const { bye } = await client.ended();
      assert.equal(bye?.reason, 'draining');
      clients[n] = await connect(n);
    }
    await reachEach('At their successors');
    const numbers = answers.map((_, n) => n);
    await until(
      async () => verdictOf(first, numbers).lost,
      (lost) => lost === 0,
      60_000,
    );
  });

  it('end together', async () => {
    assert.equal(await house.end(), 0);
    for (const pid of pids().values()) assert.throws(() => process.kill(pid, 0), /ESRCH/);
  });

  it('are refused where one alone can have what they need', async () => {
    const embedded = await runCommand(['serve', '--processes', '2', '--set', 'store.url=pglite:./nowhere']);
    assert.equal(embedded.code, 1);
    assert.match(embedded.stderr, /^An embedded store belongs to one process: leave --processes out/);
    const none = await runCommand(['serve', '--processes', 'many']);
    assert.deepEqual(
      [none.code, none.stderr],
      [2, "--processes takes a number from 1 to 64, or auto for one on each core, not 'many'.\n"],
    );
  });
});
