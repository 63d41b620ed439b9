import assert from 'node:assert/strict';
import { frameBytes, type Outgoing } from '../../../src/connector/websocket/frame-bytes.js';
import { SharedBody } from '../../../src/connector/wire.js';

const textOf = ({ head, body }: Outgoing) => head + (body?.text ?? '');
const plain = (head: string): Outgoing => ({ head, body: undefined });
const shared = (head: string, characters: number): Outgoing => ({
  head,
  body: new SharedBody(`{"a":"${'é'.repeat(characters)}"}`),
});

/** Reads unmasked text frames, RFC 6455 §5.2. */
function read(chunks: readonly Buffer[]): readonly string[] {
  const bytes = Buffer.concat(chunks);
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    assert.equal(bytes[at], 0x81);
    const short = bytes.readUInt8(at + 1);
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    const length =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    // The shortest form that holds the length is the only one that is allowed.
    assert.ok(length > (header === 2 ? -1 : header === 4 ? 125 : 65_535));
    texts.push(bytes.toString('utf8', at + header, at + header + length));
    at += header + length;
  }
  return texts;
}

describe('frames of WebSocket messages', () => {
  const cases: readonly (readonly [string, readonly Outgoing[], number])[] = [
    ['one', [plain('{"t":"ping"}')], 1],
    ['one with a body', [shared('{"t":"push",', 10)], 1],
    ['a large body, which is not copied', [shared('{"t":"push",', 3_000)], 2],
    ['one beyond 64 KiB', [shared('{"t":"push",', 40_000)], 2],
    ['each form of length', [125, 126, 127, 65_535, 65_536].map((n) => plain('x'.repeat(n))), 1],
    ['text that is not ASCII', [plain('{"detail":"Grüße 🙂"}')], 1],
    [
      'large ones between small ones',
      [plain('a'), shared('{"n":1,', 3_000), plain('b'), shared('{"n":2,', 5), shared('{"n":3,', 3_000), plain('c')],
      5,
    ],
  ];
  for (const [what, messages, count] of cases) {
    it(`holds ${what} in ${count} buffers`, () => {
      const chunks = frameBytes(messages);
      assert.equal(chunks.length, count);
      assert.deepEqual(read(chunks), messages.map(textOf));
    });
  }
});
