import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { type LoadRequest, loadConfig } from '../../config/load.js';
import { checkProcesses, checkRoles, parseProcesses, parseRoles } from '../../config/roles.js';
import { createLog } from '../runtime/logger.js';
import { VERSION } from '../version.js';
import { type CommandIo, EXIT, readSettings } from './io.js';
import { serveAlone } from './serve/alone.js';
import { serveTogether } from './serve/together.js';

const HELP = `Usage: pealbell serve [--config DIR] [--role api,worker] [--processes N] [--set KEY=VALUE]...

Runs the gateway until it is told to stop (SIGTERM, Ctrl-C). Files of the configuration are watched: apps, their
providers, limits.per_key and log.level change while it runs, all together or, where anything is faulty, not at all.
SIGHUP reads them again at once.

  --config DIR      folder with gateway.yaml and apps/ (default config, which may be missing)
  --role ROLES      of api, worker and connector, joined by commas (default all)
  --processes N     uses N cores of this machine, or auto: all of them; needs a store on a server. One that dies is started again;
                    SIGUSR2 replaces them one after the other, without a failed call. Metrics of all are on server.admin
  --set KEY=VALUE   a setting that wins over files and variables, such as server.listen=127.0.0.1:8081
  --help            show this text
`;

const OPTIONS = {
  config: { type: 'string' },
  role: { type: 'string', default: 'all' },
  processes: { type: 'string', default: '1' },
  /** What `--processes` starts: which of them it is. Not for people. */
  process: { type: 'string' },
  set: { type: 'string', multiple: true },
  help: { type: 'boolean', default: false },
} as const;

/** `pealbell serve`. @returns the exit code; 1 also when a worker ended and nothing half-alive may stay. */
export async function serve(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values: flags } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: false });
  if (flags.help) {
    io.stdout.write(HELP);
    return EXIT.done;
  }
  const roles = parseRoles(flags.role);
  const count = parseProcesses(flags.processes, availableParallelism());
  const settings = readSettings(flags.set);
  if (typeof roles === 'string' || typeof count === 'string' || typeof settings === 'string') {
    io.stderr.write(`${[roles, count, settings].find((each) => typeof each === 'string')}\n`);
    return EXIT.misused;
  }
  const dir = flags.config;
  const request: LoadRequest = { ...(dir === undefined ? {} : { dir }), env: io.env, flags: settings };
  const config = await loadConfig(request);
  const refusals = [...checkRoles(config, roles), ...checkProcesses(config, roles, count)];
  if (refusals.length > 0) {
    io.stderr.write(`${refusals.join('\n')}\n`);
    return EXIT.failed;
  }
  const place = flags.process === undefined ? undefined : Number(flags.process);
  const log = createLog(config.log.level, undefined, place === undefined ? null : { process: place });
  if (place === undefined) {
    for (const warning of config.warnings) log.warn({ warning }, 'config.warning');
    const shown = { sources: config.sources, config: config.printable };
    log.info({ version: VERSION, roles, processes: count, ...shown }, 'gateway.starting');
  }
  if (count > 1) return serveTogether({ config, count, flags, log, io });
  return serveAlone({ config, request, roles, isOneOfMany: place !== undefined, log, io });
}
