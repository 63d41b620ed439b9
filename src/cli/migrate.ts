import { parseArgs } from 'node:util';
import { loadConfig } from '../../config/load.js';
import { openStore } from '../compose.js';
import { createLog } from '../runtime/logger.js';
import { type CommandIo, EXIT, readSettings } from './io.js';

const HELP = `Usage: pealbell migrate [--config DIR] [--set KEY=VALUE]

Brings the store to the version that this program knows, and ends. Every start does so by itself; before an upgrade it can be
done once, so that no process has to wait for it. One process at a time does it, the others wait.

  --config DIR      folder with gateway.yaml and apps/ (default config)
  --set KEY=VALUE   a setting that wins over files and variables
  --help            show this text
`;

/** `pealbell migrate`. @returns the exit code. */
export async function migrate(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values: flags } = parseArgs({
    args: [...argv],
    options: {
      config: { type: 'string' },
      set: { type: 'string', multiple: true },
      help: { type: 'boolean', default: false },
    },
  });
  if (flags.help) {
    io.stdout.write(HELP);
    return EXIT.done;
  }
  const settings = readSettings(flags.set);
  if (typeof settings === 'string') {
    io.stderr.write(`${settings}\nMore: pealbell migrate --help\n`);
    return EXIT.misused;
  }
  const config = await loadConfig({ dir: flags.config ?? 'config', env: io.env, flags: settings });
  const startedAt = performance.now();
  const store = await openStore(config, {
    log: createLog('error'),
    onProgress: (sentence) => io.stderr.write(`${sentence}\n`),
  });
  await store.close();
  io.stdout.write(`The store is at the version of this program (${Math.round(performance.now() - startedAt)} ms).\n`);
  return EXIT.done;
}
