import { chmod, lstat, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A file of a new installation; its name is relative to the folder of the configuration. */
export interface NewFile {
  readonly name: string;
  readonly text: string;
  readonly mode: number;
  /** What it is, for people. */
  readonly about: string;
}

/** Those of these names that are there already, whatever they are. */
export async function findTaken(dir: string, names: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    names.map(async (name) =>
      lstat(join(dir, name)).then(
        () => name,
        () => undefined,
      ),
    ),
  );
  return found.filter((name) => name !== undefined);
}

/** Writes all of them, into folders of their own where they have some; a `.gitignore` that is there stays as it is. */
export async function writeFiles(dir: string, files: readonly NewFile[]): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o755 });
  for (const { name, text, mode } of files) {
    const folder = join(dir, dirname(name));
    await mkdir(folder, { recursive: true, mode: 0o755 });
    if (dirname(name) === 'secrets') await chmod(folder, 0o700);
    try {
      await writeFile(join(dir, name), text, { flag: 'wx', mode });
    } catch (error) {
      const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      if (!isThere || name !== '.gitignore') throw error;
    }
  }
}
