/** Tells when files change, also where they are reached over symlinks that are swapped. */
import { type FSWatcher, watch } from 'node:fs';
import { lstat, readlink, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, parse, sep } from 'node:path';

/** What to watch; absolute names, of things that need not be there yet. */
export interface Watched {
  readonly files: readonly string[];
  /** Everything in them that `isOfInterest` by its own name. */
  readonly folders: readonly { readonly path: string; readonly isOfInterest: (name: string) => boolean }[];
}

export interface FileWatch {
  /**
   * Watches these instead of those before. Where a folder was not watched until now, one change is told even if there
   * was none: something may have happened since the files were read.
   */
  follow(watched: Watched): Promise<void>;
  /** Calling it twice is harmless; nothing is told afterwards. */
  close(): void;
}

export interface FileWatchOptions {
  /** Told once for changes that follow each other within `quietMs`. */
  readonly onChange: () => void;
  /** A folder that cannot be watched, with what the system said; once for each time it is tried. */
  readonly onFailure: (folder: string, error: Error) => void;
  readonly quietMs: number;
  /** A stream of changes without a pause is told this often. */
  readonly patienceMs: number;
}

/** As Linux counts them (path_resolution(7)). */
const SYMLINKS_MAX = 40;

type Interest = (name: string) => boolean;
interface Folder {
  readonly watcher: FSWatcher;
  /** A folder that was replaced has the same name and is watched no longer. */
  readonly inode: number;
  interests: readonly Interest[];
}

/**
 * Watches folders, not files: a file that is replaced by renaming, as editors and mounts do it, would be lost. Does
 * not keep the process alive. Network file systems tell nothing of what other machines write.
 */
export function watchFiles(options: FileWatchOptions): FileWatch {
  const folders = new Map<string, Folder>();
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let firstAt = 0;

  function note(): void {
    if (isClosed) return;
    const now = performance.now();
    if (timer === undefined) firstAt = now;
    clearTimeout(timer);
    const waitMs = Math.max(0, Math.min(options.quietMs, firstAt + options.patienceMs - now));
    timer = setTimeout(() => {
      timer = undefined;
      options.onChange();
    }, waitMs);
  }

  function drop(path: string, folder: Folder): void {
    folder.watcher.close();
    folders.delete(path);
  }

  async function open(path: string, interests: readonly Interest[]): Promise<boolean> {
    try {
      const { ino: inode } = await stat(path);
      const known = folders.get(path);
      if (known?.inode === inode) {
        known.interests = interests;
        return false;
      }
      if (known !== undefined) drop(path, known);
      if (isClosed) return false;
      const own = basename(path);
      const watcher = watch(path, { persistent: false }, (_event, name) => {
        // Its own name: the folder itself was moved, removed or given other rights.
        if (name === null || name === own || folder.interests.some((wants) => wants(name))) note();
      });
      const folder: Folder = { watcher, inode, interests };
      watcher.on('error', (error) => {
        if (folders.get(path) === folder) drop(path, folder);
        options.onFailure(path, error);
      });
      folders.set(path, folder);
      return true;
    } catch (error) {
      options.onFailure(path, error instanceof Error ? error : new Error(String(error)));
      return false;
    }
  }

  return {
    async follow(watched) {
      const wanted = new Map<string, Interest[]>();
      const want = (folder: string, interest: Interest) =>
        wanted.set(folder, [...(wanted.get(folder) ?? []), interest]);
      for (const path of new Set([...watched.files, ...watched.folders.map((folder) => folder.path)])) {
        for (const { folder, name } of (await resolvePlaces(path)).passed) want(folder, (other) => other === name);
      }
      for (const { path, isOfInterest } of watched.folders) {
        const { target } = await resolvePlaces(path);
        if (target !== undefined) want(target, isOfInterest);
      }
      let isNew = false;
      for (const [path, interests] of wanted) isNew = (await open(path, interests)) || isNew;
      for (const [path, folder] of folders) if (!wanted.has(path)) drop(path, folder);
      if (isNew) note();
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      for (const [path, folder] of folders) drop(path, folder);
    },
  };
}

interface Places {
  /** Entries whose replacement makes the path lead elsewhere: every symlink on the way, and the last part. */
  readonly passed: readonly { readonly folder: string; readonly name: string }[];
  /** Where it leads, free of symlinks; absent when a part is missing, which is then the last of `passed`. */
  readonly target: string | undefined;
}

async function resolvePlaces(path: string): Promise<Places> {
  const passed: { folder: string; name: string }[] = [];
  const { root } = parse(path);
  let at = root;
  const parts = path.slice(root.length).split(sep);
  for (let links = 0; ; ) {
    const name = parts.shift();
    if (name === undefined) return { passed, target: at };
    if (name === '' || name === '.') continue;
    const next = join(at, name);
    const stats = name === '..' ? undefined : await lstat(next).catch(() => undefined);
    if (stats?.isSymbolicLink()) {
      passed.push({ folder: at, name });
      const link = await readlink(next).catch(() => undefined);
      if (link === undefined || ++links > SYMLINKS_MAX) return { passed, target: undefined };
      if (isAbsolute(link)) at = parse(link).root;
      parts.unshift(...link.slice(isAbsolute(link) ? parse(link).root.length : 0).split(sep));
      continue;
    }
    if (name !== '..') {
      if (stats === undefined || parts.every((part) => part === '')) passed.push({ folder: at, name });
      if (stats === undefined) return { passed, target: undefined };
    }
    at = next;
  }
}
