import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { readLines } from '../../../src/http/ndjson.js';

async function lines(chunks: readonly (string | Buffer)[], bytesMax = 1_000): Promise<string[]> {
  const found: string[] = [];
  for await (const line of readLines(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), bytesMax)) {
    found.push(`${line.number} ${line.kind === 'text' ? line.bytes.toString() : 'TOO LONG'}`);
  }
  return found;
}

describe('lines of a stream', () => {
  it('end with a line feed, a carriage return before it, or the stream', async () => {
    assert.deepEqual(await lines(['a\nb\r\nc']), ['1 a', '2 b', '3 c']);
    assert.deepEqual(await lines(['a\n']), ['1 a']);
    assert.deepEqual(await lines([]), []);
  });

  it('are counted but not given when they are empty', async () => {
    assert.deepEqual(await lines(['\n\na\n\r\n\nb\n']), ['3 a', '6 b']);
  });

  it('over the limit are told and do not end the stream', async () => {
    const long = 'x'.repeat(11);
    assert.deepEqual(await lines([`${'x'.repeat(10)}\n${long}\nb\n${long}`], 10), [
      `1 ${'x'.repeat(10)}`,
      '2 TOO LONG',
      '3 b',
      '4 TOO LONG',
    ]);
  });

  it('do not depend on how the bytes were cut', async () => {
    const text = fc.array(
      fc.string({ unit: 'grapheme', maxLength: 30 }).map((line) => line.replace(/[\r\n]/g, '')),
      {
        maxLength: 20,
      },
    );
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(40), { maxLength: 30 }), async (content, cuts) => {
        const whole = Buffer.from(content.map((line) => `${line}\n`).join(''));
        const chunks: Buffer[] = [];
        let at = 0;
        for (const cut of cuts) {
          chunks.push(whole.subarray(at, at + cut));
          at += cut;
        }
        chunks.push(whole.subarray(at));
        const expected = content.flatMap((line, i) => (line === '' ? [] : [`${i + 1} ${line}`]));
        assert.deepEqual(await lines(chunks), expected);
      }),
      { numRuns: 100 },
    );
  });

  it('hold no more of an endless line than its limit', async () => {
    let given = 0;
    async function* endless() {
      for (; given < 2_000; given++) yield Buffer.alloc(64 * 1024, 'x');
    }
    global.gc?.();
    const before = process.memoryUsage().arrayBuffers;
    let peak = 0;
    const watched = async function* () {
      for await (const chunk of endless()) {
        if (given % 100 === 0) peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
        yield chunk;
      }
    };
    for await (const line of readLines(Readable.from(watched()), 1_000)) assert.equal(line.kind, 'too_long');
    assert.ok(peak < 100 * 1024 * 1024, `held ${peak} bytes of 131 MB`);
  });
});
