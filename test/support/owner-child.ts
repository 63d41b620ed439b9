/**
 * A process that tries to own a directory. Usage: `node owner-child.js <directory> [go]`.
 * Writes `ready`, waits for a line on stdin, then writes `owner` and stays until killed, or `refused <sentence>`.
 */
import { once } from 'node:events';
import { isGatewayError } from '../../src/domain/errors.js';
import { acquireOwnership } from '../../src/store/postgres/engine/owner.js';

const [directory = ''] = process.argv.slice(2);
process.stdout.write('ready\n');
await once(process.stdin, 'data');
try {
  const owner = await acquireOwnership(directory);
  owner.serve((_, response) => response.end(String(process.pid)));
  process.stdout.write('owner\n');
} catch (error) {
  if (!isGatewayError(error, 'store_locked')) throw error;
  process.stdout.write(`refused ${error.message}\n`);
  process.stdin.destroy();
}
