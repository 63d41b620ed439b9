/**
 * Builds the MongoDB-compatible server of the tests, once for each state of its sources: the Go module beside this
 * file, with FerretDB changed as `changes.ts` says. `node dist/test/support/ferretdb/build.js` builds it ahead.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { CHANGES } from './changes.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const SOURCES = join(ROOT, 'test/support/ferretdb');
/** Our files that are compiled inside of FerretDB's packages; Go passes over folders that begin with `_`. */
const INSIDE = '_inside';
const CACHE = join(ROOT, 'node_modules/.cache/pealbell');
const MODULE = 'github.com/FerretDB/FerretDB';
const BUILD_TIMEOUT_MS = 600_000;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(await builtFerretdb());

/**
 * The path of the server's program, which is built first where it is not there yet: about a minute. Another process
 * that builds the same is waited for.
 *
 * @throws when there is no Go, a module cannot be had or a change does not fit FerretDB's source
 */
export async function builtFerretdb(): Promise<string> {
  const program = join(CACHE, `ferretdb-${await digest()}`);
  const lock = `${program}.lock`;
  await mkdir(CACHE, { recursive: true });
  while (!(await isThere(program))) {
    if (await take(lock)) {
      const folder = `${program}.build`;
      await build(program, folder).finally(() =>
        Promise.all([folder, lock].map((path) => rm(path, { recursive: true }))),
      );
    } else {
      await wait(200);
    }
  }
  return program;
}

async function digest(): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(CHANGES));
  for (const file of (await sources()).sort()) hash.update(`\0${file}\0`).update(await readFile(join(SOURCES, file)));
  return hash.digest('hex').slice(0, 16);
}

async function sources(): Promise<string[]> {
  const files = await readdir(SOURCES, { recursive: true });
  return files.filter((file) => /\.go$|^go\.(?:mod|sum)$/.test(file));
}

/** Writes the program as a whole or not at all. */
async function build(program: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  const ferretdb = join(folder, 'ferretdb');
  const inModule = { cwd: SOURCES, timeout: BUILD_TIMEOUT_MS, maxBuffer: 16_000_000 };
  const { stdout } = await run('go', ['mod', 'download', '-json', MODULE], inModule);
  await cp(String(JSON.parse(stdout).Dir), ferretdb, { recursive: true, filter: (path) => !path.endsWith('_test.go') });
  await run('chmod', ['-R', 'u+w', ferretdb]);
  for (const change of CHANGES) await apply(change, ferretdb);
  for (const file of (await sources()).filter((name) => name.startsWith(`${INSIDE}/`))) {
    await mkdir(dirname(join(ferretdb, file.slice(INSIDE.length))), { recursive: true });
    await cp(join(SOURCES, file), join(ferretdb, file.slice(INSIDE.length)));
  }
  const mod = join(folder, 'go.mod');
  await writeFile(mod, `${await readFile(join(SOURCES, 'go.mod'), 'utf8')}\nreplace ${MODULE} => ${ferretdb}\n`);
  await cp(join(SOURCES, 'go.sum'), join(folder, 'go.sum'));
  const made = join(folder, 'program');
  await run('go', ['build', '-trimpath', '-modfile', mod, '-o', made, '.'], inModule);
  await rename(made, program);
}

async function apply({ file, find, put }: (typeof CHANGES)[number], ferretdb: string): Promise<void> {
  const path = join(ferretdb, file);
  const text = await readFile(path, 'utf8');
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`${file} of FerretDB holds ${parts.length - 1} times: ${find}`);
  await writeFile(path, parts.join(put));
}

/** False while another living process holds it. */
async function take(lock: string): Promise<boolean> {
  try {
    const file = await open(lock, 'wx');
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const pid = Number(await readFile(lock, 'utf8').catch(() => ''));
  if (pid > 0 && !lives(pid)) await rm(lock, { force: true });
  return false;
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
