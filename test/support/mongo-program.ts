import { execFile } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { mongo } from 'mongoose';
import { builtFerretdb } from './ferretdb/build.js';

const run = promisify(execFile);
const START_TIMEOUT_MS = 30_000;

/** What to start, or why there is nothing. `name`: what it is called in a table. */
export type MongoProgram =
  | {
      readonly kind: 'program';
      readonly name: 'MongoDB' | 'FerretDB';
      command(data: string, port: number): readonly [file: string, args: readonly string[]];
    }
  | { readonly kind: 'absent'; readonly why: string };

/** A `mongod` on the PATH, else FerretDB (`test/support/ferretdb`), which is built first where it is not there yet. */
export async function findMongo(): Promise<MongoProgram> {
  if (await can('mongod', '--version')) {
    return {
      kind: 'program',
      name: 'MongoDB',
      command: (data, port) => ['mongod', ['--dbpath', data, '--port', String(port), '--bind_ip', '127.0.0.1']],
    };
  }
  if (!(await can('go', 'version'))) {
    return { kind: 'absent', why: 'no MONGODB_URL, no mongod, and no Go to build FerretDB with' };
  }
  try {
    const ferretdb = await builtFerretdb();
    return {
      kind: 'program',
      name: 'FerretDB',
      command: (data, port) => [ferretdb, ['-data', data, '-listen', `127.0.0.1:${port}`]],
    };
  } catch (error) {
    return { kind: 'absent', why: `no MONGODB_URL, no mongod, and FerretDB cannot be built: ${error}` };
  }
}

function can(program: string, argument: string): Promise<boolean> {
  return run(program, [argument]).then(
    () => true,
    () => false,
  );
}

/** Resolves once the server answers; `ended`: its last words where its process is gone. */
export async function mongoAnswers(url: string, ended: () => string | undefined): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const client = new mongo.MongoClient(url, { serverSelectionTimeoutMS: 1_000, directConnection: true });
    try {
      await client.db('admin').command({ ping: 1 });
      return;
    } catch (error) {
      const said = ended();
      if (said !== undefined) throw new Error(`the MongoDB server ended: ${said}`);
      if (Date.now() > deadline) throw error;
      await wait(20);
    } finally {
      await client.close();
    }
  }
}
