import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../../../src/cli/migrate.js';
import { callCommand } from '../../support/call-command.js';
import { migratedDataDirectory } from '../../support/pglite-template.js';

describe('pealbell migrate', function () {
  this.timeout(60_000);
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'pealbell-migrate-'));
    await writeFile(join(dir, 'gateway.yaml'), `store: { url: "pglite:${await migratedDataDirectory()}" }\n`);
  });
  after(() => rm(dir, { recursive: true, force: true }));

  it('brings the store to the version of the program, and says so', async () => {
    const { code, stdout } = await callCommand(migrate, ['--config', dir]);
    assert.equal(code, 0);
    assert.match(stdout, /^The store is at the version of this program \(\d+ ms\)\.\n$/);
  });

  it('says what is wrong with how it was asked', async () => {
    const { code, stderr } = await callCommand(migrate, ['--config', dir, '--set', 'nothing']);
    assert.equal(code, 2);
    assert.match(stderr, /pealbell migrate --help/);
  });
});
