/** A service of a test's own beside a provider that its file describes. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { Message, Outcome, Provider, ProviderEnv, Target } from '../../../../providers/contract.js';
import { httpKind } from '../../../../providers/http/kind.js';
import { testEnv } from '../../../contract/provider.suite.js';
import { type Http1Request, type Http1Server, openHttp1Server } from '../shared/http1-server.js';

export const NEVER = new AbortController().signal;
export const NOW = 1_800_000_000_000;

export const MESSAGE: Message = {
  id: 'msg_1',
  app: 'shop',
  notification: { title: 'Paid', body: 'Order 7' },
  ttlSeconds: 600,
  priority: 'high',
};

export interface Service {
  readonly server: Http1Server;
  readonly logged: { readonly event: string; readonly fields: object }[];
  /** Answers JSON from now on. */
  say(status: number, value: unknown, headers?: Readonly<Record<string, string>>): void;
  /** Closes the one that was open. */
  open(settings: object, env?: Partial<ProviderEnv>): Promise<Provider>;
  send(message?: Partial<Message>, ...tokens: readonly string[]): Promise<readonly Outcome[]>;
  /** The last that came. */
  last(): Http1Request;
  close(): Promise<void>;
}

export async function openService(): Promise<Service> {
  const server = await openHttp1Server('https');
  const logged: Service['logged'] = [];
  const note = (fields: object, event: string) => void logged.push({ event, fields });
  let provider: Provider | undefined;
  return {
    server,
    logged,
    say(status, value, headers = {}) {
      server.answer = ({ response }) => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(typeof value === 'string' ? value : JSON.stringify(value));
      };
    },
    async open(settings, env) {
      await provider?.close();
      const options = httpKind.options.parse({ ca: server.ca, ...leadTo(settings, server.origin) });
      const log = { info: note, warn: note, error: note };
      provider = await httpKind.open(
        options,
        testEnv({ now: () => NOW as ReturnType<ProviderEnv['now']>, log, ...env }),
      );
      return provider;
    },
    async send(message = {}, ...tokens) {
      const targets = (tokens.length === 0 ? ['+4915112345678'] : tokens).map(
        (token, at): Target => ({ pushToken: token as Target['pushToken'], notificationId: `n${at}` }),
      );
      if (provider === undefined) throw new Error('open it first');
      return provider.send({ message: { ...MESSAGE, ...message }, targets }, NEVER);
    },
    last() {
      const request = server.requests.at(-1);
      if (request === undefined) throw new Error('nothing came');
      return request;
    },
    async close() {
      await server.close();
      await provider?.close();
    },
  };
}

/** Addresses at `*.example` lead to the test's server. */
function leadTo<T>(value: T, origin: string): T {
  return JSON.parse(JSON.stringify(value).replaceAll(/https:\/\/[a-z]+\.example/g, origin)) as T;
}

/** The settings of a recipe of the README, with its references filled in. */
export async function recipe(name: string): Promise<Readonly<Record<string, unknown>>> {
  const readme = await readFile('providers/http/README.md', 'utf8');
  const [, yaml = ''] = new RegExp(`<!-- recipe: ${name} -->\n\`\`\`yaml\n([^]*?)\`\`\``).exec(readme) ?? [];
  const file = parse(yaml.replaceAll(/\$\{env:([A-Z_]+)\}/g, (_whole, key: string) => `of ${key}`)) as {
    readonly providers: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  const [settings] = Object.values(file.providers);
  const { kind, ...options } = settings ?? {};
  if (kind !== 'http') throw new Error(`the README has no recipe ${name}`);
  return options;
}
