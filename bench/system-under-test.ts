/** A gateway in a process of its own, as an operator starts it, with what the system knows of its cost. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT_WITH_PARENT } from '../src/cli/parent.js';
import { type Simulators, startSimulators, writeConfig } from '../src/simulators.js';

const MAIN = fileURLToPath(new URL('../src/main.js', import.meta.url));
/** Kernel clock ticks per second in /proc/<pid>/stat; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const SCOPES = 'messages:send,messages:broadcast,messages:read,devices:write,devices:read';

export interface SystemUnderTest {
  readonly url: string;
  readonly key: string;
  readonly simulators: Simulators;
  /** CPU microseconds used so far, user and system. */
  cpuMicros(): number;
  /** Largest resident memory so far, MB (VmHWM). */
  peakMb(): number;
  stop(): Promise<void>;
}

/** The simulator runs in this process, the gateway in another, with an embedded store in a fresh directory. */
export async function startSystem(options: { readonly latencyMs: number }): Promise<SystemUnderTest> {
  const dir = await mkdtemp(join(tmpdir(), 'pealbell-bench-'));
  const simulators = await startSimulators({ controlPort: 0, dir, latencyMs: options.latencyMs });
  await writeConfig(dir, { apns: simulators.endpoints.providers.apns });
  const key = JSON.parse(
    await output(['keys', 'create', '--config', dir, '--app', 'demo', '--scopes', SCOPES, '--json']),
  ) as { key: string };
  const settings = ['server.listen=127.0.0.1:0', 'server.admin=127.0.0.1:0', 'log.level=info'].flatMap((set) => [
    '--set',
    set,
  ]);
  const child = spawn(process.execPath, [MAIN, EXIT_WITH_PARENT, 'serve', '--config', dir, ...settings], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const url = await started(child);
  const proc = (file: string) => readFileSync(`/proc/${child.pid}/${file}`, 'utf8');
  return {
    url,
    key: key.key,
    simulators,
    cpuMicros() {
      const [, afterName = ''] = proc('stat').split(') ');
      const fields = afterName.split(' '); // state is field 3 of proc(5); utime and stime are 14 and 15
      return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1_000_000;
    },
    peakMb: () => Number(/VmHWM:\s+(\d+)/.exec(proc('status'))?.[1] ?? 0) / 1024,
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      await simulators.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export function machine(): string {
  return `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`;
}

async function output(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`${args[0]} ended with ${code}`);
  return text;
}

function started(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let rest = '';
    const lines: string[] = [];
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}: ${lines.slice(-5).join(' ')}`)));
    child.stderr?.setEncoding('utf8').on('data', (part: string) => {
      const parts = (rest + part).split('\n');
      rest = parts.pop() ?? '';
      lines.splice(0, lines.length, ...lines.concat(parts).slice(-20));
      const line = parts.find((candidate) => candidate.includes('"event":"gateway.started"'));
      if (line !== undefined) resolve((JSON.parse(line) as { api: string }).api);
    });
  });
}
