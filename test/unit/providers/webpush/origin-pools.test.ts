import assert from 'node:assert/strict';
import type { OutgoingRequest, Reply, Transport } from '../../../../providers/shared/transport.js';
import { KeyStanding } from '../../../../providers/webpush/key-standing.js';
import { OriginPools, type OriginPoolsOptions } from '../../../../providers/webpush/origin-pools.js';

const request: OutgoingRequest = { method: 'POST', path: '/', headers: {}, body: Buffer.alloc(0) };
const never = new AbortController().signal;
const unsent: Reply = { kind: 'not_sent', reason: 'unreachable', cause: 'a fake' };

/** Transports that answer when told to. */
function fakes() {
  const opened: string[] = [];
  const closed: string[] = [];
  const waiting: (() => void)[] = [];
  let isHolding = false;
  const open = (origin: string): Transport => {
    opened.push(origin);
    return {
      request: () => {
        if (!isHolding) return Promise.resolve(unsent);
        return new Promise((resolve) => waiting.push(() => resolve(unsent)));
      },
      close: async () => void closed.push(origin),
    };
  };
  return {
    open,
    opened,
    closed,
    hold: () => {
      isHolding = true;
    },
    release: () => {
      isHolding = false;
      for (const one of waiting.splice(0)) one();
    },
  };
}

describe('pools of push services', () => {
  const opened: OriginPools[] = [];
  function pools(options: OriginPoolsOptions): OriginPools {
    const made = new OriginPools(options);
    opened.push(made);
    return made;
  }
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });

  it('are one for each origin, and closed all together', async () => {
    const fake = fakes();
    const made = pools({ open: fake.open });
    for (const origin of ['https://a', 'https://b', 'https://a']) await made.request(origin, request, never);
    assert.deepEqual(fake.opened, ['https://a', 'https://b']);
    await made.close();
    assert.deepEqual(fake.closed.sort(), ['https://a', 'https://b']);
  });

  it('are bounded: the longest unused is closed for a new one', async () => {
    const fake = fakes();
    const made = pools({ open: fake.open, originsMax: 2 });
    for (const origin of ['https://a', 'https://b', 'https://a', 'https://c'])
      await made.request(origin, request, never);
    assert.deepEqual(fake.closed, ['https://b']);
    assert.equal(made.size, 2);
  });

  it('in use are not closed for others: one too many is not sent', async () => {
    const fake = fakes();
    fake.hold();
    const made = pools({ open: fake.open, originsMax: 2 });
    const busy = ['https://a', 'https://b'].map((origin) => made.request(origin, request, never));
    const reply = await made.request('https://c', request, never);
    assert.ok(reply.kind === 'not_sent' && reply.reason === 'queue_full');
    assert.deepEqual(fake.closed, []);
    fake.release();
    await Promise.all(busy);
    await made.request('https://c', request, never);
    assert.deepEqual(fake.closed, ['https://a']);
  });

  it('unused for a while are closed, those in use are not', async () => {
    const fake = fakes();
    let now = 0;
    let onClosed: (origin: string) => void = () => {};
    const closing = new Promise<string>((resolve) => {
      onClosed = resolve;
    });
    const made = pools({ open: fake.open, idleMs: 40, monotonicMs: () => now, onClosed: (origin) => onClosed(origin) });
    await made.request('https://idle', request, never);
    fake.hold();
    const busy = made.request('https://busy', request, never);
    now = 1_000;
    assert.equal(await closing, 'https://idle');
    assert.deepEqual(fake.closed, ['https://idle']);
    fake.release();
    await busy;
  });

  it('an origin that must not be reached is not sent, and takes no place', async () => {
    const made = pools({
      open: () => {
        throw new Error('not there');
      },
    });
    assert.deepEqual(await made.request('https://a', request, never), {
      kind: 'not_sent',
      reason: 'invalid',
      cause: 'not there',
    });
    assert.equal(made.size, 0);
  });
});

describe('the standing of the key', () => {
  it('is proven by an acceptance and lost after five refusals in a row', () => {
    const standing = new KeyStanding();
    assert.equal(standing.isProvenAt('https://a'), false);
    standing.refused('https://a');
    assert.equal(standing.isProvenAt('https://a'), false);
    standing.accepted('https://a');
    for (let at = 0; at < 4; at += 1) standing.refused('https://a');
    assert.equal(standing.isProvenAt('https://a'), true);
    standing.accepted('https://a');
    for (let at = 0; at < 5; at += 1) standing.refused('https://a');
    assert.equal(standing.isProvenAt('https://a'), false);
    standing.accepted('https://a');
    assert.equal(standing.isProvenAt('https://a'), true);
  });

  it('is each origin’s own; anywhere is enough for hosts that are nobody’s', () => {
    const standing = new KeyStanding();
    assert.equal(standing.isProven, false);
    standing.accepted('https://a');
    assert.equal(standing.isProvenAt('https://b'), false);
    assert.equal(standing.isProven, true);
    for (let at = 0; at < 5; at += 1) standing.refused('https://a');
    assert.equal(standing.isProven, false);
  });

  it('is remembered for a bounded number of origins', () => {
    const standing = new KeyStanding();
    for (let at = 0; at <= 512; at += 1) standing.accepted(`https://h${at}`);
    assert.equal(standing.isProvenAt('https://h0'), false);
    assert.equal(standing.isProvenAt('https://h1'), true);
  });
});
