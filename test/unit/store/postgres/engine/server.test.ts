import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { GatewayError, isGatewayError } from '../../../../../src/domain/errors.js';
import { assertServerVersion, openPostgresServer } from '../../../../../src/store/postgres/engine/server.js';
import { mapSqlError } from '../../../../../src/store/postgres/engine/sql-errors.js';

describe('a Postgres server', () => {
  it('that does not answer is told in a sentence without the password', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    await assert.rejects(
      openPostgresServer({ url: `postgres://user:hunter2@127.0.0.1:${port}/x` }),
      (error) =>
        isGatewayError(error, 'store_unavailable') &&
        error.message.includes('store.url') &&
        !error.message.includes('hunter2'),
    );
  });

  it('that hangs up at once is unavailable', async () => {
    const rude = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(rude, 'listening');
    const { port } = rude.address() as AddressInfo;
    await assert.rejects(openPostgresServer({ url: `postgres://u@127.0.0.1:${port}/x` }), (error) =>
      isGatewayError(error, 'store_unavailable'),
    );
    rude.close();
    await once(rude, 'close');
  });

  it('older than 15 is refused, newer ones are not', async () => {
    const version = (number: string, name: string) => ({
      query: async <R>() => ({ rows: [{ number, name }] as R[], rowCount: 1 }),
    });
    await assert.rejects(
      assertServerVersion(version('140012', '14.12')),
      (error) => isGatewayError(error, 'config_invalid') && /14\.12.*15 or newer/.test(error.message),
    );
    await assertServerVersion(version('150000', '15.0'));
    await assertServerVersion(version('180006', '18.6'));
  });
});

describe('errors of a database', () => {
  const rows: readonly [string, string | undefined][] = [
    ['53100', 'disk_full'],
    ['53300', 'store_unavailable'],
    ['57014', 'store_unavailable'],
    ['57P01', 'store_unavailable'],
    ['08006', 'store_unavailable'],
    ['40P01', 'store_unavailable'],
    ['40001', 'store_unavailable'],
    ['58030', 'store_unavailable'],
    ['28P01', 'store_unavailable'],
    ['3D000', 'store_unavailable'],
    ['XX001', 'store_corrupt'],
    ['23505', undefined],
    ['22P05', undefined],
    ['42P01', undefined],
    ['BM001', undefined],
    ['ECONNRESET', 'store_unavailable'],
    ['ETIMEDOUT', 'store_unavailable'],
  ];
  for (const [code, expected] of rows) {
    it(`${code} ${expected === undefined ? 'stays the statement’s own' : `is ${expected}`}`, () => {
      const error = Object.assign(new Error('text'), { code });
      const mapped = mapSqlError(error);
      if (expected === undefined) assert.equal(mapped, error);
      else assert.ok(mapped instanceof GatewayError && mapped.code === expected && mapped.cause === error);
    });
  }

  it('of a connection that ended without a code are store_unavailable', () => {
    for (const text of ['Connection terminated unexpectedly', 'timeout exceeded when trying to connect']) {
      assert.ok(isGatewayError(mapSqlError(new Error(text)), 'store_unavailable'), text);
    }
  });
});
