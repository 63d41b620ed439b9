import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cpuMicrosOf, treeCpuMicros } from '../../../bench/harness/process-tree.js';

/** Burns CPU for 60 ms, says so, and waits for its end. */
const BUSY = `
const until = process.cpuUsage().user + 60_000;
while (process.cpuUsage().user < until);
process.stdout.write('done');
process.stdin.resume().on('end', () => process.exit());
`;

describe('the CPU of a process and of what it has started', () => {
  it('has that of a child while it lives, and when it has ended', async function () {
    if (!existsSync('/proc/self/task')) return this.skip(); // not Linux
    const before = { alone: cpuMicrosOf(process.pid), tree: treeCpuMicros(process.pid) };
    const child = spawn(process.execPath, ['-e', BUSY], { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    const grown = () => {
      const alone = cpuMicrosOf(process.pid) - before.alone;
      return treeCpuMicros(process.pid) - before.tree - alone;
    };
    assert.ok(grown() >= 50_000, `${grown()} while it lives`);
    child.stdin.end();
    await ended;
    assert.ok(grown() >= 50_000, `${grown()} when it has ended`);
  });
});
