import { Child, type ChildOptions } from './children.js';
import { DemoFailure } from './failure.js';
import { freePort } from './free-port.js';
import type { Workspace } from './workspace.js';

/** The defaults of `simulate` and `serve`; the next free one where somebody has it. */
const PORTS = { control: 7_700, api: 8_080, admin: 9_090 } as const;
/** A first start makes the database, which a slow machine takes a minute for. */
const START_MS = 90_000;
const SCOPES = 'messages:send,messages:broadcast,messages:read,devices:write,devices:read';

export interface Ports {
  readonly control: number;
  readonly api: number;
  readonly admin: number;
}

/** Finds a port for everything that listens. @returns them with a sentence for each that is not the usual one. */
export async function choosePorts(): Promise<{ readonly ports: Ports; readonly remarks: readonly string[] }> {
  const control = await freePort(PORTS.control);
  const api = await freePort(PORTS.api, [control]);
  const admin = await freePort(PORTS.admin, [control, api]);
  const ports = { control, api, admin };
  const remarks = (Object.keys(PORTS) as (keyof Ports)[])
    .filter((name) => ports[name] !== PORTS[name])
    .map((name) => `port ${PORTS[name]} is taken, so ${ports[name]} is used`);
  return { ports, remarks };
}

/** Starts and ends the processes of a demonstration. */
export interface House {
  /** @returns the URL of the control port */
  startSimulator(): Promise<{ readonly url: string; readonly child: Child }>;
  /** @returns the URL of the API */
  startGateway(): Promise<{ readonly url: string; readonly child: Child }>;
  /** Makes a server key for the app `demo` through the running gateway. */
  createKey(): Promise<{ readonly id: string; readonly key: string }>;
  /** Ends everything in order, last started first; nothing can be started any more. */
  close(): Promise<void>;
  /** Kills everything at once. */
  kill(): void;
}

export function openHouse(options: {
  readonly workspace: Workspace;
  readonly ports: Ports;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told of slow steps of a first start. */
  readonly onProgress: (sentence: string) => void;
  /** Told when a process ended that nobody asked to. */
  readonly onFailure: (failure: DemoFailure) => void;
}): House {
  const { workspace, ports, env } = options;
  const children: Child[] = [];
  let isClosing = false;

  function start(name: string, argv: readonly string[], more: Pick<ChildOptions, 'isSecret' | 'onLine'> = {}): Child {
    if (isClosing) throw new DemoFailure('stopped');
    const child = new Child({ name, argv, logFile: workspace.log(name), env, ...more });
    children.push(child);
    return child;
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
    async startSimulator() {
      const argv = ['simulate', '--write-config', workspace.config, '--control-port', String(ports.control)];
      const child = start('simulator', argv);
      // Its last line, when the configuration is written and everything listens.
      const url = `http://127.0.0.1:${ports.control}`;
      await child.waitFor((line) => line.startsWith('configuration ') || undefined, START_MS);
      watch(child);
      return { url, child };
    },

    async startGateway() {
      const listen = [
        '--set',
        `server.listen=127.0.0.1:${ports.api}`,
        '--set',
        `server.admin=127.0.0.1:${ports.admin}`,
      ];
      const child = start('gateway', ['serve', '--config', workspace.config, ...listen], { onLine: tellProgress });
      const url = await child.waitFor(readStarted, START_MS);
      watch(child);
      return { url, child };
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

/** The line that the gateway logs once it listens. */
function readStarted(line: string): string | undefined {
  if (!line.includes('"gateway.started"')) return undefined;
  const { event, api } = JSON.parse(line) as { readonly event?: string; readonly api?: string };
  return event === 'gateway.started' ? api : undefined;
}

function readKey(line: string): { readonly id: string; readonly key: string } | undefined {
  return line.startsWith('{') ? (JSON.parse(line) as { readonly id: string; readonly key: string }) : undefined;
}
