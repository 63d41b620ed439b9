import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { Pealbell, type PealbellOptions } from '../../../sdk/server/src/index.js';
import { VERSION } from '../../../sdk/server/src/version.js';

const KEY = 'pealbell_key_x';

/** A client over a `fetch` that only remembers what it is asked. */
function recorded(options: Partial<PealbellOptions> = {}) {
  const asked: { readonly url: string; readonly headers: Headers; readonly method: string }[] = [];
  const fetch: PealbellOptions['fetch'] = async (url, init) => {
    asked.push({ url: String(url), headers: new Headers(init?.headers), method: init?.method ?? '' });
    return new Response('{"data":[],"next_cursor":null,"has_more":false}');
  };
  return { asked, client: new Pealbell({ url: 'https://push.example/base/', key: KEY, fetch, ...options }) };
}

describe('a client', () => {
  it('says at once what is wrong with its options, without telling the key', () => {
    const planted: readonly (readonly [Partial<PealbellOptions>, RegExp])[] = [
      [{ url: 'push.example.com' }, /'url' must be such as https:/],
      [{ url: 'ftp://push.example.com' }, /'url' must be such as https:/],
      [{ url: 'https://push.example.com/?a=1' }, /'url' must be such as https:/],
      [{ url: 'https://me:secret@push.example.com' }, /name or a password/],
      [{ key: '' }, /'key' must be a server key/],
      [{ key: ` ${KEY}\n` }, /'key' must be a server key/],
      [{ retries: -1 }, /'retries' must be a number/],
      [{ timeoutMs: Number.NaN }, /'timeoutMs' must be a number/],
    ];
    for (const [options, sentence] of planted) {
      const make = () => new Pealbell({ url: 'http://127.0.0.1', key: KEY, ...options });
      assert.throws(make, (error) => error instanceof TypeError && sentence.test(error.message));
      assert.throws(make, (error) => !String(error).includes(KEY) && !String(error).includes('secret'));
    }
  });

  it('puts the key, the app and the headers it was given on every call, the latest winning', async () => {
    const { asked, client } = recorded({ app: 'shop', headers: { 'X-Proxy': 'a', 'X-Other': 'b' } });
    await client.devices.list().page(undefined);
    await client.devices.get('phone1', { headers: { 'x-proxy': 'c', traceparent: '00-1-2-01' } });
    const [first, second] = asked.map(({ headers }) => headers);
    assert.equal(first?.get('authorization'), `Bearer ${KEY}`);
    assert.equal(first?.get('x-app'), 'shop');
    assert.equal(first?.get('x-proxy'), 'a');
    assert.equal(first?.get('user-agent'), `pealbell-server/${VERSION}`);
    assert.equal(second?.get('x-proxy'), 'c');
    assert.equal(second?.get('x-other'), 'b');
    assert.equal(second?.get('traceparent'), '00-1-2-01');
  });

  it('asks under the path in front of the API, with ids that stay one part of it', async () => {
    const { asked, client } = recorded();
    await client.users.devices('a/b?c#d é', { limit: 5 }).page('x=1');
    assert.equal(
      asked[0]?.url,
      'https://push.example/base/v1/users/a%2Fb%3Fc%23d%20%C3%A9/devices?limit=5&cursor=x%3D1',
    );
  });

  it('refuses ids that a URL would lead elsewhere', async () => {
    const { asked, client } = recorded();
    // Without this, a deletion of `..` would be asked of another resource.
    for (const id of ['', '.', '..']) {
      await assert.rejects(async () => client.devices.delete(id), RangeError);
      assert.throws(() => client.users.devices(id), RangeError);
    }
    assert.equal(asked.length, 0);
  });

  it('throws what is wrong with the values it is given, and tries nothing', async () => {
    const { asked, client } = recorded();
    const message = { to: { users: ['a'] }, metadata: { n: 1n } };
    await assert.rejects(client.messages.send(message), TypeError);
    await assert.rejects(client.messages.send({ to: 'everyone' }, { idempotencyKey: 'a\nb' }), TypeError);
    assert.equal(asked.length, 0);
  });

  it('knows its own version', async () => {
    const manifest = await readFile(new URL('../../../../sdk/server/package.json', import.meta.url), 'utf8');
    assert.equal(VERSION, (JSON.parse(manifest) as { version: string }).version);
  });
});
