import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { GatewayError } from '../../../domain/errors.js';
import { diskGuard } from './disk-guard.js';

export interface InitdbOptions {
  /** The database's own directory (`<data>/pg`). Its parent is owned by the caller (`acquireOwnership`). */
  readonly directory: string;
  /** Told in a sentence, now and then, so that the first start does not look stuck. */
  readonly onProgress?: (sentence: string) => void;
  /** Aborting ends the child; nothing is left behind. */
  readonly signal?: AbortSignal;
  /** Given up after this long; 120 s when absent. */
  readonly timeoutMs?: number;
}

const PROGRESS_EVERY_MS = 2_000;
/** A fresh database takes 39 MB; initdb writes it through a scratch copy in memory, not on disk. */
const ROOM_BYTES = 128 * 1024 * 1024;

/**
 * Makes the embedded database where there is none; resolves at once, with false, where one is. It appears whole
 * or not at all: it is made beside its place and renamed.
 *
 * @throws GatewayError `disk_full`, `store_unavailable` (the child failed, was aborted or took too long), or
 * `store_corrupt` when something else lies in its place.
 */
export async function createPgliteDirectory(options: InitdbOptions): Promise<boolean> {
  const { directory } = options;
  if (existsSync(directory)) {
    if (existsSync(join(directory, 'PG_VERSION'))) return false;
    if (readdirSync(directory).length > 0) {
      throw new GatewayError(
        'store_corrupt',
        `${directory} holds files that are not an embedded database. Move them away, or set store.url to another directory.`,
      );
    }
  }
  const parent = dirname(directory);
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  diskGuard({ directory: parent, freeBytesMin: ROOM_BYTES }).assertRoom();
  removeLeftovers(directory);
  const made = `${directory}.new-${randomUUID()}`;
  try {
    await runChild(made, options);
    chmodSync(made, 0o700);
    // rename(2) replaces an empty directory and nothing else.
    renameSync(made, directory);
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    throw error;
  }
  return true;
}

/** A first start that was killed leaves its half-made directory; only the owner of the parent gets here. */
function removeLeftovers(directory: string): void {
  const prefix = `${basename(directory)}.new-`;
  for (const name of readdirSync(dirname(directory))) {
    if (name.startsWith(prefix)) rmSync(join(dirname(directory), name), { recursive: true, force: true });
  }
}

function runChild(made: string, options: InitdbOptions): Promise<void> {
  const startedAt = performance.now();
  const seconds = () => Math.round((performance.now() - startedAt) / 1000);
  options.onProgress?.('Making the embedded database (first start only, some seconds).');
  return new Promise((resolve, reject) => {
    // No execArgv of ours (a debugger's port, a loader) goes to the child.
    const child = fork(new URL('./initdb-child.js', import.meta.url), [made], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let said = '';
    let why: string | undefined;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2_000);
    });
    const progress = setInterval(
      () => options.onProgress?.(`Still making the embedded database (${seconds()} s).`),
      PROGRESS_EVERY_MS,
    );
    const stop = (reason: string) => {
      why ??= reason;
      child.kill('SIGKILL');
    };
    const timeout = setTimeout(() => stop('it took too long'), options.timeoutMs ?? 120_000);
    const onAbort = () => stop('it was stopped');
    if (options.signal?.aborted) onAbort();
    else options.signal?.addEventListener('abort', onAbort, { once: true });

    const finish = (code: number | null, signal: string | null, failed?: Error) => {
      clearInterval(progress);
      clearTimeout(timeout);
      options.signal?.removeEventListener('abort', onAbort);
      if (code === 0) return resolve();
      const detail = why ?? failed?.message ?? (said.trim().split('\n').at(-1) || `exit ${code ?? signal}`);
      reject(
        new GatewayError(
          /ENOSPC|no space left/i.test(said) ? 'disk_full' : 'store_unavailable',
          `The embedded database could not be made (${detail}). It needs about 800 MB of memory once and 128 MB of disk.`,
          failed ? { cause: failed } : {},
        ),
      );
    };
    // A process that could not be started at all never closes.
    child.once('error', (error) => child.pid === undefined && finish(null, null, error));
    child.once('close', (code, signal) => finish(code, signal));
  });
}
