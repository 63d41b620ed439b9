import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import webPush from 'web-push';
import { APP_ID } from '../../config/apps.js';
import { loadConfig } from '../../config/load.js';
import { queueUrl } from '../../config/setting-types.js';
import { renderStarterApp, renderStarterGateway } from '../../config/starter.js';
import { storeUrl } from '../../config/store-url.js';
import { openStore } from '../compose.js';
import { makeDataKey } from '../domain/data-key.js';
import { SCOPES } from '../ports/key-store.js';
import { createLog } from '../runtime/logger.js';
import { findTaken, type NewFile, writeFiles } from './init/write-files.js';
import { type CommandIo, EXIT } from './io.js';
import { jsonText } from './terminal/json.js';
import { createPaint, type Output } from './terminal/paint.js';

const HELP = `Usage: pealbell init [DIR] [--app APP] [--store URL] [--queue URL] [--contact mailto:…] [--no-key] [--json]

Writes the configuration of a new gateway into DIR (default config): gateway.yaml and apps/APP.yaml, with every setting
explained, and a key pair for Web Push; makes the store, and a first server key, which is shown once. Asks nothing, needs
no network, and writes over nothing. The gateway starts with it as it is.

  --app APP         id of the app: a-z, 0-9 and - (default shop)
  --store URL       pglite:PATH, PATH from DIR (default pglite:./data), postgres://user@host/database, or
                    mongodb://user@host/database
  --queue URL       redis://user:password@host, for the queue and the bus; needed with MongoDB
  --contact URL     whom push services of browsers may write to (default mailto:ops@example.com: change it before others use it)
  --no-key          makes no server key, and does not touch the store
  --json            print one JSON object: {"dir", "files", "app", "vapid_public_key", "key"}
  --help            show this text
`;

const OPTIONS = {
  app: { type: 'string', default: 'shop' },
  store: { type: 'string', default: 'pglite:./data' },
  queue: { type: 'string' },
  contact: { type: 'string', default: 'mailto:ops@example.com' },
  'no-key': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** What must not be there before; the database is made in `data`. */
const OURS = ['gateway.yaml', 'apps', 'secrets', 'data'];

/** `pealbell init`. @returns the exit code. */
export async function init(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values: flags, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  if (flags.help) {
    io.stdout.write(HELP);
    return EXIT.done;
  }
  const [dir = 'config', ...more] = positionals;
  const wrong = more.length > 0 ? 'name one DIR' : wrongFlag(flags);
  if (wrong !== undefined) {
    io.stderr.write(`${wrong}\nMore: pealbell init --help\n`);
    return EXIT.misused;
  }
  const vapid = webPush.generateVAPIDKeys();
  const files = newFiles(flags, vapid);
  const isEmbedded = flags.store.startsWith('pglite:');
  const taken = await findTaken(dir, OURS);
  if (taken.length > 0) {
    const named = taken.map((name) => join(dir, name)).join(', ');
    io.stderr.write(`nothing is written over, and there is ${named} already: name another DIR, or move that away\n`);
    return EXIT.failed;
  }
  await writeFiles(dir, files);
  const made: Made = { dir, files, app: flags.app, publicKey: vapid.publicKey, isEmbedded, key: undefined };
  if (flags['no-key']) return tell(made, flags.json, io);
  try {
    return tell({ ...made, key: await makeKey(dir, flags.app, io) }, flags.json, io);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    io.stderr.write(
      `The files are written, but there is no server key yet: ${why}\nWhen the store can be reached: ${keysCommand(dir, flags.app)}\n`,
    );
    return EXIT.failed;
  }
}

interface Flags {
  readonly app: string;
  readonly store: string;
  readonly queue?: string | undefined;
  readonly contact: string;
}

interface Made {
  readonly dir: string;
  readonly files: readonly NewFile[];
  readonly app: string;
  /** Of the VAPID pair: what browsers subscribe with. */
  readonly publicKey: string;
  readonly isEmbedded: boolean;
  readonly key: string | undefined;
}

function wrongFlag({ app, store, queue, contact }: Flags): string | undefined {
  if (!APP_ID.test(app)) return `--app takes an id of a-z, 0-9 and -, at most 63 characters, not '${app}'`;
  for (const [flag, taken] of [
    ['store', storeUrl(store, '').safeParse(store)],
    ['queue', queueUrl('store', '').safeParse(queue ?? 'store')],
  ] as const) {
    if (!taken.success) return `--${flag} ${taken.error.issues[0]?.message}`;
  }
  if (queue === 'store') return '--queue takes redis://user:password@host: leave it out for a queue in the store';
  if (store.startsWith('mongodb') && queue === undefined) {
    return 'MongoDB cannot hold the queue: name a Redis server with --queue redis://user:password@host';
  }
  if (store.startsWith('pglite:') && queue !== undefined) {
    return 'an embedded store has its queue with it: leave --queue out, or name a server with --store';
  }
  if (!/^(?:mailto:[^@\s]+@[^@\s]+|https:\/\/\S+)$/.test(contact)) {
    return `--contact takes a mailto: address or an https URL, not '${contact}'`;
  }
  return undefined;
}

function newFiles({ app, store, queue, contact }: Flags, vapid: object): readonly NewFile[] {
  const isEmbedded = store.startsWith('pglite:');
  const keyFile = { 'security.data_key': `\${file:secrets/data.key}` };
  const redis = queue === undefined ? {} : { 'queue.url': queue, 'bus.url': queue };
  const gateway = renderStarterGateway({ 'store.url': store, ...redis, ...(isEmbedded ? {} : keyFile) });
  const webpush = { subject: contact, keys: `\${file:../secrets/vapid.json}` };
  return [
    {
      name: 'gateway.yaml',
      text: gateway,
      mode: [store, queue ?? ''].some((url) => /:\/\/[^/@]*:[^/@]*@/.test(url)) ? 0o600 : 0o644, // a password in the URL is a secret
      about: 'the gateway: addresses, store, limits, retention',
    },
    {
      name: `apps/${app}.yaml`,
      text: renderStarterApp({ webpush }),
      mode: 0o644,
      about: `the app '${app}': Web Push is ready, Apple and Google wait for your credentials`,
    },
    {
      name: 'secrets/vapid.json',
      text: `${JSON.stringify(vapid, null, 2)}\n`,
      mode: 0o600,
      about: 'the key pair for Web Push; browsers’ subscriptions die with it',
    },
    ...(isEmbedded
      ? []
      : [
          {
            name: 'secrets/data.key',
            text: makeDataKey((size) => randomBytes(size)),
            mode: 0o600,
            about: 'opens stored push tokens and messages; every process needs it',
          },
        ]),
    { name: '.gitignore', text: 'secrets/\ndata/\n', mode: 0o644, about: 'keeps keys and data out of git' },
  ];
}

async function makeKey(dir: string, app: string, io: CommandIo): Promise<string> {
  const config = await loadConfig({ dir, env: {} });
  const store = await openStore(config, {
    log: createLog('error'),
    onProgress: (sentence) => io.stderr.write(`${sentence}\n`),
  });
  try {
    return (await store.keys.create({ app, scopes: SCOPES })).key;
  } finally {
    await store.close();
  }
}

function tell({ dir, files, app, publicKey, isEmbedded, key }: Made, isJson: boolean, io: CommandIo): number {
  const stdout: Output = io.stdout;
  if (isJson) {
    const names = files.map(({ name }) => join(dir, name));
    stdout.write(jsonText({ dir, files: names, app, vapid_public_key: publicKey, key: key ?? null }, stdout));
    return EXIT.done;
  }
  const paint = createPaint(stdout, io.env);
  const rows = [
    ...files.map(({ name, about }) => [name, about] as const),
    ...(isEmbedded && key !== undefined
      ? [['data/', 'the store; keep a backup of data/data.key, which opens it'] as const]
      : []),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const made = rows.map(([name, about]) => `  ${name.padEnd(width)}  ${paint('dim', about)}\n`).join('');
  const shown =
    key === undefined
      ? `Make a server key:\n  ${keysCommand(dir, app)}\n`
      : `The first server key, for everything in '${app}'. It is not shown again:\n  ${paint('bold', key)}\n`;
  const start = dir === 'config' ? '' : ` --config ${dir}`;
  stdout.write(
    [
      `Written into ${dir}:\n${made}`,
      shown,
      `Browsers subscribe with this applicationServerKey:\n  ${publicKey}\n`,
      [
        'Next:',
        `  pealbell serve${start}${' '.repeat(4)}${paint('dim', 'starts the gateway; it takes up changes of apps by itself')}`,
        `  pealbell doctor${start}${' '.repeat(3)}${paint('dim', 'looks for what is wrong, and says how to mend it')}`,
        `  put your credentials into ${join(dir, 'apps', `${app}.yaml`)}; or set simulators: embedded in gateway.yaml and try`,
        `  everything with a test key first: pealbell keys create --test${start} --app ${app} --scopes messages:send,devices:write`,
        '',
      ].join('\n'),
    ].join('\n'),
  );
  return EXIT.done;
}

function keysCommand(dir: string, app: string): string {
  return `pealbell keys create --config ${dir} --app ${app} --scopes ${SCOPES.join(',')}`;
}
