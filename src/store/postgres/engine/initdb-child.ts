/**
 * The short-lived process in which the first start makes the database: PGlite's initdb takes some seconds and
 * 800 MB, which die with this process. Usage: `node initdb-child.js <directory that does not exist yet>`.
 */
import { PGlite } from '@electric-sql/pglite';

const [directory] = process.argv.slice(2);
if (directory === undefined) {
  process.stderr.write('usage: initdb-child <directory>\n');
  process.exit(2);
}
// Whoever started this is gone: what it would make, nobody would use.
process.on('disconnect', () => process.exit(3));
const db = await PGlite.create(directory);
await db.exec('CHECKPOINT');
await db.close();
process.exit(0);
