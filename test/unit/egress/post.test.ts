import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { createEgress } from '../../../src/egress/egress.js';
import { createPoster, type Poster } from '../../../src/egress/post.js';
import {
  HOSTILE_KINDS,
  type HostileKind,
  openBadCertificate,
  openHostile,
  openReceiver,
  openTlsStall,
  type Receiver,
} from '../../support/receiver-farm.js';

const LOOPBACK = ['127.0.0.0/8', '::1'];
const TIMEOUT_MS = 400;
/** What a timer may be late by on a busy machine. */
const LATE_MS = 1_000;

const posters: Poster[] = [];
function open(options: Partial<Parameters<typeof createPoster>[0]> = {}): Poster {
  const poster = createPoster({ egress: createEgress({ allow: LOOPBACK }), timeoutMs: TIMEOUT_MS, ...options });
  posters.push(poster);
  return poster;
}
const post = (poster: Poster, url: string, signal = new AbortController().signal) =>
  poster.post(url, { 'content-type': 'application/json' }, Buffer.from('{"ä":1}'), signal);

describe('posting to an address that somebody else chose', () => {
  let receiver: Receiver;
  before(async () => {
    receiver = await openReceiver('https');
  });
  after(async () => {
    for (const poster of posters) poster.close();
    await receiver.close();
  });

  it('sends the bytes over https and gives status, headers and the beginning of the answer', async () => {
    receiver.answer = (_call, response) => response.writeHead(202, { 'x-note': 'seen' }).end('ü'.repeat(5_000));
    const result = await post(open({ ca: receiver.ca }), receiver.url);
    assert.ok(result.kind === 'answered');
    assert.equal(result.status, 202);
    assert.equal(result.headers['x-note'], 'seen');
    assert.equal(result.answer, 'ü'.repeat(2_048));
    const call = receiver.calls.at(-1);
    assert.equal(call?.body, '{"ä":1}');
    assert.equal(call?.headers['accept-encoding'], 'identity');
    assert.equal(call?.headers['content-length'], '8');
  });

  it('uses a connection again where the answer was read to its end, and no other', async () => {
    const poster = open({ ca: receiver.ca });
    const before = receiver.connections();
    receiver.answer = (_call, response) => response.writeHead(200).end('fine');
    for (let n = 0; n < 5; n++) assert.equal((await post(poster, receiver.url)).kind, 'answered');
    assert.equal(receiver.connections() - before, 1);
    receiver.answer = (_call, response) => response.writeHead(200).end('x'.repeat(100_000));
    for (let n = 0; n < 3; n++) assert.equal((await post(poster, receiver.url)).kind, 'answered');
    assert.equal(receiver.connections() - before, 3);
  });

  it('tries anew, at once, where a kept connection was given up by the other side', async () => {
    const poster = open({ ca: receiver.ca });
    receiver.answer = (_call, response) => response.end();
    await post(poster, receiver.url);
    const before = receiver.connections();
    receiver.answer = ({ headers }, response) => {
      if (headers.connection === 'keep-alive') response.socket?.destroy();
      else response.end('here');
    };
    const result = await post(poster, receiver.url);
    assert.equal(result.kind, 'answered');
    assert.equal(receiver.connections() - before, 1);
  });

  it('follows no redirect', async () => {
    const trap = await openReceiver();
    receiver.answer = (_call, response) => response.writeHead(307, { location: trap.url }).end();
    const result = await post(open({ ca: receiver.ca }), receiver.url);
    assert.equal(result.kind === 'answered' && result.status, 307);
    assert.equal(trap.connections(), 0);
    await trap.close();
  });

  it('trusts no certificate that nobody vouches for', async () => {
    const bad = await openBadCertificate();
    const result = await post(open(), bad.url);
    assert.equal(result.kind === 'failed' && result.reason, 'tls');
    assert.match(result.kind === 'failed' ? result.sentence : '', /certificate is not trusted/);
    await bad.close();
  });

  it('ends within its time where TLS never begins', async () => {
    const stall = await openTlsStall();
    const result = await post(open(), stall.url);
    assert.ok(result.kind === 'failed' && result.reason === 'timeout' && result.ms < TIMEOUT_MS + LATE_MS);
    await stall.close();
  });

  it('ends within its time where the look-up never answers', async () => {
    const poster = open({ egress: createEgress({ allow: [], resolve: () => new Promise(() => undefined) }) });
    const result = await post(poster, 'https://hooks.example.org/');
    assert.ok(result.kind === 'failed' && result.reason === 'timeout' && result.ms < TIMEOUT_MS + LATE_MS);
  });

  it('tells of a host that is not there, and of nobody who listens', async () => {
    const none = open({ egress: createEgress({ allow: [], resolve: async () => [] }) });
    const unresolved = await post(none, 'https://hooks.example.org/');
    assert.equal(unresolved.kind === 'failed' && unresolved.reason, 'unresolved');
    const gone = await openReceiver();
    await gone.close();
    const refused = await post(open(), gone.url);
    assert.equal(refused.kind === 'failed' && refused.reason, 'connection');
  });

  const OUTCOMES: Readonly<Record<HostileKind, string>> = {
    hangs: 'timeout',
    floods: 'answered 200',
    drips: 'timeout',
    'drips headers': 'timeout',
    'floods headers': 'garbled',
    'provisional for ever': 'garbled',
    resets: 'connection',
    'closes without a word': 'connection',
    garbage: 'garbled',
    'breaks off': 'connection',
    'gzip bomb': 'answered 200',
    upgrades: 'garbled',
  };
  for (const kind of HOSTILE_KINDS) {
    it(`is done in time with a receiver that shows '${kind}', and leaves no connection`, async () => {
      const hostile = await openHostile(kind);
      const result = await post(open(), hostile.url);
      const told = result.kind === 'answered' ? `answered ${result.status}` : result.kind === 'failed' && result.reason;
      assert.equal(told, OUTCOMES[kind]);
      assert.ok(result.ms < TIMEOUT_MS + LATE_MS, `${result.ms} ms`);
      const answer = result.kind === 'answered' ? result.answer : '';
      assert.ok(Buffer.byteLength(answer) <= 3 * 4_096, 'more than the beginning');
      if (kind !== 'gzip bomb') {
        const deadline = Date.now() + 2_000;
        while (hostile.open() > 0 && Date.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
        assert.equal(hostile.open(), 0);
      }
      await hostile.close();
    });
  }

  it('ends at once where it is told to', async () => {
    const hostile = await openHostile('hangs');
    const stop = new AbortController();
    const result = post(open({ timeoutMs: 60_000 }), hostile.url, stop.signal);
    stop.abort();
    assert.equal((await result).kind, 'aborted');
    assert.equal((await post(open(), hostile.url, AbortSignal.abort())).kind, 'aborted');
    await hostile.close();
  });

  it('gives no head that cannot be sent to the network', async () => {
    const result = await open().post(receiver.url, { 'x-bad': 'a\nb' }, Buffer.alloc(0), new AbortController().signal);
    assert.equal(result.kind, 'failed');
  });
});

describe('a post to where it must not go', () => {
  let connections = 0;
  let trap: net.Server;
  let port: number;
  before(async () => {
    trap = net.createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    trap.listen(0, '::'); // IPv4 as well
    await once(trap, 'listening');
    port = (trap.address() as AddressInfo).port;
  });
  after(() => new Promise((resolve) => trap.close(resolve)));

  /** Spellings of this machine, of private networks and of metadata services. */
  function spellings(): string[] {
    const [loop, meta, ten] = [0x7f000001, 0xa9fea9fe, 0x0a000001];
    const hosts = [
      'localhost',
      'localhost.',
      'LOCALHOST',
      '127.1',
      '127.0.1',
      '0',
      '0.0.0.0',
      '⑫7.0.0.1',
      '１２７.0.0.1',
    ];
    for (const value of [loop, meta, ten]) {
      const bytes = [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
      const forms = bytes.map((byte) => [
        `${byte}`,
        `0x${byte.toString(16)}`,
        `0${byte.toString(8)}`,
        `0x0${byte.toString(16)}`,
      ]);
      for (let n = 0; n < 4 ** 4; n += value === loop ? 1 : 5) {
        hosts.push(forms.map((form, at) => form[(n >> (2 * at)) & 3]).join('.'));
      }
      hosts.push(String(value), `0x${value.toString(16)}`, `0${value.toString(8)}`, `${bytes.join('。')}`);
      const high = (value >>> 16).toString(16);
      const low = (value & 0xffff).toString(16);
      const mapped = [`::ffff:${bytes.join('.')}`, `::ffff:${high}:${low}`, `0:0:0:0:0:ffff:${high}:${low}`];
      const inside = [
        `::${bytes.join('.')}`,
        `64:ff9b::${high}:${low}`,
        `2002:${high}:${low}::1`,
        `::ffff:0:${bytes.join('.')}`,
      ];
      hosts.push(...[...mapped, ...inside].map((address) => `[${address}]`));
    }
    return [...hosts, '[::1]', '[::]', '[fe80::1]', '[fd00:ec2::254]', '[0:0::1]', '[::1%25lo]', 'user@127.0.0.1'];
  }

  it('comes to no connection in any of 400 spellings, over https and http', async () => {
    // Names are asked of a resolver that knows them all, as the machine's own would for its hosts file.
    const poster = open({ egress: createEgress({ allow: [], resolve: async () => ['127.0.0.1'] }) });
    const hosts = spellings();
    assert.ok(hosts.length >= 400, `${hosts.length} spellings`);
    for (const host of hosts) {
      for (const scheme of ['https', 'http']) {
        const result = await post(poster, `${scheme}://${host}:${port}/`);
        assert.equal(result.kind, 'failed', `${scheme}://${host}`);
      }
    }
    assert.equal(connections, 0);
  });

  it('would be counted by the trap', async () => {
    await post(open(), `http://localhost:${port}/`);
    assert.equal(connections, 1);
    connections = 0;
  });

  it('comes to no connection where a name changes its mind between two look-ups', async () => {
    const answers = [['127.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['::ffff:7f00:1'], ['::1'], ['169.254.169.254']];
    for (const answer of answers) {
      let asked = 0;
      const resolve = async () => {
        asked += 1;
        return asked === 1 ? answer : ['8.8.8.8'];
      };
      const result = await post(
        open({ egress: createEgress({ allow: [], resolve }) }),
        `https://hooks.example.org:${port}/`,
      );
      assert.equal(result.kind === 'failed' && result.reason, 'refused');
      assert.equal(asked, 1, 'it is looked up once, and the connection goes to what was checked');
    }
    assert.equal(connections, 0);
  });

  it('goes over plain http into networks that are listed, and to no public address', async () => {
    const listed = createEgress({ allow: ['10.0.0.0/8'], resolve: async () => ['8.8.8.8'] });
    const result = await post(open({ egress: listed }), `http://hooks.example.org:${port}/`);
    assert.equal(result.kind === 'failed' && result.reason, 'refused');
    assert.match(
      result.kind === 'failed' ? result.sentence : '',
      /plain http reaches only networks that egress.allow lists/,
    );
    assert.equal(connections, 0);
  });
});
