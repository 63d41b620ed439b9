/** A gateway as an operator starts it, in a process of its own, with an embedded store in a fresh directory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { EXIT_WITH_PARENT } from '../../src/cli/parent.js';
import { type Simulators, writeConfig } from '../../src/simulators.js';
import type { Cores } from './cores.js';
import { type Crew, createCrew } from './crew.js';
import { createGatewayClient, type GatewayClient } from './gateway-client.js';
import { keepLastLines, type MeasuredProcess, startMeasured } from './measured-process.js';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const SCOPES = 'messages:send,messages:broadcast,messages:read,devices:write,devices:read';

export interface GatewayUnderTest extends GatewayClient {
  readonly ready: { readonly url: string; readonly key: string };
  readonly process: MeasuredProcess;
  stop(): Promise<void>;
}

/** `dir`: where the simulators put their key files; the configuration and the store go there too. */
export async function startGateway(dir: string, simulators: Simulators, cores: Cores): Promise<GatewayUnderTest> {
  await writeConfig(dir, simulators.endpoints.providers);
  const key = await makeKey(dir, {});
  const { process: measured, url } = await serve(dir, cores, {});
  return { ...createGatewayClient(url, key), ready: { url, key }, process: measured, stop: () => measured.stop() };
}

/** The same over datastores that its processes share: one `api`, and a crew of workers that is empty as yet. */
export async function startGatewayCrew(
  dir: string,
  simulators: Simulators,
  cores: Cores,
  settings: Readonly<Record<string, string>>,
): Promise<Omit<GatewayUnderTest, 'process' | 'stop'> & { readonly crew: Crew<MeasuredProcess> }> {
  await writeConfig(dir, simulators.endpoints.providers);
  const key = await makeKey(dir, settings);
  const api = await serve(dir, cores, settings, ['--role', 'api']);
  const startWorker = async () => (await serve(dir, cores, settings, ['--role', 'worker'])).process;
  const crew = createCrew(api.process, startWorker, (worker) => worker);
  return { ...createGatewayClient(api.url, key), ready: { url: api.url, key }, crew };
}

async function makeKey(dir: string, settings: Readonly<Record<string, string>>): Promise<string> {
  const words = [
    'keys',
    'create',
    '--config',
    dir,
    '--app',
    'demo',
    '--scopes',
    SCOPES,
    '--json',
    ...flagsOf(settings),
  ];
  return (JSON.parse(await output(words)) as { key: string }).key;
}

async function serve(
  dir: string,
  cores: Cores,
  settings: Readonly<Record<string, string>>,
  more: readonly string[] = [],
): Promise<{ readonly process: MeasuredProcess; readonly url: string }> {
  const own = { 'server.listen': '127.0.0.1:0', 'server.admin': '127.0.0.1:0', 'limits.per_key': 'off' };
  const profile = process.env.BENCH_NODE_OPTIONS?.split(' ') ?? [];
  const flags = flagsOf({ ...own, ...settings });
  const measured = startMeasured(cores.measured, [
    ...[...profile, MAIN, EXIT_WITH_PARENT, 'serve', '--config', dir, ...more],
    ...flags,
  ]);
  return { process: measured, url: await started(measured) };
}

function flagsOf(settings: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
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

/** The URL of the API, once the gateway logs that it runs; empty where it has none. */
function started({ child }: MeasuredProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const lastWords = keepLastLines(child.stderr, (line) => {
      if (line.includes('"event":"gateway.started"')) resolve((JSON.parse(line) as { api?: string }).api ?? '');
    });
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}: ${lastWords().join('\n')}`)));
  });
}
