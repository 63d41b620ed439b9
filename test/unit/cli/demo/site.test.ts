import assert from 'node:assert/strict';
import { request } from 'node:http';
import { createDesk, DeskRefusal } from '../../../../src/cli/demo/site/desk.js';
import { createFollower, type Story } from '../../../../src/cli/demo/site/follow.js';
import { openLedgerTail } from '../../../../src/cli/demo/site/ledger-tail.js';
import { type Listener, listen } from '../../../../src/cli/demo/site/listener.js';

describe('the server of the demonstration page', () => {
  let listener: Listener;
  before(async () => {
    listener = await listen(
      0,
      async ({ method, path, json }) => ({ status: 200, body: JSON.stringify({ method, path, json: json ?? null }) }),
      () => false,
    );
  });
  after(() => listener.close());

  function ask(method: string, headers: Record<string, string>, body = ''): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: listener.port, method, path: '/demo?x=1', headers };
      request(options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      })
        .on('error', reject)
        .end(body);
    });
  }
  const own = () => `localhost:${listener.port}`;

  it('answers under its own names', async () => {
    for (const host of [own(), `127.0.0.1:${listener.port}`]) {
      assert.equal((await ask('GET', { host })).text, '{"method":"GET","path":"/demo","json":null}');
    }
  });

  it('refuses a name that somebody made to lead here', async () => {
    assert.equal((await ask('GET', { host: 'rebound.example' })).status, 403);
  });

  it('refuses what pages of other origins send', async () => {
    const type = { 'content-type': 'application/json' };
    const from = (origin: string) => ask('POST', { host: own(), origin, ...type }, '{}');
    assert.equal((await from('https://elsewhere.example')).status, 403);
    assert.equal((await from('null')).status, 403);
    assert.equal((await from(`http://${own()}`)).status, 200);
  });

  it('reads JSON, and takes what is none or too long for nothing', async () => {
    const post = async (body: string) =>
      JSON.parse((await ask('POST', { host: own(), 'content-type': 'application/json' }, body)).text).json;
    assert.deepEqual(await post('{"a":1}'), { a: 1 });
    assert.equal(await post('{"a":'), null);
    assert.equal(await post(JSON.stringify('x'.repeat(20_000))), null);
  });

  it('knows GET and POST only', async () => {
    assert.equal((await ask('DELETE', { host: own(), 'content-type': 'application/json' })).status, 405);
  });
});

describe('the desk of the demonstration page', () => {
  const sent: unknown[] = [];
  const take = async (body: unknown) => {
    sent.push(body);
    return { id: 'msg_1' };
  };
  const desk = createDesk({
    // Only `send` of all messages is asked for.
    gateway: { messages: { send: take } } as never,
    url: 'http://127.0.0.1:1',
    key: 'key',
    devices: [{ id: 'alice-phone', pane: 'phone', vendor: 'Apple', address: 'f0' }],
    signal: new AbortController().signal,
  });
  const draft = { title: 'Hello', body: '', route: 'default', ack_timeout_seconds: 3 };

  it('sends to the person of the page alone', async () => {
    assert.deepEqual(await desk.send(draft), { id: 'msg_1' });
    assert.deepEqual(sent.at(-1), {
      to: { users: ['alice'] },
      notification: { title: 'Hello' },
      delivery: { route: 'default', ttl: '10m', ack_timeout: '3s' },
    });
  });

  for (const [what, change] of Object.entries({
    'an empty title': { title: ' ' },
    'a text that is none': { body: 7 },
    'a route it does not know': { route: 'pigeon' },
    'a timeout of no time': { ack_timeout_seconds: 0 },
    'half a second': { ack_timeout_seconds: 0.5 },
  })) {
    it(`refuses ${what} with a sentence`, async () => {
      await assert.rejects(desk.send({ ...draft, ...change }), DeskRefusal);
    });
  }

  it('gives access tokens for its own devices alone', async () => {
    await assert.rejects(desk.token({ device: 'bob-phone' }), /no such device/);
    await assert.rejects(desk.token('alice-phone'), DeskRefusal);
  });
});

describe('the follower of the demonstration page', () => {
  it('tells a story again only when it has changed, the newest message first', async () => {
    const timelines: Record<string, { at: string; event: string }[]> = { a: [], b: [] };
    const gateway = { messages: { timeline: (id: string) => ({ take: async () => [...(timelines[id] ?? [])] }) } };
    const follower = createFollower(gateway as never, new AbortController().signal);
    const idsOf = (stories: readonly Story[]) => stories.map(({ message }) => message);
    follower.add('a');
    follower.add('b');
    timelines.a?.push({ at: '2026-01-01T00:00:00Z', event: 'message.accepted' });
    timelines.b?.push({ at: '2026-01-01T00:00:00Z', event: 'message.accepted' });
    assert.deepEqual(idsOf(await follower.changed()), ['b', 'a']);
    assert.deepEqual(await follower.changed(), []);
    timelines.a?.push({ at: '2026-01-01T00:00:01Z', event: 'message.completed' });
    assert.deepEqual(idsOf(await follower.changed()), ['a']);
    assert.deepEqual(idsOf(follower.told()), ['b', 'a']);
    // Of many, all are looked at in turn.
    follower.add('c');
    for (const id of ['a', 'b']) timelines[id]?.push({ at: '2026-01-01T00:00:02Z', event: 'delivery.opened' });
    const told = [...idsOf(await follower.changed()), ...idsOf(await follower.changed())];
    assert.deepEqual(told.sort(), ['a', 'b']);
  });
});

describe('the tail of the ledger', () => {
  const line = (id: string) =>
    `${JSON.stringify({ provider: 'apns', token: 't', id, payload: null, answer: { status: 200 }, accepted: true, at: 1 })}\n`;

  it('gives what is new since the last look, and starts over when the ledger was cleared', async () => {
    let lines = [line('before')];
    const ask = (async (url: string) => {
      const after = Number(new URL(url).searchParams.get('after'));
      return new Response(lines.slice(after).join(''), { headers: { 'ledger-lines': String(lines.length) } });
    }) as typeof fetch;
    const tail = await openLedgerTail('http://simulator', new AbortController().signal, ask);
    const ids = async () => (await tail.next()).map(({ id }) => id);
    assert.deepEqual(await ids(), []);
    lines.push(line('1'), line('2'));
    assert.deepEqual(await ids(), ['1', '2']);
    assert.deepEqual(await ids(), []);
    lines = [];
    assert.deepEqual(await ids(), []);
    lines = [line('3')];
    assert.deepEqual(await ids(), ['3']);
  });
});
