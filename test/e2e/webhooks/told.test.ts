import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express from 'express';
import { Webhook } from 'standardwebhooks';
import { readConfig } from '../../../config/load.js';
import { Pealbell, verifyWebhook, type WebhookEvent, webhookReceiver } from '../../../sdk/server/src/index.js';
import { webhooks } from '../../../src/cli/webhooks.js';
import { openReceiver, type Receiver } from '../../support/receiver-farm.js';
import { openWorld, until } from '../../support/world.js';
import { openDesk } from '../cli/desk.js';
import { openScene, QUICK_RETRY, type Scene, VISIBLE } from '../delivery/scene.js';

const WITHIN_MS = 30_000;

/** Whoever makes an endpoint, and whoever receives: the whole way, as both see it. */
describe('a server that is told what happens', function () {
  this.timeout(60_000);
  let scene: Scene;
  let client: Pealbell;
  let receiver: Receiver;
  let run: ReturnType<typeof openDesk>;
  const servers: Server[] = [];

  before(async () => {
    const world = await openWorld({ roads: 'apns' });
    const settings = { ...QUICK_RETRY, 'egress.allow': '127.0.0.0/8' };
    const read = () => readConfig({ dir: world.configDir, env: {}, flags: { ...world.flags, ...settings } });
    scene = await openScene({ world, settings, variations: { readConfig: read } });
    const url = scene.gateway.api?.url ?? '';
    client = new Pealbell({ url, key: scene.key });
    run = openDesk(url, scene.key);
  });
  after(async () => {
    await scene?.world.close();
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });
  beforeEach(async () => {
    receiver = await openReceiver();
  });
  afterEach(async () => {
    for await (const { id, source } of client.webhooks.list()) if (source === 'api') await client.webhooks.delete(id);
    await receiver.close();
  });

  const got = (): WebhookEvent[] =>
    receiver.calls.flatMap(({ body }) => JSON.parse(body).data.events as WebhookEvent[]);
  const comes = (type: string, count = 1) =>
    until(
      async () => got().filter((event) => event.type === type),
      (found) => found.length >= count,
      WITHIN_MS,
    );
  const settled = (endpoint: string, delivery: string) =>
    until(
      () => client.webhooks.delivery(endpoint, delivery),
      ({ state }) => state !== 'waiting',
      WITHIN_MS,
    );
  const endpoint = (events: string[], more: object = {}) =>
    client.webhooks.create({ url: receiver.url, events, max_wait: '0s', ...more });
  const listening = async (app: express.Express) => {
    const server = createServer(app).listen(0, '127.0.0.1');
    servers.push(server);
    await new Promise((resolve) => server.once('listening', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  };

  it('gets what became of a message, signed so that the library of the specification believes it', async () => {
    const { id, secret } = await endpoint(['message.completed', 'delivery.sent']);
    await scene.device('told1');
    const message = await scene.send(
      { devices: ['told1'] },
      {
        ...VISIBLE,
        metadata: { campaign: 'autumn' },
        tags: ['orders'],
      },
    );
    const [completed] = await comes('message.completed');
    const [sent] = await comes('delivery.sent');
    for (const { headers, body } of receiver.calls) {
      new Webhook(secret).verify(body, headers as Record<string, string>);
      assert.ok(verifyWebhook(headers, body, secret).events.length > 0);
      assert.match(String(headers['content-type']), /^application\/json/);
    }
    assert.ok(completed?.type === 'message.completed' && sent?.type === 'delivery.sent');
    assert.deepEqual([completed.data.message, completed.data.counts.sent], [message, 1]);
    assert.ok('state' in sent.data);
    const { message: of, device, state, provider, metadata, tags } = sent.data;
    assert.deepEqual([of, device, state, provider], [message, 'told1', 'sent', 'apns']);
    assert.deepEqual([metadata, tags], [{ campaign: 'autumn' }, ['orders']]);
    assert.match(sent.id, /^evt_/);
    assert.equal(sent.app, 'demo');
    const listed = await until(
      () => client.webhooks.deliveries(id).take(10),
      (all) => all.length > 0 && all.every((one) => one.state === 'delivered'),
      WITHIN_MS,
    );
    assert.deepEqual(
      listed.map(({ endpoint_seq }) => endpoint_seq),
      listed.map((_, at) => listed.length - at),
    );
  });

  it('that uses our middleware takes a test, and the operator sees what was said', async () => {
    const events: WebhookEvent[] = [];
    let secret = '';
    const app = express();
    app.post('/hook', (req, res, next) =>
      webhookReceiver({ secrets: secret, onEvents: (some) => void events.push(...some) })(req, res, next),
    );
    const made = await client.webhooks.create({ url: await listening(app) });
    secret = made.secret;
    const tested = await run(webhooks, ['test', made.id]);
    assert.equal(tested.code, 0, tested.stdout + tested.stderr);
    assert.match(tested.stdout, /^state +delivered$/m);
    assert.match(tested.stdout, /^attempt 1 .* answered 204 after /m);
    assert.deepEqual(
      events.map(({ type, data }) => [type, data]),
      [['webhook.test', { endpoint: made.id }]],
    );

    const [delivery] = await client.webhooks.deliveries(made.id).take(1);
    const detail = await client.webhooks.delivery(made.id, String(delivery?.id));
    assert.equal(JSON.parse(String(detail.request_body)).data.events[0].type, 'webhook.test');
    const [attempt] = detail.attempts;
    assert.equal(attempt?.request_headers['webhook-id'], detail.id);
    assert.ok(!JSON.stringify(detail).includes('v1,'), 'a signature is shown');
  });

  it('whose JSON parser is faster than our middleware is told so, and the operator sees it', async () => {
    const app = express().use(express.json());
    app.post('/hook', webhookReceiver({ secrets: `whsec_${'A'.repeat(44)}`, onEvents: () => {} }));
    const { id } = await client.webhooks.create({ url: await listening(app) });
    const tested = await run(webhooks, ['test', id]);
    assert.equal(tested.code, 1);
    assert.match(tested.stdout, /answered 500 after .*\n.*mount it before express\.json\(\)/);
  });

  it('gets both signatures while its secret rotates, and then the new one alone', async () => {
    const { id, secret: old } = await endpoint(['device.registered']);
    const { secret } = await client.webhooks.rotateSecret(id, { overlap: '1h' });
    const believed = (call: (typeof receiver.calls)[number] | undefined, by: string) => {
      const now = () => scene.clock.now();
      try {
        return verifyWebhook(call?.headers ?? {}, call?.body ?? '', by, { now }).events.length > 0;
      } catch {
        return false;
      }
    };
    await scene.device('rotated1');
    await comes('device.registered');
    assert.deepEqual([believed(receiver.calls[0], old), believed(receiver.calls[0], secret)], [true, true]);
    scene.clock.forward(3_600_001);
    await scene.device('rotated2');
    await comes('device.registered', 2);
    const last = receiver.calls.at(-1);
    assert.deepEqual([believed(last, old), believed(last, secret)], [false, true]);
  });

  it('gets nothing while it is paused but a test, and all of it in order once it goes on', async () => {
    const { id } = await endpoint(['device.registered'], { order: 'strict' });
    assert.equal((await client.webhooks.pause(id)).state, 'paused');
    for (const name of ['paused1', 'paused2', 'paused3']) await scene.device(name);
    const test = await client.webhooks.test(id);
    assert.equal((await settled(id, test.id)).state, 'delivered');
    assert.deepEqual(
      got().map(({ type }) => type),
      ['webhook.test'],
    );
    assert.equal((await client.webhooks.resume(id)).state, 'active');
    const registered = await comes('device.registered', 3);
    assert.deepEqual(
      registered.map(({ data }) => 'device' in data && data.device),
      ['paused1', 'paused2', 'paused3'],
    );
    assert.deepEqual(
      [...registered].sort((a, b) => a.seq - b.seq),
      registered,
    );
  });

  it('gets again what it is sent anew: by ids, or of a time, with the same events under new calls', async () => {
    const { id } = await endpoint(['device.registered']);
    receiver.answer = (_call, answer) => answer.writeHead(400, { 'webhook-delivery': 'abort-message' }).end('no room');
    await scene.device('again1');
    const [event] = await comes('device.registered');
    const [skipped] = await until(
      () => client.webhooks.deliveries(id, { state: 'skipped' }).take(2),
      (found) => found.length === 1,
      WITHIN_MS,
    );
    const { attempts, request_body } = await client.webhooks.delivery(id, String(skipped?.id));
    assert.deepEqual(
      attempts.map(({ status, response_body }) => [status, response_body]),
      [[400, 'no room']],
    );
    assert.equal(request_body, receiver.calls[0]?.body);

    receiver.answer = (_call, answer) => answer.writeHead(204).end();
    const named = await client.webhooks.replay(id, { deliveries: [String(skipped?.id), 'whc_unknown'] });
    assert.deepEqual(named, { replayed: 1, passed_over: 1, gone: 0 });
    const since = new Date(scene.clock.now() - 60_000).toISOString();
    await comes('device.registered', 2);
    const key = { idempotencyKey: 'once-more' };
    for (let n = 0; n < 2; n++) await client.webhooks.replay(id, { since, state: 'skipped' }, key);
    await comes('device.registered', 3);
    assert.equal((await client.webhooks.replay(id, { since })).replayed, 0, 'nothing was given up');
    const all = await until(
      () => client.webhooks.deliveries(id).take(10),
      (found) => found.every(({ state }) => state !== 'waiting'),
      WITHIN_MS,
    );
    assert.deepEqual(
      all.map(({ endpoint_seq, state, replay_of }) => [endpoint_seq, state, replay_of]),
      [
        [3, 'delivered', skipped?.id],
        [2, 'delivered', skipped?.id],
        [1, 'skipped', null],
      ],
    );
    assert.deepEqual(new Set(got().map((one) => one.id)), new Set([event?.id]));
    assert.equal(new Set(receiver.calls.map(({ headers }) => headers['webhook-id'])).size, 3);
  });

  it('may stand in the file of the app: it comes, changes and goes with it, while the gateway runs', async () => {
    const file = join(scene.world.configDir, 'apps', 'demo.yaml');
    const before = await readFile(file, 'utf8');
    const secret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
    const write = async (events: string) => {
      const hook = `\nwebhooks: { crm: { url: "${receiver.url}", secret: "${secret}", max_wait: 0s, events: [${events}] } }\n`;
      await writeFile(file, events === '' ? before : before + hook, { mode: 0o600 });
      return scene.gateway.liveConfig?.reload('api');
    };
    const changed = [{ key: 'apps.demo.webhooks', change: 'changed' }];
    assert.deepEqual(await write('device.registered'), { kind: 'reloaded', changed, needsRestart: [] });
    await scene.device('filed1');
    await comes('device.registered');
    assert.ok(
      verifyWebhook(receiver.calls[0]?.headers ?? {}, receiver.calls[0]?.body ?? '', secret, {
        now: () => scene.clock.now(),
      }),
    );
    const [crm] = await client.webhooks.list().take(1);
    assert.deepEqual([crm?.name, crm?.source], ['crm', 'file']);

    assert.equal((await write('device.removed'))?.kind, 'reloaded');
    await scene.device('filed2');
    await client.devices.delete('filed2');
    await comes('device.removed');
    assert.equal((await client.webhooks.list().take(1))[0]?.id, crm?.id);
    assert.deepEqual(
      got().map(({ type }) => type),
      ['device.registered', 'device.removed'],
    );

    const faulty = await write('device.remove');
    assert.ok(
      faulty?.kind === 'refused' &&
        /demo\.yaml:\d+:\d+ webhooks\.crm\.events\.0: .*did you mean 'device\.removed'/.test(faulty.faults.join()),
    );
    assert.ok(!JSON.stringify(faulty).includes(secret));
    assert.equal((await client.webhooks.list().take(1)).length, 1);

    assert.deepEqual(await write(''), { kind: 'reloaded', changed, needsRestart: [] });
    assert.deepEqual(await client.webhooks.list().take(1), []);
  });

  it('is made, listed and asked about from the command line', async () => {
    const made = await run(webhooks, [
      'create',
      receiver.url,
      '--events',
      'device.registered, delivery.*',
      '--level',
      'summary',
    ]);
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stdout, /^whsec_[A-Za-z0-9+/]{43}=\n$/);
    const id = /^(whe_\w+): keep the secret/.exec(made.stderr)?.[1] ?? '';
    const listed = await run(webhooks, ['list']);
    assert.match(
      listed.stdout,
      new RegExp(`^${id} +active +${receiver.url} +device.registered,delivery\\.\\* +summary +never`, 'm'),
    );
    assert.doesNotMatch(listed.stdout, /whsec_/);
    await scene.device('line1');
    await comes('device.registered');
    const shown = await until(
      () => run(webhooks, ['deliveries', id]),
      ({ stdout }) => /delivered/.test(stdout),
      WITHIN_MS,
    );
    const call = /^(whc_\w+) +1 +delivered +1 +1 /m.exec(shown.stdout)?.[1] ?? '';
    assert.match((await run(webhooks, ['deliveries', id, call])).stdout, /^body +\{"type":"events",.*line1/m);
    const replayed = await run(webhooks, ['replay', id, '--since', '1h', '--state', 'delivered']);
    assert.match(replayed.stdout, /^1 call made anew; see: pealbell webhooks deliveries whe_/);
    for (const [argv, sentence] of [
      [[], /^say what to do: list, create, test, deliveries or replay/],
      [['create'], /^an address is missing: pealbell webhooks create https/],
      [['replay', id], /^say which: --since 24h, or the ids/],
      [['replay', id, '--since', 'soon'], /^--since takes a time such as/],
      [['deliveries', id, '--limit', '0'], /^--limit takes a number/],
      [['list', 'x'], /^one at a time: 'x' is too much/],
    ] as const) {
      const misused = await run(webhooks, argv);
      assert.deepEqual([misused.code, sentence.test(misused.stderr)], [2, true], misused.stderr);
    }
    const refused = await run(webhooks, ['create', 'ftp://a.example']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /\/url must be an absolute URL/);
  });
});
