import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoreReport } from '../../../compose.js';
import { isGatewayError } from '../../../domain/errors.js';
import { type Check, type Finding, fault, ok, warning } from '../check.js';

const MB = 1024 ** 2;
/** Below the first the gateway accepts nothing; below the second it is time to act. */
const REFUSES_BELOW = 64 * MB;
const TIGHT_BELOW = 1024 * MB;
/** What one process opens: 10 for the store, 12 for the queue. */
const CONNECTIONS_OF_A_PROCESS = 22;

type Embedded = Extract<StoreReport, { engine: 'pglite' }>;

/** Whether the store answers, what state it is in, and what room it has. Changes nothing. */
export const store: Check = {
  name: 'store',
  async look(scene) {
    try {
      const report = await scene.store();
      return report.engine === 'pglite'
        ? [state(report), room(report), ...(await dataKey(report, scene.config.security.data_key))]
        : [state(report), ...(report.engine === 'server' ? limits(report) : protection(report))];
    } catch (error) {
      if (!isGatewayError(error)) throw error;
      return [
        fault(
          'store.url',
          error.message.replace(/\.$/, ''),
          CURES[error.code] ?? 'Correct store.url, or start what it names.',
        ),
      ];
    }
  },
};

const CURES: Readonly<Record<string, string>> = {
  store_unavailable: 'Start the server that store.url names, or correct its host, user and password.',
  store_locked: 'Wait until that process has started, or stop it.',
  store_corrupt: 'Restore the directory from a backup, or set store.url to another one.',
  disk_full: 'Free space on that disk.',
};

function state(report: StoreReport): Finding {
  const where = nameOf(report);
  const { state: found } = report;
  if (found.kind === 'not_made') return ok(where, 'not there yet: the first start makes it');
  if (found.kind === 'held') return ok(where, `open in process ${found.pid}, the running gateway`);
  const { version, versionKnown } = found;
  const made = report.engine === 'mongodb' ? 'collections' : 'tables';
  if (version === 0) return ok(where, `empty: the first start makes its ${made}`);
  if (version > versionKnown) {
    const says = `at version ${version}, written by a newer Pealbell; this one knows ${versionKnown} and will not start`;
    return fault(where, says, 'Start the newer program that wrote it, or restore a backup from before it.');
  }
  if (version < versionKnown) return ok(where, `at version ${version}; the next start brings it to ${versionKnown}`);
  return ok(where, `opened; its ${made} are at version ${version}, this program's own`);
}

function nameOf(report: StoreReport): string {
  switch (report.engine) {
    case 'pglite':
      return report.dir;
    case 'server':
      return `Postgres ${report.version}`;
    case 'mongodb':
      return `MongoDB ${report.version}`;
    default:
      return report satisfies never;
  }
}

function room({ dir, freeBytes }: Embedded): Finding {
  const free = `${Math.floor(freeBytes / MB).toLocaleString('en-US')} MB free`;
  const cure = 'Free space, or set store.url to a directory on a larger disk.';
  if (freeBytes < REFUSES_BELOW) return fault(dir, `${free}: below 64 MB nothing is accepted`, cure);
  return freeBytes < TIGHT_BELOW ? warning(dir, free, cure) : ok(dir, free);
}

/** Without its key nothing that is stored can be read; a gateway that finds none makes a new one. */
async function dataKey(
  { dir, state: found, dataKey: file }: Embedded,
  written: string | undefined,
): Promise<readonly Finding[]> {
  const isInUse = found.kind === 'held' || (found.kind === 'opened' && found.version > 0);
  if (file === undefined) {
    if (!isInUse || written !== undefined) return [];
    const says = `the key of what is stored, ${join(dir, 'data.key')}, is missing: no push token can be read without it`;
    return [fault(dir, says, 'Restore the file from its backup before the next start, which would make a new key.')];
  }
  if ((file.mode & 0o077) !== 0) {
    const mode = file.mode.toString(8).padStart(4, '0');
    const says = `other users can read the key of all stored push tokens (mode ${mode}); the gateway will not start`;
    return [fault(file.path, says, `Run: chmod 600 ${file.path}`)];
  }
  if (written !== undefined && written.trim() !== (await readFile(file.path, 'utf8')).trim()) {
    const says = `security.data_key is another key than ${file.path}, with which this store was begun: what is stored cannot be read`;
    return [fault('security.data_key', says, `Remove the setting, or put the text of ${file.path} where it points.`)];
  }
  return [ok(file.path, 'only its owner can read it; keep a backup of it in another place')];
}

/** A majority of one server is that server. */
function protection({ replicaSet }: Extract<StoreReport, { engine: 'mongodb' }>): readonly Finding[] {
  if (replicaSet === 'sharded')
    return [ok('MongoDB', 'a sharded cluster: a write counts when a majority of its replica set has it')];
  if (replicaSet !== undefined) {
    return [ok('MongoDB', `the replica set ${replicaSet}: a write counts when a majority of it has it`)];
  }
  const says =
    'one server and no replica set: what was accepted survives its crash, but not the loss of its disk, and while it is away nothing is accepted';
  return [
    warning('MongoDB', says, 'Make it a replica set of three members, and name it in store.url with ?replicaSet=NAME.'),
  ];
}

function limits({ fsync, synchronousCommit, connections: { max, used } }: Extract<StoreReport, { engine: 'server' }>) {
  const found: Finding[] = [];
  if (!fsync || !synchronousCommit) {
    const setting = fsync ? 'synchronous_commit' : 'fsync';
    const says = `${setting} is off: what was accepted can be lost when the server's machine loses power`;
    found.push(warning('Postgres', says, `Set ${setting} = on in postgresql.conf.`));
  }
  if (max - used < CONNECTIONS_OF_A_PROCESS) {
    const says = `${used} of ${max} connections are in use, and each process of the gateway takes up to ${CONNECTIONS_OF_A_PROCESS}`;
    found.push(warning('Postgres', says, 'Raise max_connections, or take connections from somebody else.'));
  }
  return found;
}
