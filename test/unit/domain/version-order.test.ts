import assert from 'node:assert/strict';
import { compareVersions, versionNumbers } from '../../../src/domain/version-order.js';

function order(a: string, b: string): number {
  return Math.sign(compareVersions(versionNumbers(a) ?? [], versionNumbers(b) ?? []));
}

describe('versions', () => {
  const sorted = ['0', '0.0.1', '0.9', '0.10', '1', '1.0.1', '5.2', '5.9.9', '5.10', '10', '99999999999999999999.1'];

  it('come in the order of their numbers', () => {
    for (const [i, a] of sorted.entries()) {
      for (const [j, b] of sorted.entries()) assert.equal(order(a, b), Math.sign(i - j), `${a} and ${b}`);
    }
  });

  for (const [a, b] of [
    ['5', '5.0.0'],
    ['5.2', '05.02'],
    ['5.2', '5.2.0-rc.1'],
    ['0', '0.0'],
    ['5', '5.'],
    ['5', '5..2'],
  ] as const) {
    it(`${a} and ${b} are the same`, () => assert.equal(order(a, b), 0));
  }

  for (const text of ['', 'v5', '.5', ' 5', 'beta']) {
    it(`${JSON.stringify(text)} is none`, () => assert.equal(versionNumbers(text), undefined));
  }
});
