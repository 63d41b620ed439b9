/** Finds the files of a configuration. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { APP_ID } from './apps.js';
import type { ConfigFault } from './fault.js';

/** Where the configuration is looked for; both relative to the working directory. */
export interface ConfigPlaces {
  /** Folder with `gateway.yaml` and `apps/`; `config` when neither it nor `file` is named. */
  readonly dir?: string | undefined;
  /** A gateway file of another name; `apps/` stands beside it unless `dir` is named as well. */
  readonly file?: string | undefined;
}

/** One file as read, its name absolute. */
export interface FoundFile {
  readonly path: string;
  readonly text: string;
}

export interface FoundFiles {
  readonly gateway: FoundFile | undefined;
  /** In the order of their ids. */
  readonly apps: readonly (FoundFile & { readonly id: string })[];
  /** Absolute names in their places; the caller shortens them. */
  readonly faults: readonly ConfigFault[];
}

const FILE_BYTES_MAX = 4 * 1024 * 1024;

/** Reads every file of a configuration. What was not named may be missing; what was named must be there. */
export async function findFiles(places: ConfigPlaces, cwd: string): Promise<FoundFiles> {
  const faults: ConfigFault[] = [];
  const fault = (file: string, what: string, suggestion?: string): undefined => {
    faults.push({ place: { kind: 'file', file }, key: '', what, ...(suggestion === undefined ? {} : { suggestion }) });
  };
  const read = async (path: string): Promise<FoundFile | undefined> => {
    const stats = await stat(path).catch(() => undefined);
    if (stats !== undefined && !stats.isFile()) return fault(path, 'is not a file');
    if (stats !== undefined && stats.size > FILE_BYTES_MAX) return fault(path, 'is larger than 4 MiB');
    return readFile(path, 'utf8').then(
      (text) => ({ path, text: text.replace(/^\uFEFF/, '') }),
      (error: NodeJS.ErrnoException) => fault(path, `cannot be read (${error.code ?? error.message})`),
    );
  };

  const named = places.dir !== undefined || places.file !== undefined;
  const gatewayPath = resolve(cwd, places.file ?? join(places.dir ?? 'config', 'gateway.yaml'));
  const dir = places.dir === undefined ? dirname(gatewayPath) : resolve(cwd, places.dir);
  const appsDir = join(dir, 'apps');
  const names = await list(appsDir);
  const gatewayThere = await exists(gatewayPath);
  if (places.file !== undefined && !gatewayThere) fault(gatewayPath, 'does not exist');
  else if (named && !gatewayThere && names === undefined) {
    const why = (await exists(dir)) ? 'holds neither gateway.yaml nor apps/' : 'does not exist';
    fault(dir, why, 'name the folder that holds gateway.yaml');
  }

  const gateway = gatewayThere ? await read(gatewayPath) : undefined;
  const apps: (FoundFile & { id: string })[] = [];
  for (const name of names ?? []) {
    if (name.startsWith('.')) continue; // editors' and Kubernetes' own (..data)
    const path = join(appsDir, name);
    const id = name.replace(/\.yaml$/, '');
    if (/\.ya?ml$/i.test(name) && !name.endsWith('.yaml')) fault(path, 'is not read', `rename it to end in .yaml`);
    if (!name.endsWith('.yaml')) continue;
    if (!APP_ID.test(id)) {
      fault(path, 'has a name that is no app id', 'use a-z, 0-9 and -, at most 63, then .yaml, such as shop.yaml');
      continue;
    }
    const file = await read(path);
    if (file !== undefined) apps.push({ ...file, id });
  }
  return { gateway, apps, faults };
}

async function list(dir: string): Promise<readonly string[] | undefined> {
  const names = await readdir(dir).catch(() => undefined);
  return names?.sort();
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  );
}
