import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Config, loadConfig } from '../../config/load.js';
import { parseDuration } from '../../config/quantity.js';
import { connectOwner, type OwnerConnection, openStore } from '../compose.js';
import { GatewayError } from '../domain/errors.js';
import { nearest } from '../domain/suggest.js';
import { SCOPES, type Scope, type ServerKey } from '../ports/key-store.js';
import { createLog } from '../runtime/logger.js';
import { type CommandIo, EXIT, readSettings } from './io.js';

const HELP = `Usage: pealbell keys create [--config DIR] [--app APP] --scopes SCOPE,... [--test] [--expires 90d] [--json]
       pealbell keys list   [--config DIR] [--json]
       pealbell keys revoke KEY_ID [--config DIR]

Server keys open the API. A key is shown once, when it is made. Works before the first start, and while a server runs.

  --config DIR      folder with gateway.yaml and apps/ (default config)
  --app APP         binds the key to one app; without it every call names one with X-App
  --scopes LIST     ${SCOPES.join(', ')}
  --test            a key that works in the app's twin, against simulators only (needs simulators in gateway.yaml)
  --expires TIME    such as 90d; never when absent
  --set KEY=VALUE   a setting that wins over files and variables
  --json            print one JSON object: {"id", "key", "app", "scopes", "expires_at"}
  --help            show this text
`;

/** How long a gateway that is starting is waited for; a first start takes some 10 s on a small machine. */
const STARTING_MS_MAX = 120_000;
const ASK_AGAIN_MS = 250;

const OPTIONS = {
  config: { type: 'string' },
  app: { type: 'string' },
  scopes: { type: 'string' },
  expires: { type: 'string' },
  test: { type: 'boolean', default: false },
  set: { type: 'string', multiple: true },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** The keys of the store, through whichever way it is open. */
interface KeysDesk {
  create(wanted: {
    app: string | null;
    scopes: readonly Scope[];
    isTest: boolean;
    expiresAt?: number;
  }): Promise<{ key: string; kept: ServerKey }>;
  list(): Promise<readonly ServerKey[]>;
  revoke(id: string): Promise<boolean>;
}

/** `pealbell keys create|list|revoke`. @returns the exit code. */
export async function keys(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values: flags, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  const [verb, id] = positionals;
  if (flags.help) {
    io.stdout.write(HELP);
    return EXIT.done;
  }
  const settings = readSettings(flags.set);
  if (typeof settings === 'string') return misuse(io, settings);
  const config = await loadConfig({
    ...(flags.config === undefined ? {} : { dir: flags.config }),
    env: io.env,
    flags: settings,
  });
  if (verb === 'create') {
    const wanted = readWanted(flags, config);
    if (typeof wanted === 'string') return misuse(io, wanted);
    const { key, kept } = await withDesk(config, io, (desk) => desk.create(wanted));
    io.stdout.write(flags.json ? `${JSON.stringify({ ...shown(kept), key })}\n` : `${key}\n`);
    if (!flags.json) io.stderr.write(`${kept.id}: keep the key above, it is not shown again.\n`);
    if (kept.isTest && config.simulators.kind === 'off') {
      io.stderr.write('simulators is off in gateway.yaml: until it is embedded or a URL, this key is refused.\n');
    }
    return EXIT.done;
  }
  if (verb === 'list') {
    const list = await withDesk(config, io, (desk) => desk.list());
    io.stdout.write(flags.json ? `${JSON.stringify({ data: list.map(listed) })}\n` : table(list));
    return EXIT.done;
  }
  if (verb === 'revoke' && id !== undefined) {
    if (await withDesk(config, io, (desk) => desk.revoke(id))) {
      io.stdout.write(`${id} is revoked; running servers refuse it within a few seconds.\n`);
      return EXIT.done;
    }
    io.stderr.write(`there is no key ${id}; see: pealbell keys list\n`);
    return EXIT.failed;
  }
  return misuse(
    io,
    verb === 'revoke'
      ? 'name the key: pealbell keys revoke key_…'
      : `say what to do: create, list or revoke${verb === undefined ? '' : `, not '${verb}'`}`,
  );
}

function misuse(io: CommandIo, sentence: string): number {
  io.stderr.write(`${sentence}\nMore: pealbell keys --help\n`);
  return EXIT.misused;
}

function readWanted(
  flags: { app?: string | undefined; scopes?: string | undefined; test: boolean; expires?: string | undefined },
  config: Config,
) {
  if (flags.scopes === undefined)
    return `name the scopes: --scopes messages:send,devices:write (there are ${SCOPES.join(', ')})`;
  const scopes: Scope[] = [];
  for (const word of new Set(flags.scopes.split(',').map((scope) => scope.trim()))) {
    const scope = SCOPES.find((known) => known === word);
    if (scope === undefined) {
      const guess = nearest(word, SCOPES);
      return `'${word}' is not a scope; ${guess === undefined ? `there are ${SCOPES.join(', ')}` : `did you mean '${guess}'?`}`;
    }
    scopes.push(scope);
  }
  const { app } = flags;
  const apps = config.apps.map((known) => known.id);
  if (app !== undefined && !apps.includes(app)) {
    const guess = nearest(app, apps);
    return `there is no app '${app}': no file apps/${app}.yaml${guess === undefined ? '' : `; did you mean '${guess}'?`}`;
  }
  const ms = flags.expires === undefined ? undefined : parseDuration(flags.expires);
  if (flags.expires !== undefined && ms === undefined)
    return `--expires takes a duration such as 90d, not '${flags.expires}'`;
  return { app: app ?? null, scopes, isTest: flags.test, ...(ms === undefined ? {} : { expiresAt: Date.now() + ms }) };
}

/** Asks the running server where one owns the embedded store, else opens the store for the moment. */
async function withDesk<T>(config: Config, io: CommandIo, work: (desk: KeysDesk) => Promise<T>): Promise<T> {
  const owner = config.store.url.kind === 'pglite' ? await connectOwner(config.store.url.dir) : undefined;
  if (owner !== undefined) {
    const ask = async (method: string, path: string, body?: unknown) => {
      const answer = await askStarted(owner, io, method, path, body);
      if (answer.status >= 400 && answer.status !== 404)
        throw new GatewayError('store_unavailable', `The running server refused: ${sentenceOf(answer.body)}`);
      return answer;
    };
    return work({
      create: async ({ app, scopes, isTest, expiresAt }) =>
        (await ask('POST', '/keys', { app, scopes, test: isTest, expires_at: expiresAt ?? null })).body as {
          key: string;
          kept: ServerKey;
        },
      list: async () => ((await ask('GET', '/keys')).body as { keys: ServerKey[] }).keys,
      revoke: async (id) => (await ask('POST', `/keys/${encodeURIComponent(id)}/revoke`)).status === 200,
    });
  }
  const store = await openStore(config, {
    log: createLog('error'),
    onProgress: (sentence) => io.stderr.write(`${sentence}\n`),
  });
  try {
    return await work(store.keys);
  } finally {
    await store.close();
  }
}

/** A first start makes a database, which takes a while; whoever asks for a key meanwhile only has to wait. */
async function askStarted(owner: OwnerConnection, io: CommandIo, method: string, path: string, body: unknown) {
  const deadline = performance.now() + STARTING_MS_MAX;
  for (let said = false; ; said = true) {
    const answer = await owner.request(method, path, body);
    if (answer.status !== 503 || performance.now() >= deadline || io.signal.aborted) return answer;
    if (!said) io.stderr.write('The gateway is starting; waiting until it answers.\n');
    await setTimeout(ASK_AGAIN_MS, undefined, { signal: io.signal }).catch(() => undefined);
  }
}

function sentenceOf(body: unknown): string {
  const detail = typeof body === 'object' && body !== null && 'detail' in body ? body.detail : undefined;
  return typeof detail === 'string' ? detail : JSON.stringify(body);
}

function shown(key: ServerKey) {
  return { id: key.id, app: key.app, scopes: key.scopes, expires_at: time(key.expiresAt) };
}

function listed(key: ServerKey) {
  return {
    ...shown(key),
    test: key.isTest,
    created_at: time(key.createdAt),
    last_used_at: time(key.lastUsedAt),
    revoked_at: time(key.revokedAt),
  };
}

function time(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

function table(list: readonly ServerKey[]): string {
  if (list.length === 0) return 'There are no keys yet; make one with: pealbell keys create\n';
  const lines = list.map((key) => {
    const state = key.revokedAt !== null ? 'revoked' : key.expiresAt === null ? 'live' : `until ${time(key.expiresAt)}`;
    return `${key.id}  ${`${key.app ?? '(any app)'}${key.isTest ? ' (test)' : ''}`.padEnd(16)}  ${state}  ${key.scopes.join(',')}  last used ${time(key.lastUsedAt) ?? 'never'}`;
  });
  return `${lines.join('\n')}\n`;
}
