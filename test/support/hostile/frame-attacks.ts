/** Breaches of RFC 6455 and of the realtime protocol, one by one, and what a server has to answer to each. */
import { encodeFrame, OPCODES, type RawFrame } from './raw-websocket.js';

export interface FrameAttack {
  readonly name: string;
  readonly bytes: Buffer;
  /** Close codes that are right; `lives` where it is no breach. */
  readonly answer: readonly number[] | 'lives';
}

const FRAME_BYTES_MAX = 64 * 1024;
const { continuation, text, binary, close, ping, pong } = OPCODES;
const frames = (...list: readonly RawFrame[]) => Buffer.concat(list.map(encodeFrame));
const closing = (code: number, reason: Buffer | string = '') => {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return encodeFrame({ opcode: close, payload: Buffer.concat([payload, Buffer.from(reason)]) });
};

const reservedOpcodes: FrameAttack[] = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => ({
  name: `the reserved opcode ${opcode} (§5.2)`,
  bytes: frames({ opcode, payload: '{}' }),
  answer: [1002],
}));

const reservedBits: FrameAttack[] = [1, 2, 3, 4, 5, 6, 7].map((rsv) => ({
  name: `reserved bits ${rsv} with no extension (§5.2)`,
  bytes: frames({ opcode: text, rsv, payload: '{"t":"ping"}' }),
  answer: [1002],
}));

const controlFrames: FrameAttack[] = [close, ping, pong].flatMap((opcode): FrameAttack[] => [
  { name: `control frame ${opcode} in fragments (§5.5)`, bytes: frames({ opcode, fin: false }), answer: [1002] },
  {
    name: `control frame ${opcode} of 126 bytes (§5.5)`,
    bytes: frames({ opcode, payload: Buffer.alloc(126) }),
    answer: [1002],
  },
  {
    name: `control frame ${opcode} that says 2^40 bytes (§5.5)`,
    bytes: frames({ opcode, says: 1n << 40n }),
    answer: [1002],
  },
]);

const lengths: FrameAttack[] = [
  ...[BigInt(FRAME_BYTES_MAX) + 1n, 1n << 31n, (1n << 53n) - 1n, 1n << 53n, (1n << 63n) - 1n, (1n << 64n) - 1n].map(
    (says): FrameAttack => ({
      name: `a text that says ${says} bytes`,
      bytes: frames({ opcode: text, says, lengthBytes: 8 }),
      answer: [1009],
    }),
  ),
  {
    name: 'fragments that are too large together',
    bytes: frames(
      { opcode: text, fin: false, payload: Buffer.alloc(40_000, 0x20) },
      { opcode: continuation, fin: false, payload: Buffer.alloc(40_000, 0x20) },
    ),
    answer: [1009],
  },
  {
    name: 'more fragments than anybody needs',
    bytes: Buffer.concat([
      encodeFrame({ opcode: text, fin: false }),
      ...new Array<Buffer>(20_000).fill(encodeFrame({ opcode: continuation, fin: false })),
    ]),
    answer: [1008, 1009, 4005],
  },
  {
    name: 'a text without bytes',
    bytes: frames({ opcode: text }),
    answer: [4500],
  },
];

const fragments: FrameAttack[] = [
  {
    name: 'a continuation of nothing (§5.4)',
    bytes: frames({ opcode: continuation, payload: '{}' }),
    answer: [1002],
  },
  {
    name: 'a text inside a fragmented text (§5.4)',
    bytes: frames({ opcode: text, fin: false, payload: '{"t":' }, { opcode: text, payload: '{"t":"ping"}' }),
    answer: [1002],
  },
  {
    name: 'a binary inside a fragmented text (§5.4)',
    bytes: frames({ opcode: text, fin: false, payload: '{"t":' }, { opcode: binary, payload: '{}' }),
    answer: [1002],
  },
  {
    name: 'pings between the fragments of a text, which is allowed (§5.4)',
    bytes: frames(
      { opcode: text, fin: false, payload: '{"t":' },
      { opcode: ping, payload: 'between' },
      { opcode: continuation, fin: false, payload: '"pi' },
      { opcode: ping, payload: 'again' },
      { opcode: continuation, payload: 'ng"}' },
    ),
    answer: 'lives',
  },
];

/** Bytes that no UTF-8 text has (RFC 3629 §3, §10). */
const BROKEN_UTF8: Readonly<Record<string, Buffer>> = {
  'a lone continuation byte': Buffer.from([0x80]),
  'an overlong slash': Buffer.from([0xc0, 0xaf]),
  'a surrogate': Buffer.from([0xed, 0xa0, 0x80]),
  'a code point above U+10FFFF': Buffer.from([0xf4, 0x90, 0x80, 0x80]),
  'five bytes in a row': Buffer.from([0xf8, 0x88, 0x80, 0x80, 0x80]),
  'a sequence that is cut off': Buffer.from([0xe2, 0x82]),
};

/** Each broken text whole, and cut into two fragments at every byte. */
const texts: FrameAttack[] = Object.entries(BROKEN_UTF8).flatMap(([what, broken]) => {
  const whole = Buffer.concat([Buffer.from('{"t":"'), broken, Buffer.from('"}')]);
  const cuts = Array.from({ length: whole.length - 1 }, (_, at) => at + 1);
  return [
    { name: `${what} in a text (§8.1)`, bytes: frames({ opcode: text, payload: whole }), answer: [1007] },
    ...cuts.map((cut) => ({
      name: `${what} in a text of two fragments, cut at ${cut} (§8.1)`,
      bytes: frames(
        { opcode: text, fin: false, payload: whole.subarray(0, cut) },
        { opcode: continuation, payload: whole.subarray(cut) },
      ),
      answer: [1007],
    })),
  ];
});

const masks: FrameAttack[] = [
  {
    name: 'a frame without a mask (§5.1)',
    bytes: frames({ opcode: text, mask: 'none', payload: '{"t":"ping"}' }),
    answer: [1002],
  },
  {
    name: 'a mask of zeros, which is allowed',
    bytes: frames({ opcode: text, mask: Buffer.alloc(4), payload: '{"t":"ping"}' }),
    answer: 'lives',
  },
  {
    name: 'a text masked with something else than its mask',
    bytes: Buffer.concat([
      Buffer.from([0x81, 0x8c, 1, 2, 3, 4]),
      encodeFrame({ opcode: text, mask: Buffer.from([9, 9, 9, 9]), payload: '{"t":"ping"}' }).subarray(6),
    ]),
    answer: [1007, 4500],
  },
];

const closes: FrameAttack[] = [
  { name: 'a close frame of one byte (§5.5.1)', bytes: frames({ opcode: close, payload: 'x' }), answer: [1002] },
  {
    name: 'a close reason that is not UTF-8 (§5.5.1)',
    bytes: closing(1000, Buffer.from([0xc0, 0xaf])),
    answer: [1007],
  },
  ...[0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65_535].map((code) => ({
    name: `the close code ${code} (§7.4)`,
    bytes: closing(code),
    answer: [1002],
  })),
  ...[1000, 1001, 3000, 4000, 4999].map((code) => ({
    name: `the close code ${code}, which is allowed`,
    bytes: closing(code),
    answer: [code],
  })),
];

const contents: FrameAttack[] = [
  { name: 'a binary frame', bytes: frames({ opcode: binary, payload: '{"t":"ping"}' }), answer: [1003, 4500] },
  ...[
    'hello',
    '[]',
    'null',
    '"ping"',
    '{}',
    '{"t":1}',
    '{"t":"nothing"}',
    '{"t":"__proto__"}',
    '{"t":"constructor"}',
    '{"t":"ping"} {"t":"ping"}',
    '{"t":"welcome"}',
    '{"t":"got"}',
    '{"t":"got","seq":-1}',
    '{"t":"got","seq":1.5}',
    '{"t":"got","seq":9007199254740993}',
    '{"t":"done"}',
    '{"t":"done","ids":"msg_x"}',
    '{"t":"done","ids":[1]}',
    `{"t":"done","ids":${JSON.stringify(Array.from({ length: 101 }, (_, n) => `msg_${n}`))}}`,
    '{"t":"event","n":0,"id":"msg_x","event":"opened","at":"2026-01-01T00:00:00Z"}',
    '{"t":"refresh"}',
    '{"t":"up"}',
  ].map((payload) => ({
    name: `the text ${payload.slice(0, 60)}`,
    bytes: frames({ opcode: text, payload }),
    answer: [4500],
  })),
];

/** Answered by a frame `error`, or passed over. */
const harmless: FrameAttack[] = [
  '{"t":"event","n":1,"id":"msg_x","event":"eaten","at":"2026-01-01T00:00:00Z"}',
  '{"t":"up","n":1,"topic":"x","data":[]}',
  '{"t":"got","seq":7}',
  '{"t":"done","ids":["msg_never"]}',
  `{"t":"ping","x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
].map((payload) => ({
  name: `the text ${payload.slice(0, 60)}`,
  bytes: frames({ opcode: text, payload }),
  answer: 'lives',
}));

const lawful: FrameAttack[] = [
  { name: 'a pong that nobody asked for (§5.5.3)', bytes: frames({ opcode: pong, payload: 'x' }), answer: 'lives' },
  { name: 'a ping of 125 bytes', bytes: frames({ opcode: ping, payload: Buffer.alloc(125, 0x61) }), answer: 'lives' },
  {
    name: 'a text in one fragment for each byte',
    bytes: Buffer.concat(
      [...'{"t":"ping"}'].map((byte, at, all) =>
        encodeFrame({ opcode: at === 0 ? text : continuation, fin: at === all.length - 1, payload: byte }),
      ),
    ),
    answer: 'lives',
  },
  {
    name: 'characters of two to four bytes, cut inside each',
    bytes: frames(
      { opcode: text, fin: false, payload: Buffer.from('{"t":"ping","x":"é€😀"}').subarray(0, 18) },
      { opcode: continuation, fin: false, payload: Buffer.from('{"t":"ping","x":"é€😀"}').subarray(18, 20) },
      { opcode: continuation, fin: false, payload: Buffer.from('{"t":"ping","x":"é€😀"}').subarray(20, 24) },
      { opcode: continuation, payload: Buffer.from('{"t":"ping","x":"é€😀"}').subarray(24) },
    ),
    answer: 'lives',
  },
];

export const FRAME_ATTACKS: readonly FrameAttack[] = [
  ...reservedOpcodes,
  ...reservedBits,
  ...controlFrames,
  ...lengths,
  ...fragments,
  ...texts,
  ...masks,
  ...closes,
  ...contents,
  ...harmless,
  ...lawful,
];
