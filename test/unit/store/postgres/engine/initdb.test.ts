import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isGatewayError } from '../../../../../src/domain/errors.js';
import { createPgliteDirectory } from '../../../../../src/store/postgres/engine/initdb.js';
import { emptyDataDirectory } from '../../../../support/pglite-template.js';

describe('making the embedded database', function () {
  this.timeout(60_000);

  it('makes it once, whole, closed to others, saying so, and clears what a killed first start left', async () => {
    const data = await emptyDataDirectory();
    mkdirSync(join(data, 'pg.new-killed'));
    writeFileSync(join(data, 'pg.new-killed', 'PG_VERSION'), '18');
    const said: string[] = [];
    const directory = join(data, 'pg');
    assert.equal(await createPgliteDirectory({ directory, onProgress: (sentence) => said.push(sentence) }), true);
    assert.deepEqual(readdirSync(data), ['pg']);
    assert.equal(statSync(directory).mode & 0o777, 0o700);
    assert.match(said[0] ?? '', /first start only/);
    assert.equal(await createPgliteDirectory({ directory, onProgress: () => assert.fail('is made already') }), false);
  });

  it('leaves nothing behind when it is stopped, and can be tried again', async () => {
    const data = await emptyDataDirectory();
    const stop = new AbortController();
    const made = createPgliteDirectory({
      directory: join(data, 'pg'),
      signal: stop.signal,
      onProgress: () => setImmediate(() => stop.abort()),
    });
    await assert.rejects(made, (error) => isGatewayError(error, 'store_unavailable') && /stopped/.test(error.message));
    assert.deepEqual(readdirSync(data), []);
  });

  it('gives up after its time', async () => {
    const data = await emptyDataDirectory();
    await assert.rejects(
      createPgliteDirectory({ directory: join(data, 'pg'), timeoutMs: 50 }),
      (error) => isGatewayError(error, 'store_unavailable') && /too long/.test(error.message),
    );
    assert.deepEqual(readdirSync(data), []);
  });

  it('refuses a directory that holds something else, and touches nothing in it', async () => {
    const data = await emptyDataDirectory();
    const directory = join(data, 'pg');
    mkdirSync(directory);
    writeFileSync(join(directory, 'holiday.jpg'), 'x');
    await assert.rejects(createPgliteDirectory({ directory }), (error) => isGatewayError(error, 'store_corrupt'));
    assert.deepEqual(readdirSync(directory), ['holiday.jpg']);
  });
});
