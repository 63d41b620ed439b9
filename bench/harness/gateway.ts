/** A gateway as an operator starts it, in a process of its own, with an embedded store in a fresh directory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { EXIT_WITH_PARENT } from '../../src/cli/parent.js';
import { type Simulators, writeConfig } from '../../src/simulators.js';
import type { Cores } from './cores.js';
import { deviceLines, type Road } from './devices.js';
import { type MeasuredProcess, startMeasured } from './measured-process.js';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const SCOPES = 'messages:send,messages:broadcast,messages:read,devices:write,devices:read';
const LOOK_EVERY_MS = 50;

export interface GatewayUnderTest {
  readonly process: MeasuredProcess;
  /** Registers devices 0 to `count`. @throws Error when one was refused */
  importDevices(count: number, road: Road): Promise<void>;
  /** Sends one message and waits until it is completed. @returns its counts by state */
  send(message: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, number>>>;
  stop(): Promise<void>;
}

/** `dir`: where the simulators put their key files; the configuration and the store go there too. */
export async function startGateway(dir: string, simulators: Simulators, cores: Cores): Promise<GatewayUnderTest> {
  await writeConfig(dir, simulators.endpoints.providers);
  const key = JSON.parse(
    await output(['keys', 'create', '--config', dir, '--app', 'demo', '--scopes', SCOPES, '--json']),
  ) as { key: string };
  const settings = ['server.listen=127.0.0.1:0', 'server.admin=127.0.0.1:0', 'limits.per_key=off'].flatMap((set) => [
    '--set',
    set,
  ]);
  const profile = process.env.BENCH_NODE_OPTIONS?.split(' ') ?? [];
  const argv = [...profile, MAIN, EXIT_WITH_PARENT, 'serve', '--config', dir, ...settings];
  const measured = startMeasured(cores.measured, argv);
  const url = await started(measured);
  const headers = { authorization: `Bearer ${key.key}` };
  const json = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(url + path, { ...init, headers: { ...headers, ...init.headers } });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 500)}`);
    return text;
  };
  return {
    process: measured,
    async importDevices(count, road) {
      const results = await json('/v1/devices/import', {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson' },
        body: deviceLines(count, road),
        duplex: 'half',
      } as RequestInit); // `duplex` is not in the types of Node 20
      const taken = results.split('\n').filter((line) => line.includes('"status":201')).length;
      if (taken !== count) throw new Error(`${taken} of ${count} devices were imported: ${results.slice(0, 500)}`);
    },
    async send(message) {
      const accepted = await json('/v1/messages', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(message),
      });
      const { id } = JSON.parse(accepted) as { id: string };
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
        const state = JSON.parse(await json(`/v1/messages/${id}`)) as {
          status: string;
          counts: Record<string, number>;
        };
        if (state.status === 'completed') return state.counts;
      }
    },
    stop: () => measured.stop(),
  };
}

async function output(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`pealbell ${args[0]} ended with ${code}`);
  return text;
}

/** The URL of the API, once the gateway logs that it listens. */
function started({ child }: MeasuredProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let rest = '';
    const lines: string[] = [];
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}: ${lines.join('\n')}`)));
    child.stderr?.setEncoding('utf8').on('data', (part: string) => {
      const parts = (rest + part).split('\n');
      rest = parts.pop() ?? '';
      lines.splice(0, lines.length, ...lines.concat(parts).slice(-20));
      const line = parts.find((candidate) => candidate.includes('"event":"gateway.started"'));
      if (line !== undefined) resolve((JSON.parse(line) as { api: string }).api);
    });
  });
}
