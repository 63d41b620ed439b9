import assert from 'node:assert/strict';
import { openBackend } from '../support/backend.js';
import { runCommand } from '../support/run-command.js';
import { steadyLoad } from '../support/steady-load.js';
import { judge, readLedger } from '../support/verdict.js';
import {
  type Caller,
  createCaller,
  type GatewayProcess,
  openWorld,
  pushTokenOf,
  until,
  type World,
} from '../support/world.js';

/** `pealbell serve --processes 2`, started as an operator would, on servers. */
describe('several processes on one machine', function () {
  this.timeout(120_000);
  let world: World | undefined;
  let house: GatewayProcess;
  let call: Caller;
  let admin = '';

  before(async function () {
    world = await openWorld({ roads: 'apns', backend: await openBackend('postgres+redis', this) });
    const key = await world.key();
    house = await world.spawn({ settings: { 'limits.per_key': 'off' }, flags: ['--processes', '2'] });
    admin = String((await house.line('processes.started')).admin);
    call = createCaller(house.url, key);
  });
  after(() => world?.close());

  const ready = async () => {
    const answer = await fetch(`${admin}/readyz`);
    return { status: answer.status, ...((await answer.json()) as { checks: Record<string, string> }) };
  };
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
