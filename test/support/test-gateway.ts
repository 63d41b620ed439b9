import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../config/load.js';
import { type Gateway, openGateway } from '../../src/compose.js';
import { makeDataKey } from '../../src/domain/data-key.js';
import type { Scope } from '../../src/ports/key-store.js';
import type { Log } from '../../src/ports/log.js';
import { startSimulators, writeConfig } from '../../src/simulators.js';
import { openBackendOfRun } from './backend.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the answers of a foreign program; what is in them is what is tested.
  readonly body: any;
}

export interface Ask {
  /** POST with a body, else GET. */
  readonly method?: string;
  /** Sent as it is when it is text, else as JSON. */
  readonly body?: unknown;
  /** `null` sends none; the key of everything when absent. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly fields: object;
}

/** A whole gateway on ports of its own, over a fresh store and simulated vendors. */
export interface TestGateway {
  readonly gateway: Gateway;
  readonly url: string;
  readonly lines: readonly LogLine[];
  /** `all`, `send` and `read` are bound to the app `demo`, `news` to the app `news`, `unbound` to none. */
  readonly keys: Readonly<Record<'all' | 'send' | 'read' | 'news' | 'unbound', string>>;
  ask(path: string, ask?: Ask): Promise<Answer>;
  put(device: string, body: unknown, more?: Ask): Promise<Answer>;
  close(): Promise<void>;
}

const EVERYTHING: readonly Scope[] = [
  'messages:send',
  'messages:broadcast',
  'messages:read',
  'devices:write',
  'devices:read',
];

/** The n-th push token, and the registration that has it. */
export const tokenOf = (n: number) => n.toString(16).padStart(64, '0');
export const apns = (n: number) => ({ provider: 'apns', token: tokenOf(n) });

/** Where each fault of a problem is, with its code. */
export function faultsOf(answer: Answer): string[] {
  return answer.body.errors.map((fault: Record<string, string>) => `${fault.pointer ?? fault.parameter} ${fault.code}`);
}

export async function openTestGateway(): Promise<TestGateway> {
  const directory = await mkdtemp(join(tmpdir(), 'pealbell-test-'));
  const simulators = await startSimulators({ controlPort: 0, dir: directory });
  await writeConfig(directory, simulators.endpoints.providers);
  await mkdir(join(directory, 'apps'), { recursive: true });
  await writeFile(join(directory, 'apps', 'news.yaml'), 'providers: {}\n');
  const backend = await openBackendOfRun();
  const config = await loadConfig({
    dir: directory,
    env: {},
    flags: {
      'server.listen': '127.0.0.1:0',
      'server.admin': '127.0.0.1:0',
      ...backend.settings,
      ...(backend.kind === 'embedded' ? {} : { 'security.data_key': makeDataKey((size) => randomBytes(size)) }),
    },
  });
  const lines: LogLine[] = [];
  const at = (level: string) => (fields: object, event: string) => void lines.push({ level, event, fields });
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const gateway = await openGateway(config, ['api', 'worker'], '0.0.0-test', { log, patienceMs: 0 });
  const url = gateway.api?.url ?? '';
  const make = async (app: string | null, scopes: readonly Scope[]) => (await gateway.keys.create({ app, scopes })).key;
  const keys = {
    all: await make('demo', EVERYTHING),
    send: await make('demo', ['messages:send']),
    read: await make('demo', ['messages:read', 'devices:read']),
    news: await make('news', EVERYTHING),
    unbound: await make(null, EVERYTHING),
  };

  async function ask(path: string, { method, body, key = keys.all, headers = {} }: Ask = {}): Promise<Answer> {
    const answer = await fetch(url + path, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
  }

  return {
    gateway,
    url,
    lines,
    keys,
    ask,
    put: (device, body, more = {}) => ask(`/v1/devices/${device}`, { method: 'PUT', body, ...more }),
    async close() {
      await gateway.stop();
      await backend.close();
      await simulators.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
