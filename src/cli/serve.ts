import { parseArgs } from 'node:util';
import { type LoadRequest, loadConfig, readConfig } from '../../config/load.js';
import { checkRoles, parseRoles } from '../../config/roles.js';
import { openGateway } from '../compose.js';
import type { ReloadCause } from '../ports/live-config.js';
import { createLog } from '../runtime/logger.js';
import { VERSION } from '../version.js';
import { watchConfig } from './config-watch.js';
import { type CommandIo, EXIT, readSettings } from './io.js';

const HELP = `Usage: pealbell serve [--config DIR] [--role api,worker] [--set KEY=VALUE]...

Runs the gateway until it is told to stop (SIGTERM, Ctrl-C). Files of the configuration are watched: apps, their
providers, limits.per_key and log.level change while it runs, all together or, where anything is faulty, not at all.
SIGHUP reads them again at once.

  --config DIR      folder with gateway.yaml and apps/ (default config, which may be missing)
  --role ROLES      of api, worker and connector, joined by commas (default all)
  --set KEY=VALUE   a setting that wins over files and variables, such as server.listen=127.0.0.1:8081
  --help            show this text
`;

const OPTIONS = {
  config: { type: 'string' },
  role: { type: 'string', default: 'all' },
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
  const settings = readSettings(flags.set);
  if (typeof roles === 'string' || typeof settings === 'string') {
    io.stderr.write(`${typeof roles === 'string' ? roles : String(settings)}\n`);
    return EXIT.misused;
  }
  const request: LoadRequest = {
    ...(flags.config === undefined ? {} : { dir: flags.config }),
    env: io.env,
    flags: settings,
  };
  const config = await loadConfig(request);
  const refusals = checkRoles(config, roles);
  if (refusals.length > 0) {
    io.stderr.write(`${refusals.join('\n')}\n`);
    return EXIT.failed;
  }
  const log = createLog(config.log.level);
  for (const warning of config.warnings) log.warn({ warning }, 'config.warning');
  log.info({ version: VERSION, roles, sources: config.sources, config: config.printable }, 'gateway.starting');
  let reload: (cause: ReloadCause) => void = () => undefined;
  // From the start: its default is to end the process. What changes until the watch begins, the watch tells.
  const onHangUp = () => reload('signal');
  process.on('SIGHUP', onHangUp);
  const watch = watchConfig(flags.config ?? 'config', log, () => reload('files'));
  const gateway = await openGateway(config, roles, VERSION, {
    log,
    onProgress: (sentence) => io.stderr.write(`${sentence}\n`),
    async readConfig() {
      const reading = await readConfig(request);
      // Also of faulty ones: what mends it may be a file that nobody has read yet.
      await watch.follow(reading.kind === 'loaded' ? reading.config.sources : reading.sources);
      return reading;
    },
  });
  reload = (cause) => {
    const failed = (error: unknown) => log.error({ cause, error: String(error) }, 'config.reload_failed');
    gateway.liveConfig?.reload(cause).catch(failed);
  };
  await watch.follow(config.sources);
  log.info({ pid: process.pid, api: gateway.api?.url, admin: gateway.admin.url }, 'gateway.started');
  const ended = await Promise.race([gateway.failed, aborted(io.signal)]);
  log.info({ why: ended ?? 'asked to stop' }, 'gateway.stopping');
  watch.close();
  reload = () => undefined;
  await gateway.stop();
  process.off('SIGHUP', onHangUp);
  if (ended === undefined) return EXIT.done;
  io.stderr.write(`${ended}\n`);
  return EXIT.failed;
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
