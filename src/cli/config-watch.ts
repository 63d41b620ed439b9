import { isAbsolute, join, resolve } from 'node:path';
import type { Log } from '../ports/log.js';
import { watchFiles } from '../runtime/file-watch.js';

/** An editor or a mount writes several files, and each in several steps. */
const QUIET_MS = 300;
const PATIENCE_MS = 3_000;

export interface ConfigWatch {
  /** @param sources those of a configuration, or of a faulty one; what is not a file name among them is left out */
  follow(sources: readonly string[]): Promise<void>;
  close(): void;
}

/**
 * Watches a configuration: its folder, `apps/` with whatever app files come and go, and every file that was read,
 * secrets too.
 *
 * @param dir as given on the command line
 */
export function watchConfig(dir: string, log: Log, onChange: () => void): ConfigWatch {
  const root = resolve(dir);
  const files = watchFiles({
    onChange,
    onFailure: (folder, error) => log.warn({ folder, error: error.message }, 'config.not_watched'),
    quietMs: QUIET_MS,
    patienceMs: PATIENCE_MS,
  });
  return {
    follow: (sources) =>
      files.follow({
        files: [join(root, 'gateway.yaml'), ...sources.filter((source) => isAbsolute(source))],
        folders: [{ path: join(root, 'apps'), isOfInterest: (name) => /^[^.].*\.ya?ml$/i.test(name) }],
      }),
    close: () => files.close(),
  };
}
