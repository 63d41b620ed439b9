/** A whole small world for end-to-end tests: simulators, a configuration, and gateways in this process or in their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../config/load.js';
import { ROLES, type Role } from '../../config/roles.js';
import { type Gateway, openGateway, openStore, type Variations } from '../../src/compose.js';
import { makeDataKey } from '../../src/domain/data-key.js';
import { SCOPES } from '../../src/ports/key-store.js';
import type { Log } from '../../src/ports/log.js';
import { type Simulators, startSimulators, vendorSettings, writeConfig } from '../../src/simulators.js';
import { openBackendOfRun, type TestBackend } from './backend.js';
import { emptyDataDirectory } from './pglite-template.js';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const CHILD_START_MS = 30_000;

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** One line of a log, as the gateway writes it. */
export interface LogLine {
  readonly event: string;
  readonly level: string;
  readonly [field: string]: unknown;
}

export interface GatewayProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly lines: readonly LogLine[];
  /** The next or an earlier line with this event. @throws when none came in time */
  line(event: string, withinMs?: number): Promise<LogLine>;
  /** Sends the signal and waits for the end. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface ApiAnswer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

export interface World {
  readonly simulators: Simulators;
  readonly configDir: string;
  /** What every gateway of this world is started with. */
  readonly flags: Readonly<Record<string, string>>;
  /** Opens a gateway in this process; closed with the world. */
  open(options?: {
    readonly roles?: readonly Role[];
    readonly settings?: Record<string, string>;
    readonly variations?: Variations;
  }): Promise<Gateway>;
  /** Starts a gateway as an operator would; killed with the world. */
  spawn(options?: {
    readonly roles?: readonly Role[];
    readonly settings?: Record<string, string>;
    /** Further ones of `pealbell serve`. */
    readonly flags?: readonly string[];
  }): Promise<GatewayProcess>;
  /** A key with every scope; made without a running gateway when none is given. */
  key(gateway?: Gateway): Promise<string>;
  close(): Promise<void>;
}

export interface WorldOptions {
  /** The providers of the app `demo`: Apple alone, every one that is simulated; when absent Apple, Google and browsers. */
  readonly roads?: 'apns' | 'every';
  /** Closed with the world; a place on the backend of this run when absent. */
  readonly backend?: TestBackend;
  /** A store alone, with the queue in it, instead of a backend. */
  readonly storeUrl?: string;
  readonly latencyMs?: number;
  /** The vendors' clock; a test that moves the gateway's moves theirs along. */
  readonly now?: () => number;
}

/** Ports are the system's choice, logs are silent in process; everything else is as `pealbell simulate` writes it. */
export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const configDir = await emptyDataDirectory();
  const simulators = await startSimulators({
    controlPort: 0,
    dir: configDir,
    latencyMs: options.latencyMs ?? 0,
    ...(options.now === undefined ? {} : { now: options.now }),
  });
  const { apns, fcm, webpush } = simulators.endpoints.providers;
  const roads = {
    apns: { apns },
    three: { apns, fcm, webpush },
    every: { apns, fcm, webpush, vendors: vendorSettings(simulators.endpoints.providers) },
  };
  await writeConfig(configDir, roads[options.roads ?? 'three']);
  const dataKey = makeDataKey((size) => randomBytes(size));
  await writeFile(join(configDir, 'test.key'), dataKey, { mode: 0o600 });
  const { storeUrl } = options;
  const backend = storeUrl === undefined ? (options.backend ?? (await openBackendOfRun())) : undefined;
  const places = backend?.settings ?? { 'store.url': storeUrl ?? '' };
  const base: Record<string, string> = {
    'server.listen': '127.0.0.1:0',
    'server.admin': '127.0.0.1:0',
    ...places,
    // An embedded store makes its own.
    ...(places['store.url']?.startsWith('pglite:') ? {} : { 'security.data_key': dataKey }),
  };
  const closing: (() => Promise<unknown>)[] = [() => simulators.close(), async () => backend?.close()];
  const load = (settings: Record<string, string> = {}) =>
    loadConfig({ dir: configDir, env: {}, flags: { ...base, ...settings } });

  return {
    simulators,
    configDir,
    flags: base,
    async open({ roles = ROLES, settings, variations } = {}) {
      const gateway = await openGateway(await load(settings), roles, 'test', {
        log: silentLog,
        patienceMs: 0,
        ...variations,
      });
      closing.push(() => gateway.stop());
      return gateway;
    },
    async spawn({ roles = ROLES, settings = {}, flags: more = [] } = {}) {
      const flags = Object.entries({ ...base, ...settings }).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
      const started = await startGateway([
        'serve',
        '--config',
        configDir,
        '--role',
        roles.join(','),
        ...more,
        ...flags,
      ]);
      closing.push(() => started.end('SIGKILL'));
      return started;
    },
    async key(gateway) {
      if (gateway !== undefined) return (await gateway.keys.create({ app: 'demo', scopes: SCOPES })).key;
      const store = await openStore(await load(), { log: silentLog });
      try {
        return (await store.keys.create({ app: 'demo', scopes: SCOPES })).key;
      } finally {
        await store.close();
      }
    },
    async close() {
      for (let close = closing.pop(); close !== undefined; close = closing.pop()) await close();
    },
  };
}

/** Starts the program with these arguments, and waits until it serves. */
export async function startGateway(args: readonly string[]): Promise<GatewayProcess> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  const lines: LogLine[] = [];
  const waiting = new Set<() => void>();
  const ended = once(child, 'exit');
  let rest = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) lines.push(parseLine(part));
    for (const look of waiting) look();
  });
  const line = (event: string, withinMs = CHILD_START_MS) =>
    new Promise<LogLine>((resolve, reject) => {
      const give = (found: LogLine | undefined, why?: string) => {
        clearTimeout(timer);
        waiting.delete(look);
        child.off('exit', gone);
        if (found !== undefined) resolve(found);
        else
          reject(
            new Error(
              `${why}: no '${event}' in\n${lines
                .map((entry) => JSON.stringify(entry))
                .slice(-20)
                .join('\n')}`,
            ),
          );
      };
      const look = () => {
        const found = lines.find((entry) => entry.event === event);
        if (found !== undefined) give(found);
      };
      const gone = () => give(undefined, 'the process ended');
      const timer = setTimeout(() => give(undefined, `${withinMs} ms passed`), withinMs);
      waiting.add(look);
      child.once('exit', gone);
      look();
    });
  const started = await line('gateway.started').catch((error: unknown) => {
    child.kill('SIGKILL'); // nobody else knows of it yet
    throw error;
  });
  return {
    child,
    url: String(started.api ?? ''),
    lines,
    line,
    async end(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
      return child.exitCode;
    },
  };
}

function parseLine(text: string): LogLine {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return { event: 'text', level: 'info', text };
  }
}

/** A caller of the API, with a key. */
export function createCaller(url: string, key: string) {
  return async function call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ApiAnswer<T>> {
    const answer = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: (text === '' ? undefined : JSON.parse(text)) as T };
  };
}
export type Caller = ReturnType<typeof createCaller>;

/** A push token of 64 hex digits for a number; different numbers, different tokens. */
export function pushTokenOf(n: number): string {
  return `f${n.toString(16).padStart(63, '0')}`;
}

/** Registers `count` iOS devices `d0000000 …` of users `u0 …` through the import stream. */
export async function importDevices(url: string, key: string, count: number): Promise<void> {
  const lines: string[] = [];
  for (let n = 0; n < count; n++) {
    const id = `d${String(n).padStart(7, '0')}`;
    lines.push(
      JSON.stringify({
        id,
        user: `u${n}`,
        platform: 'ios',
        registrations: [{ provider: 'apns', token: pushTokenOf(n) }],
      }),
    );
  }
  const answer = await fetch(`${url}/v1/devices/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
    body: `${lines.join('\n')}\n`,
  });
  const results = (await answer.text())
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text) as { status: number });
  const bad = results.filter((result) => result.status !== 201);
  if (results.length !== count || bad.length > 0)
    throw new Error(`import: ${results.length} of ${count}, first bad ${JSON.stringify(bad[0])}`);
}

/** For what happens at once, unless the machine is busy. */
export const EVENTUALLY_MS = 30_000;

/** What a message's status is asked for until it is as wanted. */
export async function until<T>(
  ask: () => Promise<T>,
  wanted: (value: T) => boolean,
  withinMs = EVENTUALLY_MS,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = await ask();
    if (wanted(value)) return value;
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms; last: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
