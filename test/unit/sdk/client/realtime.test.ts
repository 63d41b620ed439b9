import assert from 'node:assert/strict';
import { WebSocket } from 'ws';
import {
  createRealtime,
  memoryStorage,
  type Realtime,
  type RealtimeError,
  type RealtimeOptions,
  type RealtimeState,
} from '../../../../sdk/client/src/index.js';
import { eventually, onceOnline, record } from '../../../contract/realtime-client/client.suite.js';
import {
  type Refusal,
  type ScriptedRealtime,
  scriptedToken,
  startScriptedRealtime,
} from '../../../support/scripted-realtime.js';

describe('the client of a device', () => {
  let gateway: ScriptedRealtime;
  let devices = 0;
  let device = '';
  const clients: Realtime[] = [];

  before(async () => {
    gateway = await startScriptedRealtime();
  });
  beforeEach(() => {
    devices += 1;
    device = `d${devices}`;
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
    gateway.blocked.clear();
    gateway.refuse(undefined);
    gateway.refuseEvent = () => undefined;
  });
  after(() => gateway.close());

  function make(options: Partial<RealtimeOptions> = {}): Realtime {
    const client = createRealtime({
      ...{ url: gateway.url, token: scriptedToken({ device }), webSocket: WebSocket, random: () => Math.random() / 20 },
      ...options,
    });
    clients.push(client);
    return client;
  }
  const vias = () => gateway.opened.filter((one) => one.device === device).map(({ via }) => via);
  const heard = (t: string) => gateway.heard.filter((one) => one.device === device && one.frame.t === t);
  const stopped = (client: Realtime) =>
    new Promise<RealtimeState>((resolve) => client.on('state', (state) => state.kind === 'stopped' && resolve(state)));

  it('goes from transport to transport until one works, and takes its place in the mailbox along', async () => {
    const storage = memoryStorage();
    const client = make({ storage });
    const seen = record(client);
    await seen.state('online');
    gateway.send(device, 'm1');
    await seen.count(1);
    for (const via of ['websocket', 'sse'] as const) {
      gateway.blocked.add(via);
      const before = seen.ids.length;
      gateway.cut();
      gateway.send(device, `after ${via}`);
      await seen.count(before + 1);
    }
    assert.deepEqual([...new Set(vias())], ['websocket', 'sse', 'poll']);
    assert.deepEqual(seen.ids, ['m1', 'after websocket', 'after sse']);
    await eventually(() => gateway.waiting(device).length === 0);
  });

  it('uses what the platform has', async () => {
    const client = make({ transports: ['sse', 'poll'] });
    const seen = record(client);
    await seen.state('online');
    assert.deepEqual(vias(), ['sse']);
    assert.throws(() => make({ transports: [] }), /none of the transports/);
    assert.throws(() => make({ transports: ['carrier_pigeon' as 'poll'] }), /not 'carrier_pigeon'/);
    assert.throws(() => make({ url: 'push.example' }), /such as https:\/\/push.example.com, not 'push.example'/);
    assert.throws(() => make({ token: '' }), /'token' must be/);
    assert.throws(() => make({ ping: { minMs: 1 } }), /5,000 to 240,000/);
  });

  const refusals: readonly [Refusal, number][] = [
    [{ status: 401, code: 'token_refused' }, 4501],
    [{ status: 403, code: 'not_theirs' }, 4502],
    [{ status: 404, code: 'unknown_device' }, 4503],
    [{ status: 404, code: 'no_realtime' }, 4504],
  ];
  for (const transport of ['websocket', 'sse', 'poll'] as const) {
    it(`stops over ${transport} when the gateway says so, and begins again when it is told to`, async () => {
      for (const [refusal, code] of refusals) {
        gateway.refuse(refusal);
        const client = make({ transports: [transport] });
        const end = stopped(client);
        client.connect();
        assert.deepEqual(await end, { kind: 'stopped', code, why: refusal.code });
        gateway.refuse(undefined);
        client.connect();
        await onceOnline(client);
        client.close();
      }
    });

    it(`comes back over ${transport} when the gateway is overloaded, after the time it names`, async () => {
      gateway.refuse({ status: 503, code: 'overloaded', retryAfter: 1 });
      const client = make({ transports: [transport] });
      const waited = new Promise<RealtimeState>((resolve) =>
        client.on('state', (s) => s.kind === 'waiting' && resolve(s)),
      );
      client.connect();
      assert.deepEqual(await waited, { kind: 'waiting', retryInMs: 1_000, why: 'overloaded' });
      gateway.refuse(undefined);
      await onceOnline(client);
    });
  }

  it('gets another access token from the app when one is refused, and tells when that fails', async () => {
    const asked: string[] = [];
    const errors: RealtimeError[] = [];
    const client = make({
      async token(why) {
        asked.push(why);
        if (asked.length === 2) throw new Error('my server is down');
        return scriptedToken({ device, jti: asked.length });
      },
    });
    client.on('error', (error) => errors.push(error));
    client.connect();
    await onceOnline(client);
    gateway.bye(device, 4501, 'token_refused');
    await eventually(() => asked.length === 3);
    await onceOnline(client);
    assert.deepEqual(asked, ['first', 'refused', 'refused']);
    assert.deepEqual(
      errors.map(({ code, cause }) => [code, (cause as Error).message]),
      [['token_failed', 'my server is down']],
    );
  });

  it('calls a handler again that rejects, while those behind wait, and gives up in the end', async () => {
    const client = make({ tries: 2, clock: { now: () => Date.now(), after: quickly } });
    const calls: string[] = [];
    const errors: RealtimeError[] = [];
    client.on('error', (error) => errors.push(error));
    client.on('message', async ({ id }) => {
      calls.push(id);
      if (id === 'never' || (id === 'once' && calls.filter((one) => one === 'once').length === 1))
        throw new Error('no');
    });
    for (const id of ['once', 'never', 'good']) gateway.send(device, id);
    client.connect();
    await eventually(() => gateway.waiting(device).length === 0);
    assert.deepEqual(calls, ['once', 'once', 'never', 'never', 'good']);
    assert.deepEqual(
      errors.map(({ code, message }) => [code, message?.id]),
      [['handler_failed', 'never']],
    );
  });

  it('has as many messages under way as it is told to, begun in order', async () => {
    const client = make({ concurrency: 2 });
    const finish: (() => void)[] = [];
    const begun: string[] = [];
    client.on('message', ({ id }) => {
      begun.push(id);
      return new Promise<void>((end) => finish.push(end));
    });
    for (const id of ['a', 'b', 'c']) gateway.send(device, id);
    client.connect();
    await eventually(() => begun.length === 2 && heard('got').length === 3);
    finish[1]?.();
    await eventually(() => begun.length === 3);
    assert.deepEqual(
      [begun, gateway.waiting(device)],
      [
        ['a', 'b', 'c'],
        ['a', 'c'],
      ],
    );
    finish[0]?.();
    finish[2]?.();
    await eventually(() => gateway.waiting(device).length === 0);
  });

  it('goes on without its storage, and says that it does', async () => {
    const errors: string[] = [];
    const broken = { get: async () => '{"ids": 7', set: () => Promise.reject(new Error('quota')) };
    const client = make({ storage: broken });
    client.on('error', ({ code }) => errors.push(code));
    const seen = record(client);
    gateway.send(device, 'm1');
    await seen.count(1);
    await eventually(() => gateway.waiting(device).length === 0);
    assert.deepEqual([...new Set(errors)], ['storage_failed']);
  });

  it('tells what became of events: safe, refused, or kept for the next start', async () => {
    gateway.refuseEvent = ({ topic }) => (topic === 'bad' ? { code: 'no_upstream', detail: 'not here' } : undefined);
    const storage = memoryStorage();
    const client = make({ storage });
    client.connect();
    await onceOnline(client);
    const all = [client.send('good', { a: 1 }), client.send('bad', {}), client.opened('m1', 'track')];
    assert.deepEqual(await Promise.all(all), [
      { kind: 'safe' },
      { kind: 'refused', code: 'no_upstream', detail: 'not here' },
      { kind: 'safe' },
    ]);
    assert.deepEqual(await client.send('big', { text: 'x'.repeat(17_000) }), {
      ...{ kind: 'refused', code: 'payload_too_large' },
      detail: 'the data of an upstream message has at most 16384 characters',
    });
    gateway.swallow = ({ t }) => t === 'up';
    const late = client.send('late', {});
    await eventually(() => heard('up').some(({ frame }) => frame.topic === 'late'));
    client.close();
    assert.deepEqual(await late, { kind: 'kept' });
    gateway.swallow = () => false;
    make({ storage }).connect();
    await eventually(() => gateway.kept.some((one) => one.device === device && one.frame.topic === 'late'));
    assert.deepEqual((await client.send('x', {})).kind, 'refused');
  });

  it('keeps what was said before it was closed in the same turn', async () => {
    const storage = memoryStorage();
    const hasty = make({ storage });
    hasty.connect();
    const sent = hasty.send('hasty', {});
    hasty.close();
    assert.deepEqual(await sent, { kind: 'kept' });
    assert.deepEqual([hasty.state.kind, vias()], ['closed', []]);
    await eventually(async () => (await storage.get('pealbell.outbox'))?.includes('hasty') === true);
    make({ storage }).connect();
    await eventually(() => gateway.kept.some((one) => one.device === device && one.frame.topic === 'hasty'));
  });

  it('is told of clears, gaps and what it must fetch anew, and survives listeners that throw', async () => {
    const client = make();
    const told: unknown[] = [];
    client.on('resync', () => told.push('resync'));
    client.on('clear', () => {
      throw new Error('listener');
    });
    client.on('clear', ({ tags, reason }) => told.push(...tags, reason));
    client.on('gap', ({ count, reason }) => told.push(count, reason));
    client.on('error', ({ code }) => told.push(code));
    client.connect();
    await onceOnline(client);
    gateway.tell(device, { t: 'clear', ids: ['m1'], tags: ['t1'], reason: 'recalled' });
    gateway.tell(device, { t: 'gap', count: 3, reason: 'mailbox_full', cursor: 'c1' });
    await eventually(() => told.length === 6);
    assert.deepEqual(told, ['resync', 'handler_failed', 't1', 'recalled', 3, 'mailbox_full']);
  });

  it('may be closed by a listener in the middle of anything', async () => {
    const client = make();
    client.on('state', ({ kind }) => kind === 'connecting' && client.close());
    client.connect();
    await eventually(() => client.state.kind === 'closed');
    client.close();
    assert.deepEqual(vias(), []);
  });
});

/** Timers without the waiting. */
function quickly(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, Math.min(ms, 10_000) / 100);
  return () => clearTimeout(timer);
}
