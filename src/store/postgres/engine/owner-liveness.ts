import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { OwnerRecord } from './owner-file.js';

const CONNECT_TIMEOUT_MS = 2_000;

/**
 * Whether the owner named in a record still lives. The kernel answers: a socket whose listener died refuses, one
 * whose listener is frozen accepts or lets wait. Works across containers that share the directory on one host,
 * where a pid says nothing; two hosts on one network file system are not told apart.
 */
export async function isAlive(record: OwnerRecord): Promise<boolean> {
  if (record.released) return false;
  switch (await knock(record.socket)) {
    case 'refused':
      return false;
    case 'missing':
      // A cleaner of temporary files may have taken the socket of a living process.
      return isSameProcess(record);
    case 'answers':
    case 'unclear':
      return true;
  }
}

function knock(path: string): Promise<'answers' | 'refused' | 'missing' | 'unclear'> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.setTimeout(CONNECT_TIMEOUT_MS);
    const done = (answer: 'answers' | 'refused' | 'missing' | 'unclear') => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => done('answers'));
    socket.once('timeout', () => done('unclear'));
    socket.once('error', (error) => {
      const code: unknown = Reflect.get(error, 'code');
      if (code === 'ECONNREFUSED') done('refused');
      else if (code === 'ENOENT' || code === 'ENOTSOCK' || code === 'ENOTDIR') done('missing');
      else done('unclear');
    });
  });
}

function isSameProcess(record: OwnerRecord): boolean {
  try {
    process.kill(record.pid, 0);
  } catch (error) {
    // EPERM: it lives and is somebody else's.
    if (Reflect.get(Object(error), 'code') === 'ESRCH') return false;
  }
  const start = processStart(record.pid);
  return record.processStart === undefined || start === undefined || start === record.processStart;
}

/** Field 22 of proc(5) `stat`, the start of a process in clock ticks since boot; undefined where there is no /proc. */
export function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is a name in parentheses that may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
