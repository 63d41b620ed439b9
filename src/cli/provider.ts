import { parseArgs } from 'node:util';
import { loadConfig } from '../../config/load.js';
import { tryProviders } from '../compose.js';
import { nearest } from '../domain/suggest.js';
import { type CommandIo, EXIT, readSettings } from './io.js';
import { askProviders, type RemoteFailure } from './provider/ask-gateway.js';
import type { ToldTest } from './provider/told-test.js';
import { jsonText } from './terminal/json.js';
import { createPaint, type Output, type Paint } from './terminal/paint.js';
import { plain, table } from './terminal/table.js';

const HELP = `Usage: pealbell provider test [NAME] [--app APP] [--config DIR] [--set KEY=VALUE]... [--json]
       pealbell provider test [NAME] --url URL [--key KEY] [--app APP] [--json]

Asks the vendors of an app's providers (of all apps when none is named) whether they accept the credentials. No device is
reached, nothing is retired or counted. With --url the running gateway is asked to do it, with what it has in force; else
the files are read, and no gateway is needed.

  --app APP         only this app; with --url for a server key that is bound to none
  --config DIR      folder with gateway.yaml and apps/ (default config)
  --set KEY=VALUE   a setting that wins over files and variables
  --url URL         a running gateway, such as http://127.0.0.1:8080
  --key KEY         a server key with the scope admin (default $PEALBELL_KEY)
  --json            print one JSON object: {"data": [{"app", "provider", "kind", "verdict", "detail", "ms", "cure"}]}
  --help            show this text

Exit code: 0 when none is refused or unreachable, else 1.
`;

const OPTIONS = {
  app: { type: 'string' },
  config: { type: 'string' },
  set: { type: 'string', multiple: true },
  url: { type: 'string' },
  key: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** All vendors together; each alone has 5 s. */
const WITHIN_MS = 30_000;

/** `pealbell provider test`. @returns the exit code. */
export async function provider(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values: flags, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  if (flags.help) {
    io.stdout.write(HELP);
    return EXIT.done;
  }
  const [verb, name, ...more] = positionals;
  const settings = readSettings(flags.set);
  if (verb !== 'test' || more.length > 0) return misuse(io, 'say what to do: pealbell provider test [NAME]');
  if (typeof settings === 'string') return misuse(io, settings);
  const signal = AbortSignal.any([io.signal, AbortSignal.timeout(WITHIN_MS)]);
  const { url, app } = flags;
  const key = flags.key ?? io.env.PEALBELL_KEY;
  if (url !== undefined && !URL.canParse(url)) return misuse(io, '--url takes an URL such as http://127.0.0.1:8080');
  if (url !== undefined && (flags.config !== undefined || flags.set !== undefined)) {
    return misuse(io, '--url asks a running gateway, which reads its own files: leave --config and --set out');
  }
  if (url !== undefined && key === undefined) return misuse(io, '--url needs a server key: --key, or $PEALBELL_KEY');
  const tests =
    url === undefined || key === undefined
      ? await testFiles({ dir: flags.config, settings, app, name }, io, signal)
      : await askProviders({ url, key, app, name }, signal);
  if ('failed' in tests) {
    io.stderr.write(`${tests.failed}\n`);
    return EXIT.failed;
  }
  const stdout: Output = io.stdout;
  stdout.write(flags.json ? jsonText({ data: tests }, stdout) : show(tests, createPaint(stdout, io.env)));
  return tests.some(({ verdict }) => verdict === 'refused' || verdict === 'unreachable') ? EXIT.failed : EXIT.done;
}

interface Asked {
  readonly dir: string | undefined;
  readonly settings: Readonly<Record<string, string>>;
  readonly app: string | undefined;
  readonly name: string | undefined;
}

async function testFiles(
  { dir, settings, app, name }: Asked,
  io: CommandIo,
  signal: AbortSignal,
): Promise<readonly ToldTest[] | RemoteFailure> {
  const config = await loadConfig({ dir, env: io.env, flags: settings });
  const apps = config.apps.map(({ id }) => id);
  if (app !== undefined && !apps.includes(app)) return { failed: missing('app', app, apps) };
  const tests = await tryProviders(config, { app, provider: name, signal });
  if (tests.length > 0) {
    return tests.map(({ app: of, provider: named, kind, verdict, detail, ms, vendor, cure }) => ({
      ...{ app: of, provider: named, kind, verdict, detail, ms },
      ...(vendor === undefined ? {} : { vendor }),
      ...(cure === undefined ? {} : { cure }),
    }));
  }
  const names = config.apps.flatMap(({ id, providers }) =>
    (app ?? id) === id ? providers.map((one) => one.name) : [],
  );
  return { failed: name === undefined ? 'there are no providers to test' : missing('provider', name, names) };
}

function missing(what: string, name: string, names: readonly string[]): string {
  const guess = nearest(name, names);
  return `there is no ${what} '${name}'${guess === undefined ? '' : `; did you mean '${guess}'?`}`;
}

const LOOKS = { accepted: 'green', refused: 'red', unreachable: 'red', not_askable: 'dim' } as const;

function show(tests: readonly ToldTest[], paint: Paint): string {
  // A gateway that is asked answers for one app, and does not name it.
  const hasApps = tests.some(({ app }) => app !== undefined);
  const rows = tests.map(({ app = '', provider: name, kind, verdict, ms, detail }) => [
    ...(hasApps ? [plain(app)] : []),
    ...[name, kind].map(plain),
    paint(LOOKS[verdict], verdict),
    `${ms} ms`,
    plain(detail),
  ]);
  const cures = tests.flatMap(({ app, provider: name, cure }) =>
    cure === undefined
      ? []
      : `\n${paint('bold', [app, name].filter(Boolean).join('/'))} ${paint('cyan', '→')} ${plain(cure)}`,
  );
  const columns = [
    ...(hasApps ? ['APP'] : []),
    'PROVIDER',
    'KIND',
    'VERDICT',
    { name: 'TIME', align: 'right' as const },
    'DETAIL',
  ];
  return `${table(columns, rows, paint)}${cures.join('')}${cures.length === 0 ? '' : '\n'}`;
}

function misuse(io: CommandIo, sentence: string): number {
  io.stderr.write(`${sentence}\nMore: pealbell provider --help\n`);
  return EXIT.misused;
}
