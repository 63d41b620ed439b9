import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import type { ConfigKind } from '../../config/apps.js';
import { renderAppExample, renderGatewayExample, renderGatewaySchema } from '../../config/example.js';
import { type ConfigFault, formatFault, formatPlace } from '../../config/fault.js';
import { readConfig } from '../../config/load.js';
import { makeDataKey } from '../domain/data-key.js';
import { EXIT, readSettings } from './io.js';

const HELP = `Usage: pealbell config check [--config DIR] [--set KEY=VALUE]... [--json]
       pealbell config example gateway|app
       pealbell config schema
       pealbell config data-key

check     reads the configuration as \`pealbell serve\` would and shows what it says, secrets masked, or every fault
example   prints a commented file with every setting
schema    prints the JSON Schema of gateway.yaml, for editors
data-key  prints a new key file for push tokens and content at rest; keep it private: umask 077

  --config DIR      folder with gateway.yaml and apps/ (default config, which may be missing)
  --set KEY=VALUE   a setting that wins over files and variables, such as log.level=debug
  --json            print one JSON object
  --help            show this text
`;

/** What the command may use of its surroundings. */
export interface ConfigCommandIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative names start here; the process's working directory when absent. */
  readonly cwd?: string;
}

/**
 * `pealbell config check|example|schema|data-key`.
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
  if (parsed.hasFlags) return misuse(io, `pealbell config ${verb ?? ''} takes no flags`);
  switch (line) {
    case 'example gateway':
      io.stdout.write(renderGatewayExample());
      return EXIT.done;
    case 'example app':
      io.stdout.write(renderAppExample(kinds));
      return EXIT.done;
    case 'schema':
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
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    if (values.help) return 'help';
    const settings = readSettings(values.set);
    if (typeof settings === 'string') return settings;
    const hasFlags = values.config !== undefined || values.set !== undefined || values.json === true;
    return { words: positionals, dir: values.config, settings, json: values.json === true, hasFlags };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function check(flags: ConfigFlags, io: ConfigCommandIo, kinds?: readonly ConfigKind[]): Promise<number> {
  const reading = await readConfig({
    dir: flags.dir,
    env: io.env,
    flags: flags.settings,
    ...(kinds === undefined ? {} : { kinds }),
    ...(io.cwd === undefined ? {} : { cwd: io.cwd }),
  });
  const isFaulty = reading.kind === 'faulty';
  if (flags.json) {
    const answer = isFaulty
      ? { ok: false, faults: reading.faults.map(jsonFault) }
      : {
          ok: true,
          sources: reading.config.sources,
          warnings: reading.config.warnings,
          config: reading.config.printable,
        };
    io.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
  } else if (isFaulty) {
    const count = reading.faults.length === 1 ? '1 fault' : `${reading.faults.length} faults`;
    io.stderr.write(`${reading.faults.map(formatFault).join('\n')}\n\n${count}\n`);
  } else {
    const { sources, warnings, printable } = reading.config;
    const read = sources.length === 0 ? ['nothing: these are the defaults'] : sources;
    for (const warning of warnings) io.stderr.write(`warning: ${warning}\n`);
    io.stdout.write(`${read.map((source) => `# read ${source}\n`).join('')}${stringify(printable)}`);
    io.stdout.write('# ok\n');
  }
  return isFaulty ? EXIT.failed : EXIT.done;
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
