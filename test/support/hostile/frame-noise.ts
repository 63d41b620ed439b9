/** Streams of frames, nearly right: made right from a seed, then spoiled bit by bit. */
import fc from 'fast-check';
import { encodeFrame, OPCODES } from './raw-websocket.js';

/** Bytes for one connection after its hello, in the parts in which they are written. */
export type Noise = readonly Buffer[];

const TEXTS = [
  '{"t":"ping"}',
  '{"t":"pong"}',
  '{"t":"got","seq":1}',
  '{"t":"done","ids":["msg_0"]}',
  '{"t":"event","n":1,"id":"msg_0","event":"opened","at":"2026-01-01T00:00:00Z"}',
  '{"t":"up","n":2,"topic":"a","data":{"é":"😀"}}',
];

const frame = fc
  .record({
    payload: fc.constantFrom(...TEXTS),
    opcode: fc.constantFrom(OPCODES.text, OPCODES.text, OPCODES.text, OPCODES.ping, OPCODES.pong),
    mask: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    cutAt: fc.option(fc.nat({ max: 80 }), { nil: undefined }),
  })
  .map(({ payload, opcode, mask, cutAt }) => {
    const bytes = Buffer.from(payload);
    const key = Buffer.from(mask);
    if (opcode !== OPCODES.text || cutAt === undefined) return encodeFrame({ opcode, payload: bytes, mask: key });
    return Buffer.concat([
      encodeFrame({ opcode, fin: false, payload: bytes.subarray(0, cutAt), mask: key }),
      encodeFrame({ opcode: OPCODES.continuation, payload: bytes.subarray(cutAt), mask: key }),
    ]);
  });

type Spoiling = (bytes: Buffer) => Buffer;
const spoiling: fc.Arbitrary<Spoiling> = fc.oneof(
  // A bit of some byte turns.
  fc.record({ at: fc.nat(), bit: fc.nat({ max: 7 }) }).map(({ at, bit }): Spoiling => {
    return (bytes) => {
      const spoiled = Buffer.from(bytes);
      if (spoiled.length > 0) spoiled[at % spoiled.length] = (spoiled[at % spoiled.length] ?? 0) ^ (1 << bit);
      return spoiled;
    };
  }),
  // Bytes are put in.
  fc.record({ at: fc.nat(), more: fc.uint8Array({ minLength: 1, maxLength: 20 }) }).map(({ at, more }): Spoiling => {
    return (bytes) => {
      const place = at % (bytes.length + 1);
      return Buffer.concat([bytes.subarray(0, place), more, bytes.subarray(place)]);
    };
  }),
  // A piece is left out, or comes again.
  fc.record({ at: fc.nat(), length: fc.integer({ min: 1, max: 40 }), again: fc.boolean() }).map(
    ({ at, length, again }): Spoiling =>
      (bytes) => {
        const from = at % (bytes.length + 1);
        const piece = bytes.subarray(from, from + length);
        const rest = bytes.subarray(from + length);
        return Buffer.concat([bytes.subarray(0, from), ...(again ? [piece, piece] : []), rest]);
      },
  ),
);

/** What hostile and broken clients write. The same seed gives the same noise (`fc.sample`). */
export const frameNoise: fc.Arbitrary<Noise> = fc
  .record({
    frames: fc.array(frame, { minLength: 1, maxLength: 8 }),
    spoilings: fc.array(spoiling, { maxLength: 3 }),
    cuts: fc.array(fc.nat(), { maxLength: 4 }),
  })
  .map(({ frames, spoilings, cuts }) => {
    const bytes = spoilings.reduce<Buffer>((before, spoil) => spoil(before), Buffer.concat(frames));
    const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
    return [...places, bytes.length].map((to, at) => bytes.subarray(places[at - 1] ?? 0, to));
  });
