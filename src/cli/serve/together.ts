import type { Config } from '../../../config/load.js';
import { openProcesses } from '../../compose.js';
import type { Log } from '../../ports/log.js';
import { VERSION } from '../../version.js';
import { type CommandIo, EXIT } from '../io.js';
import { aborted } from './aborted.js';

/**
 * A gateway in several processes that share its port, until this one is told to stop. Each of them is `pealbell serve` with the
 * same flags, reads the same files and has an admin address of its own on the loopback, for looking at it alone.
 *
 * @returns the exit code
 */
export async function serveTogether({
  config,
  count,
  flags,
  log,
  io,
}: {
  readonly config: Config;
  readonly count: number;
  readonly flags: { readonly config?: string | undefined; readonly role: string; readonly set?: string[] | undefined };
  readonly log: Log;
  readonly io: CommandIo;
}): Promise<number> {
  const argv = (place: number) => [
    ...['serve', '--process', String(place), '--role', flags.role],
    ...(flags.config === undefined ? [] : ['--config', flags.config]),
    ...(flags.set ?? []).flatMap((setting) => ['--set', setting]),
    ...['--set', 'server.admin=127.0.0.1:0'],
  ];
  let reload: () => void = () => undefined;
  let replace: () => void = () => undefined;
  // From the start: the default of both is to end the process.
  const onHangUp = () => reload();
  const onReplace = () => replace();
  process.on('SIGHUP', onHangUp).on('SIGUSR2', onReplace);
  try {
    const processes = await openProcesses(config, count, argv, log, VERSION);
    reload = () => processes.tell('SIGHUP');
    let replacing: Promise<void> = Promise.resolve();
    replace = () => {
      log.info({ processes: processes.pids }, 'processes.replacing');
      replacing = replacing.then(processes.replace).then(
        () => log.info({ processes: processes.pids }, 'processes.replaced'),
        (error: unknown) => log.error({ error: String(error) }, 'processes.not_replaced'),
      );
    };
    log.info({ pid: process.pid, processes: processes.pids, admin: processes.admin }, 'processes.started');
    await aborted(io.signal);
    log.info({ why: 'asked to stop' }, 'processes.stopping');
    await processes.stop();
    return EXIT.done;
  } finally {
    process.off('SIGHUP', onHangUp).off('SIGUSR2', onReplace);
  }
}
