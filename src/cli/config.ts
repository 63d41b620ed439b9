import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { renderAppSchema } from '../../config/app-schema.js';
import type { ConfigKind } from '../../config/apps.js';
import { renderAppExample, renderGatewayExample, renderGatewaySchema } from '../../config/example.js';
import { type ConfigFault, formatFault, formatPlace } from '../../config/fault.js';
import { type LoadRequest, loadConfig, readConfig } from '../../config/load.js';
import { checkRoles, ROLES } from '../../config/roles.js';
import { makeDataKey } from '../domain/data-key.js';
import { askApi, askOwner, printDifferences } from './config/diff.js';
import { printResolved } from './config/print.js';
import { EXIT, readSettings } from './io.js';
import { createPaint, type Output } from './terminal/paint.js';

const HELP = `Usage: pealbell config check|print [--config DIR] [--set KEY=VALUE]... [--json]
       pealbell config diff [--config DIR | --url URL [--key KEY] [--app APP]] [--json]
       pealbell config example gateway|app
       pealbell config schema [gateway|app]
       pealbell config data-key

check     reads the configuration as \`pealbell serve\` would and shows what it says, secrets masked, or every fault
print     shows every setting, secrets masked, and where each value comes from: file and line, variable, flag or default
diff      asks the running gateway what its files say beside what is in force, and when what differs takes effect
example   prints a commented file with every setting
schema    prints the JSON Schema of gateway.yaml (or of an app's file), for editors
data-key  prints a new key file for push tokens and content at rest; keep it private: umask 077

  --config DIR      folder with gateway.yaml and apps/ (default config, which may be missing)
  --set KEY=VALUE   a setting that wins over files and variables, such as log.level=debug
  --url URL         a running gateway (default $PEALBELL_URL; without either the one on the embedded store of --config)
  --key KEY         a server key with the scope admin (default $PEALBELL_KEY)
  --app APP         for a server key that is bound to no app
  --json            print one JSON object
  --help            show this text
`;

/** What the command may use of its surroundings. */
export interface ConfigCommandIo {
  readonly stdout: Output;
  readonly stderr: { write(text: string): unknown };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative names start here; the process's working directory when absent. */
  readonly cwd?: string;
}

/**
 * `pealbell config check|print|diff|example|schema|data-key`.
 *
 * @param kinds the provider kinds there are; those of the catalogue when absent
 * @returns the exit code: 0 when all is well, 1 when the configuration has faults, 2 for a wrong command line.
 */
export async function config(
  argv: readonly string[],
  io: ConfigCommandIo,
  kinds?: readonly ConfigKind[],
): Promise<number> {
  const parsed = readFlags(argv);
  if (parsed === 'help') {
    io.stdout.write(HELP);
    return EXIT.done;
  }
  if (typeof parsed === 'string') return misuse(io, parsed);
  const [verb, what] = parsed.words;
  const line = parsed.words.join(' ');
  if (line === 'check') return check(parsed, io, kinds);
  if (line === 'print') return print(parsed, io, kinds);
  if (line === 'diff') return diff(parsed, io, kinds);
  if (parsed.hasFlags) return misuse(io, `pealbell config ${verb ?? ''} takes no flags`);
  switch (line) {
    case 'example gateway':
      io.stdout.write(renderGatewayExample());
      return EXIT.done;
    case 'example app':
      io.stdout.write(renderAppExample(kinds));
      return EXIT.done;
    case 'schema app':
      io.stdout.write(renderAppSchema(kinds));
      return EXIT.done;
    case 'schema':
    case 'schema gateway':
      io.stdout.write(renderGatewaySchema());
      return EXIT.done;
    case 'data-key':
      io.stdout.write(makeDataKey(randomBytes));
      return EXIT.done;
    default:
      return misuse(io, what === undefined && verb === 'example' ? 'say gateway or app' : 'say what to do');
  }
}

interface ConfigFlags {
  readonly words: readonly string[];
  readonly dir: string | undefined;
  readonly settings: Readonly<Record<string, string>>;
  readonly url: string | undefined;
  readonly key: string | undefined;
  readonly app: string | undefined;
  readonly json: boolean;
  readonly hasFlags: boolean;
}

/** A text is what is wrong with the command line. */
function readFlags(argv: readonly string[]): ConfigFlags | 'help' | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        config: { type: 'string' },
        set: { type: 'string', multiple: true },
        url: { type: 'string' },
        key: { type: 'string' },
        app: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    if (values.help) return 'help';
    const settings = readSettings(values.set);
    if (typeof settings === 'string') return settings;
    const { config: dir, url, key, app, json = false } = values;
    const isOfDiff = [url, key, app].some((flag) => flag !== undefined);
    if (isOfDiff && positionals.join(' ') !== 'diff') return 'only config diff takes --url, --key and --app';
    const hasFlags = dir !== undefined || values.set !== undefined || json;
    return { words: positionals, dir, settings, url, key, app, json, hasFlags };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function requestOf(flags: ConfigFlags, io: ConfigCommandIo, kinds: readonly ConfigKind[] | undefined): LoadRequest {
  return {
    dir: flags.dir,
    env: io.env,
    flags: flags.settings,
    ...(kinds === undefined ? {} : { kinds }),
    ...(io.cwd === undefined ? {} : { cwd: io.cwd }),
  };
}

async function print(flags: ConfigFlags, io: ConfigCommandIo, kinds?: readonly ConfigKind[]): Promise<number> {
  const faults = await printResolved(
    requestOf(flags, io, kinds),
    flags.json,
    io.stdout,
    createPaint(io.stdout, io.env),
  );
  if (faults === undefined) return EXIT.done;
  io.stderr.write(`${faults.map(formatFault).join('\n')}\n`);
  return EXIT.failed;
}

async function diff(flags: ConfigFlags, io: ConfigCommandIo, kinds?: readonly ConfigKind[]): Promise<number> {
  const url = flags.url ?? (flags.dir === undefined ? io.env.PEALBELL_URL : undefined);
  const key = flags.key ?? io.env.PEALBELL_KEY;
  if (url !== undefined && flags.dir !== undefined)
    return misuse(io, 'name the gateway by --url or by --config, not both');
  if (url !== undefined && !URL.canParse(url)) return misuse(io, '--url takes an URL such as http://127.0.0.1:8080');
  if (url !== undefined && key === undefined) return misuse(io, '--url needs a server key: --key, or $PEALBELL_KEY');
  try {
    const comparison =
      url !== undefined && key !== undefined
        ? await askApi(url, key, flags.app)
        : await askOwner(await loadConfig(requestOf(flags, io, kinds)));
    printDifferences(comparison, flags.json, io.stdout, createPaint(io.stdout, io.env));
    return EXIT.done;
  } catch (error) {
    io.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT.failed;
  }
}

async function check(flags: ConfigFlags, io: ConfigCommandIo, kinds?: readonly ConfigKind[]): Promise<number> {
  const reading = await readConfig(requestOf(flags, io, kinds));
  if (reading.kind === 'faulty') {
    return tellFaults(reading.faults.map(formatFault), reading.faults.map(jsonFault), flags.json, io);
  }
  // Settings that are right each alone, and with which no process could start whatever its roles.
  const refusals = checkRoles(reading.config, ROLES);
  if (refusals.length > 0) {
    const told = refusals.map((what) => ({ at: 'settings together', key: '', what }));
    return tellFaults(refusals, told, flags.json, io);
  }
  const { sources, warnings, printable } = reading.config;
  if (flags.json) {
    io.stdout.write(`${JSON.stringify({ ok: true, sources, warnings, config: printable }, null, 2)}\n`);
    return EXIT.done;
  }
  const read = sources.length === 0 ? ['nothing: these are the defaults'] : sources;
  for (const warning of warnings) io.stderr.write(`warning: ${warning}\n`);
  io.stdout.write(`${read.map((source) => `# read ${source}\n`).join('')}${stringify(printable)}`);
  io.stdout.write('# ok\n');
  return EXIT.done;
}

function tellFaults(
  sentences: readonly string[],
  faults: readonly object[],
  isJson: boolean,
  io: ConfigCommandIo,
): number {
  const count = sentences.length === 1 ? '1 fault' : `${sentences.length} faults`;
  if (isJson) io.stdout.write(`${JSON.stringify({ ok: false, faults }, null, 2)}\n`);
  else io.stderr.write(`${sentences.join('\n')}\n\n${count}\n`);
  return EXIT.failed;
}

function jsonFault(fault: ConfigFault) {
  const { place, key, what, suggestion } = fault;
  const at =
    place.kind === 'file' ? { file: place.file, line: place.line, col: place.col } : { at: formatPlace(place) };
  return { ...at, key, what, suggestion };
}

function misuse(io: ConfigCommandIo, what: string): number {
  io.stderr.write(`pealbell: ${what}; see pealbell config --help\n`);
  return EXIT.misused;
}
