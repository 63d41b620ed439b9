import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Child, type ChildOptions } from './children.js';
import { DemoFailure } from './failure.js';
import { freePort } from './free-port.js';
import type { Workspace } from './workspace.js';

/** The defaults of `simulate` and `serve`; the next free one where somebody has it. */
const PORTS = { control: 7_700, page: 7_788, api: 8_080, admin: 9_090 } as const;
/** A first start makes the database, which a slow machine takes a minute for. */
const START_MS = 90_000;
const SCOPES = 'messages:send,messages:broadcast,messages:read,devices:write,devices:read,devices:token';

/** The app's file in the configuration that `simulate` writes. */
const APP_FILE = 'apps/demo.yaml';

/** Words of `simulate` and `serve` when somebody took a port after it was found free. */
const PORT_LOST = /is taken by another program|is in use by another process/;
const STARTS_MAX = 5;

type PortName = keyof typeof PORTS;

/** Starts and ends the processes of a demonstration. */
export interface House {
  /** Writes the configuration, too. @returns the URL of the control port */
  startSimulator(): Promise<{ readonly url: string; readonly child: Child }>;
  /** @returns the URL of the API */
  startGateway(): Promise<{ readonly url: string; readonly child: Child }>;
  /** The port that was kept free for the page. */
  readonly pagePort: number;
  /** Makes a server key for the app `demo` through the running gateway. */
  createKey(): Promise<{ readonly id: string; readonly key: string }>;
  /** Ends everything in order, last started first; nothing can be started any more. */
  close(): Promise<void>;
  /** Kills everything at once. */
  kill(): void;
}

export function openHouse(options: {
  readonly workspace: Workspace;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told of slow steps of a first start. */
  readonly onProgress: (sentence: string) => void;
  /** Told of a port that is not the usual one. */
  readonly onRemark: (sentence: string) => void;
  /** Told when a process ended that nobody asked to. */
  readonly onFailure: (failure: DemoFailure) => void;
}): House {
  const { workspace, env } = options;
  /** Kept once chosen, so that what is started again is found where it was. */
  const ports: Partial<Record<PortName, number>> = {};
  const children: Child[] = [];
  let isClosing = false;

  function start(name: string, argv: readonly string[], more: Pick<ChildOptions, 'isSecret' | 'onLine'> = {}): Child {
    if (isClosing) throw new DemoFailure('stopped');
    const child = new Child({ name, argv, logFile: workspace.log(name), env, ...more });
    children.push(child);
    return child;
  }

  /** Starts something on the ports it has, or on free ones: then once more when one was lost before it was used. */
  async function onPorts<T>(names: readonly PortName[], startOn: (ports: readonly number[]) => Promise<T>): Promise<T> {
    const kept = names.map((name) => ports[name]).filter((port) => port !== undefined);
    if (kept.length === names.length) return startOn(kept);
    for (let starts = 1; ; starts++) {
      for (const name of names) ports[name] = await freePort(PORTS[name], Object.values(ports));
      const chosen = names.map((name) => ports[name] ?? 0);
      try {
        const started = await startOn(chosen);
        tellPorts(names);
        return started;
      } catch (error) {
        if (starts === STARTS_MAX || !(error instanceof DemoFailure && PORT_LOST.test(error.message))) throw error;
        for (const name of names) delete ports[name];
      }
    }
  }

  function tellPorts(names: readonly PortName[]): void {
    for (const name of names) {
      if (ports[name] !== PORTS[name]) options.onRemark(`Port ${PORTS[name]} is taken, so ${ports[name]} is used.`);
    }
  }

  /** What the gateway says of a first start stands beside its log, which is JSON. */
  function tellProgress(line: string): void {
    if (!line.startsWith('{') && line.includes('the embedded database')) options.onProgress(line);
  }

  function watch(child: Child): void {
    child.ended.then((how) => {
      if (child.hasFailed) options.onFailure(child.failure(`ended (${how})`));
    });
  }

  return {
    startSimulator: () =>
      onPorts(['control', 'page'], async ([control, page]) => {
        const argv = ['simulate', '--write-config', workspace.config, '--control-port', String(control)];
        const child = start('simulator', argv);
        // Its last line, when the configuration is written and everything listens.
        await child.waitFor((line) => line.startsWith('configuration ') || undefined, START_MS);
        await appendFile(join(workspace.config, APP_FILE), realtimeYaml(page ?? 0));
        watch(child);
        return { url: `http://127.0.0.1:${control}`, child };
      }),

    startGateway: () =>
      onPorts(['api', 'admin'], async ([api, admin]) => {
        const listen = ['--set', `server.listen=127.0.0.1:${api}`, '--set', `server.admin=127.0.0.1:${admin}`];
        const argv = ['serve', '--config', workspace.config, ...listen];
        const child = start('gateway', argv, { onLine: tellProgress });
        const url = await child.waitFor(readStarted, START_MS);
        watch(child);
        return { url, child };
      }),

    get pagePort() {
      return ports.page ?? 0;
    },

    async createKey() {
      const argv = ['keys', 'create', '--config', workspace.config, '--app', 'demo', '--scopes', SCOPES, '--json'];
      const child = start('keys', argv, { isSecret: true });
      const key = await child.waitFor(readKey, START_MS);
      await child.ended;
      return key;
    },

    async close() {
      isClosing = true;
      for (const child of [...children].reverse()) await child.end();
    },

    kill() {
      isClosing = true;
      for (const child of children) void child.kill();
    },
  };
}

/** The app has a realtime road, and the page may connect to it. */
function realtimeYaml(pagePort: number): string {
  return `realtime:
  origins: ["http://localhost:${pagePort}", "http://127.0.0.1:${pagePort}"]
`;
}

/** The line that the gateway logs once it listens. */
function readStarted(line: string): string | undefined {
  if (!line.includes('"gateway.started"')) return undefined;
  const { event, api } = JSON.parse(line) as { readonly event?: string; readonly api?: string };
  return event === 'gateway.started' ? api : undefined;
}

function readKey(line: string): { readonly id: string; readonly key: string } | undefined {
  return line.startsWith('{') ? (JSON.parse(line) as { readonly id: string; readonly key: string }) : undefined;
}
