import { type Config, type LoadRequest, readConfig } from '../../../config/load.js';
import type { Role } from '../../../config/roles.js';
import { openGateway, reportToParent } from '../../compose.js';
import type { ReloadCause } from '../../ports/live-config.js';
import type { Log } from '../../ports/log.js';
import { VERSION } from '../../version.js';
import { watchConfig } from '../config-watch.js';
import { type CommandIo, EXIT } from '../io.js';
import { aborted } from './aborted.js';

/** From being told to stop to the end, however: as long as orchestrators wait, less a little. A crash loses nothing. */
const STOP_MAX_MS = 25_000;

/** A gateway in this process, until it is told to stop. @returns the exit code */
export async function serveAlone({
  config,
  request,
  roles,
  isOneOfMany,
  log,
  io,
}: {
  readonly config: Config;
  readonly request: LoadRequest;
  readonly roles: readonly Role[];
  /** Whether another process has started this one and is told what it asks. */
  readonly isOneOfMany: boolean;
  readonly log: Log;
  readonly io: CommandIo;
}): Promise<number> {
  let reload: (cause: ReloadCause) => void = () => undefined;
  // From the start: its default is to end the process. What changes until the watch begins, the watch tells.
  const onHangUp = () => reload('signal');
  process.on('SIGHUP', onHangUp);
  const watch = watchConfig(request.dir ?? 'config', log, () => reload('files'));
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
  const report = isOneOfMany ? reportToParent(gateway) : undefined;
  const ended = await Promise.race([gateway.failed, aborted(io.signal)]);
  log.info({ why: ended ?? 'asked to stop' }, 'gateway.stopping');
  // Whatever waits for a server that is away, or keeps the event loop turning.
  const cutOff = () => {
    log.error({ after_ms: STOP_MAX_MS }, 'shutdown.cut_off');
    process.exit(EXIT.failed);
  };
  setTimeout(cutOff, STOP_MAX_MS).unref();
  watch.close();
  reload = () => undefined;
  await gateway.stop();
  process.off('SIGHUP', onHangUp);
  report?.end();
  if (ended === undefined) return EXIT.done;
  io.stderr.write(`${ended}\n`);
  return EXIT.failed;
}
