import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPgliteDirectory } from '../../src/store/postgres/engine/initdb.js';

/** initdb costs seconds and 800 MB: it runs once per test run, and every test copies its outcome (39 MB). */
let template: Promise<string> | undefined;
const copies: string[] = [];

/** An empty data directory of its own for one test, holding a fresh database in `pg`. Removed at the end of the run. */
export async function freshDataDirectory(): Promise<string> {
  template ??= makeTemplate();
  const directory = await emptyDataDirectory();
  await cp(join(await template, 'pg'), join(directory, 'pg'), { recursive: true });
  return directory;
}

/** A data directory in which nothing lies yet. Removed at the end of the run. */
export async function emptyDataDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'pealbell-test-'));
  copies.push(directory);
  return directory;
}

async function makeTemplate(): Promise<string> {
  const directory = await emptyDataDirectory();
  await createPgliteDirectory({ directory: join(directory, 'pg') });
  return directory;
}

// A root hook of every run that imports this file, as the run's last act.
after(async () => {
  template = undefined;
  await Promise.all(copies.splice(0).map((directory) => rm(directory, { recursive: true, force: true })));
});
