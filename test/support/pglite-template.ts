import { cpSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeEmpty, makeMigrated, TEMPLATES_VARIABLE, type TemplateKind } from './make-templates.js';

/** Folders that hold a template of their kind: made once per run, and every test copies its outcome (39 MB). */
let empty: Promise<string> | undefined;
let migrated: Promise<string> | undefined;
const copies: string[] = [];

/**
 * A data directory of its own for one test, holding a database in `pg` to which no gateway was started yet. Removed at
 * the end of the run.
 */
export function freshDataDirectory(): Promise<string> {
  return copyOf('empty');
}

/** As {@link freshDataDirectory}, but with the tables of this version, which saves making them. */
export function migratedDataDirectory(): Promise<string> {
  return copyOf('migrated');
}

/** A data directory in which nothing lies yet. Removed at the end of the run. */
export async function emptyDataDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'pealbell-test-'));
  copies.push(directory);
  return directory;
}

async function copyOf(kind: TemplateKind): Promise<string> {
  const templates = await templatesWith(kind);
  const directory = await emptyDataDirectory();
  // Synchronous: half the CPU of the other one.
  cpSync(join(templates, kind, 'pg'), join(directory, 'pg'), { recursive: true });
  return directory;
}

function templatesWith(kind: TemplateKind): Promise<string> {
  const given = process.env[TEMPLATES_VARIABLE];
  if (given !== undefined && given !== '') return Promise.resolve(given);
  empty ??= emptyDataDirectory().then(async (directory) => {
    await makeEmpty(directory);
    return directory;
  });
  if (kind === 'empty') return empty;
  migrated ??= empty.then(async (directory) => {
    await makeMigrated(directory);
    return directory;
  });
  return migrated;
}

// A root hook of every run that imports this file, as the run's last act.
after(async () => {
  empty = undefined;
  migrated = undefined;
  await Promise.all(copies.splice(0).map((directory) => rm(directory, { recursive: true, force: true })));
});
