import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const DEBIAN = '/usr/lib/postgresql';

/** The folder of the newest Postgres that Debian has installed here, if any. */
export function newestBinaries(): string | undefined {
  if (!existsSync(DEBIAN)) return undefined;
  const [newest] = readdirSync(DEBIAN)
    .filter((name) => existsSync(join(DEBIAN, name, 'bin', 'postgres')))
    .sort((a, b) => Number(b) - Number(a));
  return newest === undefined ? undefined : join(DEBIAN, newest, 'bin');
}

/**
 * Postgres refuses to run as root: gives `directory` to the user `postgres` where this is root.
 * @returns what makes a command one of that user
 */
export async function unprivileged(directory: string): Promise<(file: string, args: string[]) => [string, string[]]> {
  if (process.getuid?.() !== 0) return (file, args) => [file, args];
  const { stdout } = await run('id', ['-u', 'postgres']);
  const { stdout: group } = await run('id', ['-g', 'postgres']);
  await chown(directory, Number(stdout), Number(group));
  return (file, args) => [
    'setpriv',
    ['--reuid=postgres', '--regid=postgres', '--init-groups', '--pdeathsig=QUIT', '--', file, ...args],
  ];
}
