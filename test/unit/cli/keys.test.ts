import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { EXIT } from '../../../src/cli/io.js';
import { keys } from '../../../src/cli/keys.js';
import { isGatewayError } from '../../../src/domain/errors.js';
import { acquireOwnership } from '../../../src/store/postgres/engine/owner.js';
import { emptyDataDirectory } from '../../support/pglite-template.js';

/** A gateway has the embedded store open; what it answers is played. */
describe('pealbell keys beside a running gateway', () => {
  async function scene() {
    const data = await emptyDataDirectory();
    const owner = await acquireOwnership(data);
    await writeFile(join(data, 'gateway.yaml'), `store: { url: "pglite:${data}" }\n`);
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const ending = new AbortController();
    const argv = ['list', '--config', data, '--json'];
    const ended = keys(argv, { stdout, stderr, env: {}, signal: ending.signal });
    return { owner, stdout, stderr, ending, ended };
  }

  it('waits for one that is still starting', async () => {
    const { owner, stdout, stderr, ended } = await scene();
    const [said] = await Promise.race([once(stderr, 'data'), ended.then(() => ['ended'])]);
    assert.equal(String(said), 'The gateway is starting; waiting until it answers.\n');
    owner.serve((_, response) => response.setHeader('content-type', 'application/json').end('{"keys":[]}'));
    assert.equal(await ended, EXIT.done);
    assert.equal(String(stdout.read()), '{"data":[]}\n');
    await owner.release();
  });

  it('stops waiting on Ctrl-C, and says in a sentence what the gateway answered', async () => {
    const { owner, stderr, ending, ended } = await scene();
    await Promise.race([once(stderr, 'data'), ended.then(() => ['ended'])]);
    ending.abort();
    await assert.rejects(
      ended,
      (error: unknown) =>
        isGatewayError(error, 'store_unavailable') &&
        error.message ===
          'The running server refused: It has not finished starting, or is stopping; try again in a moment.',
    );
    await owner.release();
  });
});
