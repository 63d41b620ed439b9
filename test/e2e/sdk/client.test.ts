import assert from 'node:assert/strict';
import {
  ImportInterruptedError,
  isPealbellError,
  Pealbell,
  PealbellError,
  type Retry,
} from '../../../sdk/server/src/index.js';
import { type FaultyProxy, startFaultyProxy, type WayFault } from '../../support/faulty-proxy.js';
import { openWorld } from '../../support/world.js';
import { newToken, openScene, type Scene } from '../delivery/scene.js';

const OVERLOADED: WayFault = {
  kind: 'answer',
  status: 503,
  headers: { 'retry-after': '0', 'content-type': 'application/problem+json' },
  body: JSON.stringify({
    type: '/problems/overloaded',
    title: 'Busy',
    status: 503,
    code: 'overloaded',
    request_id: 'r1',
  }),
};
const HELLO = { notification: { title: 'Hello' } };

/** The client through a way that spoils things, to a real gateway that sends to a real simulator. */
describe('the client', function () {
  this.timeout(60_000);
  let scene: Scene;
  let proxy: FaultyProxy;
  let client: Pealbell;
  const retries: Retry[] = [];
  const onRetry = (retry: Retry) => void retries.push(retry);

  before(async () => {
    scene = await openScene({ world: await openWorld({ roads: 'apns' }) });
    proxy = await startFaultyProxy(scene.gateway.api?.url ?? '');
    client = new Pealbell({ url: proxy.url, key: scene.key, onRetry });
    await scene.device('phone1', { user: 'alice' });
  });
  after(async () => {
    await proxy?.close();
    await scene?.world.close();
  });
  beforeEach(() => {
    proxy.next();
    retries.length = 0;
  });

  const failureOf = async (call: Promise<unknown>): Promise<PealbellError> => {
    const error = await call.then(
      () => assert.fail('it worked'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof PealbellError, String(error));
    return error;
  };

  describe('sending', () => {
    it('sends once though the answer was lost, the gateway was overloaded and a proxy failed', async () => {
      const token = await scene.device('once');
      proxy.next({ kind: 'drop_answer' }, OVERLOADED, { kind: 'answer', status: 502, body: '<h1>Bad Gateway</h1>' });
      const sent = await client.messages.send({ to: { devices: ['once'] }, ...HELLO });
      assert.deepEqual(
        retries.map(({ error, tries }) => [error.code, error.status, tries]),
        [
          ['connection_failed', undefined, 1],
          ['overloaded', 503, 2],
          ['unexpected_answer', 502, 3],
        ],
      );
      const keys = proxy.requests.map(({ headers }) => headers['idempotency-key']);
      assert.deepEqual(new Set(keys), new Set([sent.idempotency_key]));
      assert.equal(keys.length, 4);
      assert.equal(sent.idempotency_replayed, true);
      await client.messages.wait(sent.id);
      assert.equal(scene.arrivals(token).length, 1);
    });

    it('would have sent twice without the key', async () => {
      // Shows that the test above can fail: two calls with keys of their own are two messages.
      const token = await scene.device('twice');
      const first = await client.messages.send({ to: { devices: ['twice'] }, ...HELLO });
      const second = await client.messages.send({ to: { devices: ['twice'] }, ...HELLO });
      assert.notEqual(first.idempotency_key, second.idempotency_key);
      await Promise.all([client.messages.wait(first.id), client.messages.wait(second.id)]);
      assert.equal(scene.arrivals(token).length, 2);
    });

    it('gives the deliveries when it was to wait for them', async () => {
      const message = { to: { users: ['alice', 'nobody'] }, ...HELLO };
      const sent = await client.messages.send(message, { waitSeconds: 10, idempotencyKey: 'waited' });
      assert.equal(sent.idempotency_key, 'waited');
      assert.deepEqual(
        sent.deliveries?.map(({ device, state }) => [device, state]),
        [['phone1', 'sent']],
      );
    });

    it('names every fault of a request, and does not repeat it', async () => {
      const error = await failureOf(
        client.messages.send({ to: { users: [''] }, notification: { title: 1 as unknown as string } }),
      );
      assert.equal(error.code, 'validation_failed');
      assert.equal(error.status, 422);
      assert.equal(error.retryable, false);
      assert.deepEqual(error.errors.map(({ pointer }) => pointer).sort(), ['/notification/title', '/to/users/0']);
      assert.match(error.requestId ?? '', /^req_/);
      assert.match(
        error.message,
        /^POST \/v1\/messages: 422 validation_failed: 2 fields are wrong \(.*\/to\/users\/0 /,
      );
      assert.equal(proxy.requests.length, 1);
    });

    it('sends a batch, each message under a key, each refused by itself', async () => {
      const results = await client.messages.batch([
        { to: { devices: ['phone1'] }, ...HELLO, idempotency_key: 'b1' },
        { to: {}, ...HELLO },
        { to: { devices: ['phone1'] }, ...HELLO, idempotency_key: 'b1' },
      ]);
      assert.deepEqual(
        results.map(({ status, problem }) => [status, problem?.code]),
        [
          [202, undefined],
          [422, 'validation_failed'],
          [202, undefined],
        ],
      );
      assert.equal(results[0]?.message?.id, results[2]?.message?.id);
      assert.match(results[1]?.idempotency_key ?? '', /^[0-9a-f-]{36}$/);
    });

    it('repeats those of a batch that were refused for a passing reason, under the same keys', async () => {
      const busy = { status: 503, problem: JSON.parse(OVERLOADED.body ?? '') };
      const taken = { status: 202, message: { id: 'msg_1' } };
      const answer = (...results: object[]): WayFault => ({
        kind: 'answer',
        status: 200,
        body: JSON.stringify({ results }),
      });
      proxy.next(answer(busy, taken, busy), answer({ status: 202, message: { id: 'msg_0' } }, taken));
      const results = await client.messages.batch(
        [HELLO, HELLO, HELLO].map((more) => ({ to: { users: ['a'] }, ...more })),
      );
      assert.deepEqual(
        results.map(({ message }) => message?.id),
        ['msg_0', 'msg_1', 'msg_1'],
      );
      assert.equal(new Set(results.map(({ idempotency_key }) => idempotency_key)).size, 3);
    });

    it('says what a send would do', async () => {
      const plan = await client.messages.validate({ to: { users: ['alice'] }, ...HELLO });
      assert.equal(plan.providers[0]?.provider, 'apns');
    });
  });

  describe('repeating', () => {
    it('keeps to Retry-After, and gives up where that is too long', async () => {
      const patient = new Pealbell({ url: proxy.url, key: scene.key, onRetry, maxRetryWaitMs: 1_500 });
      const busyFor = (seconds: string): WayFault =>
        ({ ...OVERLOADED, headers: { 'retry-after': seconds } }) as WayFault;
      proxy.next(busyFor('1'));
      const before = performance.now();
      await patient.devices.get('phone1');
      assert.ok(performance.now() - before >= 1_000);
      proxy.next(busyFor('3600'));
      const error = await failureOf(patient.devices.get('phone1'));
      assert.deepEqual([error.code, error.retryable, error.retryAfterMs], ['overloaded', true, 3_600_000]);
      assert.equal(proxy.requests.length, 1);
    });

    it('ends after as many tries as it was given', async () => {
      proxy.next({ kind: 'drop_request' }, { kind: 'drop_request' }, { kind: 'drop_request' });
      const error = await failureOf(client.devices.get('phone1', { retries: 2 }));
      assert.deepEqual([error.code, error.tries, proxy.requests.length], ['connection_failed', 3, 3]);
      assert.match(error.message, /^GET \/v1\/devices\/phone1: no answer from http/);
    });

    it('gives each try its own time', async () => {
      proxy.next({ kind: 'silence' });
      await client.devices.get('phone1', { timeoutMs: 300 });
      assert.deepEqual(
        retries.map(({ error }) => error.code),
        ['timeout'],
      );
    });

    it('ends at once with the reason of a signal, before, during and between tries', async () => {
      const reason = new Error('enough');
      await assert.rejects(client.devices.get('phone1', { signal: AbortSignal.abort(reason) }), reason);
      assert.equal(proxy.requests.length, 0);
      for (const fault of [
        { kind: 'silence' } as const,
        { ...OVERLOADED, headers: { 'retry-after': '20' } } as WayFault,
      ]) {
        const ending = new AbortController();
        proxy.next(fault);
        const call = client.devices.get('phone1', { signal: ending.signal });
        setTimeout(() => ending.abort(reason), 100);
        await assert.rejects(call, reason);
      }
    });

    it('does not take a deletion for failed whose answer was lost', async () => {
      await scene.device('gone');
      proxy.next({ kind: 'drop_answer' });
      await client.devices.delete('gone');
      assert.equal((await failureOf(client.devices.delete('gone'))).code, 'device_not_found');
    });

    it('tells a proxy that answers by itself from the gateway', async () => {
      proxy.next({ kind: 'answer', status: 301, headers: { location: 'https://elsewhere.example/' } });
      const moved = await failureOf(client.devices.get('phone1'));
      assert.deepEqual([moved.code, moved.status], ['unexpected_answer', 301]);
      assert.match(moved.message, /https:\/\/elsewhere\.example/);
      proxy.next({ kind: 'answer', status: 200, body: '<html>Sign in</html>' });
      assert.match((await failureOf(client.devices.get('phone1'))).message, /not the gateway.*Sign in/);
    });
  });

  describe('reading', () => {
    it('turns pages by itself, and lets a caller turn them', async () => {
      await client.devices.put('page0', { platform: 'ios' });
      await client.devices.put('page1', { platform: 'ios' });
      await client.devices.put('page2', { platform: 'ios', user: 'paul' });
      const all: string[] = [];
      for await (const { id } of client.devices.list({ limit: 2 })) all.push(id);
      assert.deepEqual(all, [...all].sort());
      assert.ok(['page0', 'page1', 'page2'].every((id) => all.includes(id)));
      assert.ok(proxy.requests.length > 3);
      const first = await client.devices.list({ limit: 1 }).page();
      const second = await client.devices.list({ limit: 1 }).page(first.next_cursor);
      assert.deepEqual([first.data[0]?.id, second.data[0]?.id], all.slice(0, 2));
      assert.deepEqual(
        (await client.users.devices('paul').take(5)).map(({ id }) => id),
        ['page2'],
      );
      assert.equal((await client.devices.list({ limit: 1 }).take(2)).length, 2);
      assert.equal((await client.devices.patch('page2', { user: null })).user, null);
    });

    it('follows a message to its end, and tells each change once', async () => {
      const { id } = await client.messages.send({ to: { users: ['alice'] }, ...HELLO });
      const seen: string[] = [];
      for await (const message of client.messages.follow(id)) seen.push(JSON.stringify(message));
      assert.equal(new Set(seen).size, seen.length);
      assert.equal(JSON.parse(seen.at(-1) ?? '').status, 'completed');
      const deliveries = await client.messages.deliveries(id).take(10);
      assert.deepEqual(
        deliveries.map(({ device, state }) => [device, state]),
        [['phone1', 'sent']],
      );
      assert.ok((await client.messages.list().take(100)).some((message) => message.id === id));
      assert.equal((await client.messages.cancel(id)).counts.sent, 1);
    });

    it('reads streams to their end, and takes none for whole that broke off', async () => {
      const whole: string[] = [];
      for await (const { id } of client.devices.export()) whole.push(id);
      assert.deepEqual(
        whole,
        (await client.devices.list().take(1_000)).map(({ id }) => id),
      );
      const kept: string[] = [];
      for await (const { type } of client.users.export('alice')) kept.push(type);
      assert.deepEqual([kept[0], kept[1]], ['user', 'device']);
      proxy.next({ kind: 'drop_request' }, { kind: 'cut', afterBytes: 700 });
      const part: string[] = [];
      const error = await failureOf(
        (async () => {
          for await (const { id } of client.devices.export()) part.push(id);
        })(),
      );
      assert.equal(error.code, 'connection_failed');
      // Begun anew while nothing was read yet, but not after: what was given cannot be taken back.
      assert.equal(proxy.requests.length, 2);
      assert.deepEqual(part, whole.slice(0, part.length));
    });

    it('tells what happened, to a message and to a user', async () => {
      const { id } = await client.messages.send({ to: { users: ['alice'] }, ...HELLO });
      await client.messages.wait(id);
      const events = await client.messages.timeline(id, { device: 'phone1' }).take(100);
      assert.ok(events.some(({ event }) => event === 'delivery.sent'));
      const [newest] = await client.users.timeline('alice').take(1);
      assert.equal(newest?.message.id, id);
      assert.match(newest?.explanation ?? '', /Apple took it/);
    });

    it('stops waiting for a message when it was told to', async () => {
      const token = await scene.device('slow');
      scene.fault(token, { kind: 'answer', status: 503, retryAfterSeconds: 60 });
      const { id } = await client.messages.send({ to: { devices: ['slow'] }, ...HELLO });
      const error = await failureOf(client.messages.wait(id, { withinMs: 300 }));
      assert.equal(error.code, 'timeout');
      assert.match(error.message, new RegExp(`^${id} is not over after 300 ms: 0 of 1 devices`));
      await client.messages.cancel(id);
    });

    it('knows one failure from another', async () => {
      const error = await failureOf(client.messages.get('msg_00000000000000000000000000'));
      assert.ok(isPealbellError(error, 'message_not_found') && !isPealbellError(error, 'device_not_found'));
      const stranger = new Pealbell({ url: proxy.url, key: 'pealbell_key_nobody' });
      assert.equal((await failureOf(stranger.messages.list().take(1))).code, 'unauthorized');
    });
  });

  describe('importing', () => {
    const line = (n: number, prefix: string) => ({
      id: `${prefix}${n}`,
      platform: 'ios' as const,
      registrations: [{ provider: 'apns', token: newToken() }],
    });

    it('answers each device while others are still to come', async () => {
      let give = (_n: number): void => {};
      async function* source() {
        for (let n = 0; n < 3; n++) {
          if (n > 0) await new Promise((resolve) => (give = resolve));
          yield line(n, 'live');
        }
      }
      const results = [];
      for await (const result of client.devices.import(source())) {
        results.push([result.line, result.status, result.device.id]);
        give(0); // The next one is only given when this one is answered.
      }
      assert.deepEqual(results, [
        [1, 201, 'live0'],
        [2, 201, 'live1'],
        [3, 201, 'live2'],
      ]);
      assert.equal(proxy.requests.length, 1);
    });

    it('reports each bad device and keeps the good ones', async () => {
      const source = [line(0, 'mix'), { ...line(1, 'mix'), platform: 'fridge' as 'ios' }, line(2, 'mix')];
      const results = [];
      for await (const { ok, problem, device } of client.devices.import(source))
        results.push([device.id, ok, problem?.code]);
      assert.deepEqual(results, [
        ['mix0', true, undefined],
        ['mix1', false, 'validation_failed'],
        ['mix2', true, undefined],
      ]);
    });

    it('goes on where it stood when the connection breaks, again and again', async () => {
      const COUNT = 600;
      proxy.next(
        { kind: 'drop_request' },
        { kind: 'cut', afterBytes: 8_000 },
        { kind: 'cut', afterBytes: 10 },
        OVERLOADED,
      );
      const lines: number[] = [];
      const source = Array.from({ length: COUNT }, (_, n) => line(n, 'cut'));
      for await (const result of client.devices.import(source)) {
        assert.ok(result.ok);
        lines.push(result.line);
      }
      assert.deepEqual(
        lines,
        Array.from({ length: COUNT }, (_, n) => n + 1),
      );
      assert.equal(proxy.requests.length, 5);
      assert.equal((await client.devices.get(`cut${COUNT - 1}`)).registrations.length, 1);
    });

    it('says how far it came when it cannot go on', async () => {
      const cut: WayFault = { kind: 'cut', afterBytes: 2_000 };
      proxy.next(cut, { kind: 'drop_request' }, { kind: 'drop_request' });
      let answered = 0;
      const source = Array.from({ length: 500 }, (_, n) => line(n, 'end'));
      await assert.rejects(
        async () => {
          for await (const _ of client.devices.import(source, { retries: 1 })) answered++;
        },
        (error) => error instanceof ImportInterruptedError && error.answered === answered && answered > 0,
      );
    });

    it('throws what its source throws, after the answers to what came before', async () => {
      async function* source() {
        yield line(0, 'src');
        yield line(1, 'src');
        throw new Error('the file is broken');
      }
      let answered = 0;
      await assert.rejects(async () => {
        for await (const _ of client.devices.import(source())) answered++;
      }, /the file is broken/);
      assert.equal(answered, 2);
    });

    it('reads its source no faster than its results are read, and lets go of it', async () => {
      let given = 0;
      let isClosed = false;
      async function* source() {
        try {
          for (;;) yield line(given++, 'endless');
        } finally {
          isClosed = true;
        }
      }
      for await (const result of client.devices.import(source())) {
        if (result.line === 100) await new Promise((resolve) => setTimeout(resolve, 300));
        if (result.line === 101) break;
      }
      assert.ok(given < 5_000, `${given} devices were taken for 101 results`);
      assert.equal(isClosed, true);
    });

    it('ends with the reason of its signal, and sends nothing where there is nothing', async () => {
      const ending = new AbortController();
      const reason = new Error('enough');
      const never = async function* () {
        yield line(0, 'abort');
        await new Promise(() => {});
      };
      await assert.rejects(async () => {
        for await (const _ of client.devices.import(never(), { signal: ending.signal })) ending.abort(reason);
      }, reason);
      proxy.next();
      for await (const _ of client.devices.import([])) assert.fail('there was nothing');
      assert.equal(proxy.requests.length, 0);
    });
  });
});
