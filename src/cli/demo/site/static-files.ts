import { readdir, readFile } from 'node:fs/promises';
import { extname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `dist`, the root of everything that was built. */
const BUILT = fileURLToPath(new URL('../../../../', import.meta.url));
/** What the page is made of: its own files, and the client that any app would use. */
const FOLDERS = ['src/cli/demo/page', 'sdk/client/src'];

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface StaticFile {
  readonly type: string;
  readonly bytes: Buffer;
}

/** Every file of the page by its path below `dist`; read once, so that no request ever names a file to open. */
export async function readStaticFiles(): Promise<ReadonlyMap<string, StaticFile>> {
  const files = new Map<string, StaticFile>();
  for (const folder of FOLDERS) {
    const names = await readdir(join(BUILT, folder), { recursive: true }).catch(() => []);
    for (const name of names) {
      const type = TYPES[extname(name)];
      if (type === undefined) continue;
      const path = posix.join(folder, name.replaceAll('\\', '/'));
      files.set(path, { type, bytes: await readFile(join(BUILT, folder, name)) });
    }
  }
  return files;
}
