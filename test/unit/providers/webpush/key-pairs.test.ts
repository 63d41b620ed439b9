import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { KeyPairStock } from '../../../../providers/webpush/key-pairs.js';

/** Resolves in the turn in which the stock holds `count`. */
async function until(stock: KeyPairStock, count: number): Promise<void> {
  while (stock.ready < count) await nextTurn();
}

describe('the stock of key pairs', () => {
  it('makes pairs ahead when nobody takes any, up to its size', async () => {
    const stock = new KeyPairStock(40, 1);
    assert.equal(stock.ready, 0);
    await until(stock, 40);
    stock.take();
    assert.equal(stock.ready, 39);
    await until(stock, 40);
    stock.close();
  });

  it('hands each pair and each salt out once, those made ahead and those made on the spot', async () => {
    const stock = new KeyPairStock(20, 1);
    await until(stock, 20);
    const taken = Array.from({ length: 60 }, () => stock.take());
    assert.equal(new Set(taken.map(({ publicKey }) => publicKey.toString('hex'))).size, 60);
    assert.equal(new Set(taken.map(({ salt }) => salt.toString('hex'))).size, 60);
    assert.equal(new Set(taken.map(({ ecdh }) => ecdh)).size, 60);
    for (const { ecdh, publicKey, salt } of taken) {
      assert.deepEqual(ecdh.getPublicKey(), publicKey);
      assert.equal(publicKey.length, 65);
      assert.equal(salt.length, 16);
    }
    stock.close();
  });

  it('makes nothing while pairs are taken in the same turn', () => {
    const stock = new KeyPairStock(20, 0);
    for (let at = 0; at < 50; at += 1) stock.take();
    assert.equal(stock.ready, 0);
    stock.close();
  });

  it('forgets all when closed, and makes no more', async () => {
    const stock = new KeyPairStock(20, 1);
    await until(stock, 20);
    stock.close();
    assert.equal(stock.ready, 0);
    assert.equal(stock.take().publicKey.length, 65);
    await nextTurn();
    assert.equal(stock.ready, 0);
  });
});
