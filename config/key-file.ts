/** Reads the secrets that a configuration names by file, and judges who else could. */
import { constants } from 'node:fs';
import { type FileHandle, open, readFile, realpath } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';

/** What became of one file; `what` and `warning` read on from its name. */
export type KeyFile =
  | { readonly kind: 'read'; readonly path: string; readonly text: string; readonly warning?: string }
  | { readonly kind: 'refused'; readonly path: string; readonly what: string; readonly suggestion?: string };

/** Who asks, and what the system says of its mounts; passed in so that every case can be tested. */
export interface KeyFileSystem {
  /** Id of the user the process runs as; `undefined` where users have no ids (Windows), which skips the check. */
  readonly uid: number | undefined;
  /** The text of `/proc/self/mountinfo`; empty where there is none. */
  readonly mountinfo: string;
}

const BYTES_MAX = 1024 * 1024;

/** What the running system says. */
export async function thisSystem(): Promise<KeyFileSystem> {
  const mountinfo = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  return { uid: process.getuid?.(), mountinfo };
}

/**
 * Reads a key file of at most 1 MiB of UTF-8 text; newlines at its end are left out. Symlinks are followed, and
 * the mode of what they lead to counts.
 *
 * @param name as written, relative to `baseDir`
 */
export async function readKeyFile(name: string, baseDir: string, system: KeyFileSystem): Promise<KeyFile> {
  const path = isAbsolute(name) ? name : resolve(baseDir, name);
  let handle: FileHandle | undefined;
  try {
    // A FIFO must not hold a thread until somebody writes to it.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = await handle.stat();
    if (!stats.isFile()) return { kind: 'refused', path, what: 'is not a file' };
    if (stats.size > BYTES_MAX) return { kind: 'refused', path, what: 'is larger than 1 MiB, so it is no key' };
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await handle.readFile()).replace(/[\r\n]+$/, '');
    const exposure = exposureOf(stats, system.uid, isPublic(text));
    const excused = exposure !== undefined && isReadOnlyMount(await realpath(path), system.mountinfo);
    if (exposure !== undefined && !excused) {
      const suggestion = `run: chmod ${isPublic(text) ? 'go-w' : '600'} ${path}`;
      return { kind: 'refused', path, what: exposure, suggestion };
    }
    if (text === '') return { kind: 'refused', path, what: 'is empty' };
    const warning = excused ? `${exposure}; it is used all the same, since its mount is read-only` : undefined;
    return { kind: 'read', path, text, ...(warning === undefined ? {} : { warning }) };
  } catch (error) {
    return { kind: 'refused', path, what: sayFileError(error) };
  } finally {
    await handle?.close();
  }
}

/**
 * Why a file is no secret, if so. Only its owner may read or write it; like PostgreSQL with a server key, a file
 * of root's may also be read by a group, since that is how root lends a key to a service that runs as another user.
 * What is public anyway, a certificate or a public key, may be read by all.
 */
function exposureOf(
  stats: { readonly mode: number; readonly uid: number },
  uid: number | undefined,
  isPublicText: boolean,
): string | undefined {
  if (uid === undefined) return undefined;
  const forbidden = isPublicText ? 0o022 : stats.uid === 0 && uid !== 0 ? 0o037 : 0o077;
  const open = stats.mode & forbidden;
  if (open === 0) return undefined;
  const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
  return `can be ${(open & 0o022) === 0 ? 'read' : 'written'} by other users (mode ${mode})`;
}

/** PEM of certificates and public keys only. */
function isPublic(text: string): boolean {
  const labels = [...text.matchAll(/-----BEGIN ([^-]*)-----/g)].map((match) => match[1]);
  return labels.length > 0 && labels.every((label) => label === 'CERTIFICATE' || label === 'PUBLIC KEY');
}

/**
 * Is this path on a read-only mount of its own, as Kubernetes and Swarm make them for secrets? A read-only root
 * file system does not count: what lies there came with the image.
 *
 * @param path without symlinks
 * @param mountinfo proc(5), `/proc/pid/mountinfo`: field 5 is the mount point, field 6 the options of the mount,
 *   and the last field after ` - ` those of the file system.
 */
export function isReadOnlyMount(path: string, mountinfo: string): boolean {
  let best: { readonly point: string; readonly readOnly: boolean } | undefined;
  for (const line of mountinfo.split('\n')) {
    const [own = '', fileSystem = ''] = line.split(' - ');
    const [, , , , escaped, options = ''] = own.split(' ');
    if (escaped === undefined) continue;
    const point = escaped.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
    const holds = point === '/' || path === point || path.startsWith(`${point}/`);
    // Of two mounts on one point the later one hides the earlier.
    if (!holds || (best !== undefined && point.length < best.point.length)) continue;
    const all = [...options.split(','), ...(fileSystem.split(' ')[2] ?? '').split(',')];
    best = { point, readOnly: all.includes('ro') };
  }
  return best !== undefined && best.point !== '/' && best.readOnly;
}

function sayFileError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  const said: Readonly<Record<string, string>> = {
    ENOENT: 'does not exist',
    ERR_ENCODING_INVALID_ENCODED_DATA: 'is not UTF-8 text',
    EACCES: 'cannot be read by this user',
    ENXIO: 'is not a file',
    ENOTDIR: 'does not exist',
  };
  return said[code] ?? `cannot be read (${code})`;
}
