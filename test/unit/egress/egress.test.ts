import assert from 'node:assert/strict';
import type { LookupAddress, LookupOptions } from 'node:dns';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { createEgress, type Egress, EgressRefusedError } from '../../../src/egress/egress.js';

function resolving(...answers: (readonly string[] | Error)[]): (host: string) => Promise<readonly string[]> {
  let at = 0;
  return async () => {
    const answer = answers[Math.min(at, answers.length - 1)] ?? [];
    at += 1;
    if (answer instanceof Error) throw answer;
    return answer;
  };
}

function look(egress: Egress, options: LookupOptions = { all: true }): Promise<string | LookupAddress[]> {
  return new Promise((resolve, reject) => {
    egress.lookup('push.example.org', options, (error, found) => (error ? reject(error) : resolve(found)));
  });
}

describe('egress', () => {
  it('gives every public address of a host, or the first where one is asked for', async () => {
    const egress = createEgress({ allow: [], resolve: resolving(['8.8.8.8', '2606:4700::1111']) });
    assert.deepEqual(await look(egress), [
      { address: '8.8.8.8', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ]);
    assert.equal(await look(egress, {}), '8.8.8.8');
    assert.equal(await look(egress, { family: 6 }), '2606:4700::1111');
    assert.deepEqual(await look(egress, { all: true, family: 4 }), [{ address: '8.8.8.8', family: 4 }]);
  });

  it('refuses a host if any of its addresses is not public, also one of the other family', async () => {
    for (const addresses of [
      ['10.0.0.1'],
      ['8.8.8.8', '127.0.0.1'],
      ['8.8.8.8', '::1'],
      ['::ffff:8.8.8.8'],
      ['8.8.8.8', 'not an address'],
    ]) {
      const egress = createEgress({ allow: [], resolve: resolving(addresses) });
      await assert.rejects(look(egress), EgressRefusedError);
      await assert.rejects(look(egress, { family: 4 }), EgressRefusedError);
    }
  });

  it('reaches a private network that the operator lists, and no other', async () => {
    const resolve = resolving(['10.1.2.3']);
    assert.deepEqual(await look(createEgress({ allow: ['10.1.0.0/16'], resolve })), [
      { address: '10.1.2.3', family: 4 },
    ]);
    await assert.rejects(look(createEgress({ allow: ['10.2.0.0/16'], resolve })), EgressRefusedError);
  });

  it('looks up afresh every time: a name that changes its mind is refused from then on', async () => {
    const egress = createEgress({ allow: [], resolve: resolving(['8.8.8.8'], ['127.0.0.1']) });
    assert.equal(await look(egress, {}), '8.8.8.8');
    await assert.rejects(look(egress), EgressRefusedError);
  });

  it('hands on what the resolver says, and says itself that nothing was found', async () => {
    const broken = createEgress({ allow: [], resolve: resolving(new Error('SERVFAIL')) });
    await assert.rejects(look(broken), /SERVFAIL/);
    await assert.rejects(look(createEgress({ allow: [], resolve: resolving([]) })), { code: 'ENOTFOUND' });
    const v4 = createEgress({ allow: [], resolve: resolving(['8.8.8.8']) });
    await assert.rejects(look(v4, { family: 6, all: true }), { code: 'ENOTFOUND' });
  });

  it('does not wait for a resolver for ever', async () => {
    const egress = createEgress({ allow: [], resolve: () => new Promise(() => {}), resolveTimeoutMs: 10 });
    await assert.rejects(look(egress), { code: 'ETIMEOUT' });
  });

  it('asks the system’s resolver where it is given none', async () => {
    const { lookup } = createEgress({ allow: ['127.0.0.0/8', '::1'] });
    const found = await new Promise<string | LookupAddress[]>((resolve, reject) => {
      lookup('localhost', { all: true }, (error, list) => (error ? reject(error) : resolve(list)));
    });
    assert.ok(Array.isArray(found) && found.length > 0);
    for (const { address } of found) assert.ok(['127.0.0.1', '::1'].includes(address), address);
  });

  it('opens no connection to a refused address', async () => {
    let connections = 0;
    const trap = net.createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    trap.listen(0, '127.0.0.1');
    await once(trap, 'listening');
    const { port } = trap.address() as AddressInfo;
    const { lookup } = createEgress({ allow: [] });
    for (const host of ['localhost', '0x7f000001', '2130706433', '127.1', '0177.0.0.1']) {
      const socket = net.connect({ host, port, lookup });
      const [error] = await once(socket, 'error');
      assert.ok(error instanceof Error, host);
    }
    const allowed = net.connect({
      host: 'localhost',
      port,
      lookup: createEgress({ allow: ['127.0.0.1', '::1'] }).lookup,
    });
    await once(allowed, 'connect');
    allowed.destroy();
    if (connections === 0) await once(trap, 'connection');
    await new Promise((resolve) => trap.close(resolve));
    assert.equal(connections, 1);
  });

  const { checkUrl } = createEgress({ allow: ['127.0.0.0/8', 'fd00::/8'] });

  for (const url of [
    'https://push.example.org/x',
    'https://push.example.org:8443/x',
    'https://127.0.0.1:8443/x',
    'https://[fd00::1]/',
  ]) {
    it(`lets ${url} pass on to the look-up`, () => assert.doesNotThrow(() => checkUrl(new URL(url))));
  }

  for (const url of [
    'http://push.example.org/',
    'ftp://push.example.org/',
    'https://user@push.example.org/',
    'https://:secret@push.example.org/',
    'https://10.0.0.1/',
    'https://8.8.8.8/',
    'https://0x0a.1/',
    'https://0xa000001/',
    'https://167772161/',
    'https://012.0.0.1/',
    'https://10.1/',
    'https://１０.0.0.1/',
    'https://10。0。0。1/',
    'https://10.0.0.1./',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[::ffff:a00:1]/',
    'https://[2606:4700::1111]/',
  ]) {
    it(`refuses ${url}`, () => assert.throws(() => checkUrl(new URL(url)), EgressRefusedError));
  }
});
