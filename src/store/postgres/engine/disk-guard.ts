import { statfsSync } from 'node:fs';
import { GatewayError } from '../../../domain/errors.js';

export interface DiskGuard {
  /**
   * Passes while there is room. Cheap: the disk is asked at most once a second.
   *
   * @throws GatewayError `disk_full` with `retryAfterSeconds` when less than the threshold is free.
   */
  assertRoom(): void;
  /** Bytes free to this process, at most a second old. */
  freeBytes(): number;
}

export interface DiskGuardOptions {
  /** Any path on the file system to watch. */
  readonly directory: string;
  /** Below this many free bytes nothing is taken; 64 MB when absent. */
  readonly freeBytesMin?: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
  /** Free bytes of the directory's file system; `statfs(2)` when absent. */
  readonly measure?: (directory: string) => number;
}

const MB = 1024 * 1024;
const CACHED_MS = 1_000;
/** PGlite freezes on a full disk; 64 MB is its whole write-ahead log (`max_wal_size`) once more. */
const FREE_BYTES_MIN = 64 * MB;
const RETRY_AFTER_SECONDS = 30;

/** Watches the room on a disk, so that work is refused before the embedded database meets the end of it. */
export function diskGuard(options: DiskGuardOptions): DiskGuard {
  const min = options.freeBytesMin ?? FREE_BYTES_MIN;
  const now = options.now ?? (() => performance.now());
  const measure = options.measure ?? statfsFree;
  let free = 0;
  let measuredAt = Number.NEGATIVE_INFINITY;

  const freeBytes = () => {
    if (now() - measuredAt >= CACHED_MS) {
      // A directory that cannot be measured is not a full disk; writing to it will tell its own error.
      try {
        free = measure(options.directory);
      } catch {
        free = Number.POSITIVE_INFINITY;
      }
      measuredAt = now();
    }
    return free;
  };
  return {
    freeBytes,
    assertRoom() {
      const bytes = freeBytes();
      if (bytes >= min) return;
      throw new GatewayError(
        'disk_full',
        `Only ${Math.floor(bytes / MB)} MB are free where ${options.directory} lies; ${Math.ceil(min / MB)} MB are needed. Free space, then try again.`,
        { retryAfterSeconds: RETRY_AFTER_SECONDS },
      );
    },
  };
}

function statfsFree(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}
