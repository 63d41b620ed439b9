import assert from 'node:assert/strict';
import { mongo } from 'mongoose';
import { isGatewayError } from '../../../../src/domain/errors.js';
import { duplicatesOf, isDuplicateKey, mapMongoError } from '../../../../src/store/mongo/engine/mongo-errors.js';

const result = { getWriteConcernError: () => undefined } as mongo.BulkWriteResult; // All that is asked of it.

function bulkError(writeErrors: readonly { readonly code: number; readonly index: number }[]) {
  const first = { message: 'E11000', code: writeErrors[0]?.code, writeErrors };
  return new mongo.MongoBulkWriteError(first as never, result); // As the driver makes them.
}

describe('errors of MongoDB', () => {
  it('tell which writes of a bulk found their key taken, where nothing else went wrong', () => {
    const both = [
      { code: 11_000, index: 2 },
      { code: 11_000, index: 5 },
    ];
    assert.deepEqual(duplicatesOf(bulkError(both)), [2, 5]);
    assert.equal(duplicatesOf(bulkError([...both, { code: 50, index: 6 }])), undefined);
  });

  it('do not take a bulk that the network broke off for one of duplicates', () => {
    const broken = new mongo.MongoBulkWriteError(new mongo.MongoNetworkError('timed out') as never, result);
    assert.equal(duplicatesOf(broken), undefined);
    assert.equal(isDuplicateKey(broken), false);
    const mapped = mapMongoError(broken);
    assert.ok(isGatewayError(mapped) && mapped.code === 'store_unavailable');
  });
});
