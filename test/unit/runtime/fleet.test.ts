import assert from 'node:assert/strict';
import type { Log } from '../../../src/ports/log.js';
import { type Child, createFleet } from '../../../src/runtime/fleet.js';

/** Processes that do what the test says. */
function stage(behave: (child: Played) => void = (child) => child.start()) {
  const children: Played[] = [];
  const lines: string[] = [];
  const note = (fields: object, event: string) => void lines.push(`${event} ${JSON.stringify(fields)}`);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  let clock = 0;
  const fleet = createFleet({
    count: 2,
    log,
    firstWaitMs: 1,
    now: () => clock,
    spawn(place) {
      const child = new Played(place, children.length + 1);
      children.push(child);
      behave(child);
      return child;
    },
  });
  const waits = () => lines.flatMap((line) => /"again_in_ms":(\d+)/.exec(line)?.[1] ?? []).map(Number);
  return { fleet, children, lines, waits, pass: (ms: number) => (clock += ms) };
}

class Played implements Child {
  readonly signals: NodeJS.Signals[] = [];
  start: () => void = () => undefined;
  end: (how: string) => void = () => undefined;
  readonly started = new Promise<void>((resolve) => (this.start = resolve));
  readonly ended = new Promise<string>((resolve) => (this.end = resolve));
  constructor(
    readonly place: number,
    readonly pid: number,
  ) {}
  kill(signal: NodeJS.Signals) {
    this.signals.push(signal);
    if (signal !== 'SIGHUP') this.end(signal);
  }
}

async function settle(seen: () => boolean) {
  for (let n = 0; !seen(); n++) {
    if (n > 2_000) throw new Error('it did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

describe('a fleet of processes', () => {
  it('starts the first alone, and the others when it works', async () => {
    const { fleet, children } = stage(() => undefined);
    const started = fleet.start();
    await settle(() => children.length === 1);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(children.length, 1);
    children[0]?.start();
    await settle(() => children.length === 2);
    children[1]?.start();
    await started;
    assert.deepEqual(
      fleet.running().map((child) => child?.pid),
      [1, 2],
    );
    await fleet.stop(1_000);
  });

  it('says why where one cannot start, and starts none again then', async () => {
    const { fleet, children } = stage((child) => child.end('exit code 1'));
    await assert.rejects(fleet.start(), /process 1 ended before it worked \(exit code 1\)/);
    await fleet.stop(1_000);
    assert.equal(children.length, 1);
  });

  it('fills a place again, each time after a longer wait until one lasts', async () => {
    const { fleet, children, waits, pass } = stage();
    await fleet.start();
    for (let n = 0; n < 4; n++) {
      const count = children.length;
      fleet.running()[1]?.kill('SIGKILL');
      await settle(() => children.length > count && fleet.running()[1] !== undefined);
    }
    assert.deepEqual(waits(), [1, 2, 4, 8]);
    pass(60_000);
    fleet.running()[1]?.kill('SIGKILL');
    await settle(() => waits().length === 5);
    assert.equal(waits().at(-1), 1);
    assert.equal(fleet.running()[0]?.pid, 1, 'the other one is left alone');
    await fleet.stop(1_000);
  });

  it('replaces one when its successor works, then the next', async () => {
    const { fleet, children } = stage();
    await fleet.start();
    await fleet.replace();
    assert.deepEqual(
      fleet.running().map((child) => child?.pid),
      [3, 4],
    );
    assert.deepEqual(
      children.map(({ signals }) => signals),
      [['SIGTERM'], ['SIGTERM'], [], []],
    );
    assert.deepEqual(
      children.map(({ place }) => place),
      [1, 2, 1, 2],
    );
    await fleet.stop(1_000);
  });

  it('keeps the old one where its successor does not work', async () => {
    const { fleet, children } = stage((child) => (child.pid <= 2 ? child.start() : child.end('exit code 1')));
    await fleet.start();
    await assert.rejects(fleet.replace(), /process 1 ended before it worked/);
    assert.deepEqual(
      fleet.running().map((child) => child?.pid),
      [1, 2],
    );
    assert.deepEqual(children[0]?.signals, []);
    await fleet.stop(1_000);
  });

  it('starts nothing any more when it stops, and kills who does not end', async () => {
    const { fleet, children } = stage();
    await fleet.start();
    const [stubborn] = children;
    assert.ok(stubborn);
    stubborn.kill = (signal) => {
      stubborn.signals.push(signal);
      if (signal === 'SIGKILL') stubborn.end(signal);
    };
    children[1]?.end('exit code 1');
    await fleet.stop(20);
    assert.deepEqual(stubborn.signals, ['SIGTERM', 'SIGKILL']);
    assert.equal(children.length, 2);
  });
});
