/** A gateway as an operator starts it, in a process of its own, with an embedded store in a fresh directory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { EXIT_WITH_PARENT } from '../../src/cli/parent.js';
import { type Simulators, writeConfig } from '../../src/simulators.js';
import type { Cores } from './cores.js';
import { createGatewayClient, type GatewayClient } from './gateway-client.js';
import { keepLastLines, type MeasuredProcess, startMeasured } from './measured-process.js';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const SCOPES = 'messages:send,messages:broadcast,messages:read,devices:write,devices:read';

export interface GatewayUnderTest extends GatewayClient {
  readonly process: MeasuredProcess;
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
  return { ...createGatewayClient(url, key.key), process: measured, stop: () => measured.stop() };
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
    const lastWords = keepLastLines(child.stderr, (line) => {
      if (line.includes('"event":"gateway.started"')) resolve((JSON.parse(line) as { api: string }).api);
    });
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}: ${lastWords().join('\n')}`)));
  });
}
