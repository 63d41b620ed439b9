import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SCOPES } from '../../src/ports/key-store.js';
import { readLedger } from '../support/verdict.js';
import { type Caller, createCaller, openWorld, until, type World } from '../support/world.js';
import { type Http1Server, openHttp1Server } from '../unit/providers/shared/http1-server.js';

const NUMBER = '+49 151 1234-5678';
const CANONICAL = '+4915112345678';
const LONG = 'a'.repeat(161);

/** An SMS gateway of a test's own, by configuration alone. */
function smsYaml({ origin, ca }: Http1Server): string {
  return `  sms:
    kind: http
    url: ${origin}/messages
    auth: { bearer: "the real key" }
    form: { to: "{{token}}", text: "{{text}}" }
    token: e164
    segments_max: 2
    answer: { id: /sid, code: /code, rules: [{ outcome: token_dead, where: { /code: 21614 } }] }
    ca: ${JSON.stringify(ca)}
`;
}

describe('a service by configuration, in a gateway', function () {
  this.timeout(60_000);
  let world: World;
  let server: Http1Server;
  let real: Caller;
  let test: Caller;

  before(async () => {
    world = await openWorld();
    server = await openHttp1Server('https');
    await appendFile(join(world.configDir, 'apps', 'demo.yaml'), smsYaml(server));
    const gateway = await world.open({ settings: { simulators: world.simulators.controlUrl } });
    const url = gateway.api?.url ?? '';
    real = createCaller(url, await world.key(gateway));
    test = createCaller(url, (await gateway.keys.create({ app: 'demo', scopes: SCOPES, isTest: true })).key);
    for (const call of [real, test]) {
      const { status } = await call('PUT', '/v1/devices/phone', {
        platform: 'android',
        registrations: [{ provider: 'sms', token: NUMBER }],
      });
      assert.equal(status, 201);
    }
  });

  after(async () => {
    await world?.close();
    await server?.close();
  });

  async function sent(call: Caller, notification: object): Promise<Record<string, number>> {
    const answer = await call<{ id: string }>('POST', '/v1/messages', { to: { devices: ['phone'] }, notification });
    assert.equal(answer.status, 202, JSON.stringify(answer.body));
    const read = async () =>
      (await call<{ status: string; counts: Record<string, number> }>('GET', `/v1/messages/${answer.body.id}`)).body;
    return (await until(read, ({ status }) => status === 'completed')).counts;
  }

  it('is sent to as its file says', async () => {
    server.answer = ({ response }) => response.writeHead(201).end('{"sid":"SM1"}');
    assert.equal((await sent(real, { title: 'Paid', body: 'Order 7' })).sent, 1);
    const [request] = server.requests;
    assert.deepEqual(Object.fromEntries(new URLSearchParams(request?.body)), { to: CANONICAL, text: 'Paid\nOrder 7' });
    assert.equal(request?.headers.authorization, 'Bearer the real key');
  });

  it('tells before a message is accepted how many parts it takes, and refuses too many', async () => {
    const validate = (body: string) =>
      real<object>('POST', '/v1/messages/validate', { to: { devices: ['phone'] }, notification: { body } });
    assert.match(JSON.stringify((await validate(LONG)).body), /takes 2 short messages \(GSM-7, 161 septets\)/);
    const refused = await real('POST', '/v1/messages', {
      to: { devices: ['phone'] },
      notification: { body: 'a'.repeat(400) },
    });
    assert.equal(refused.status, 422, JSON.stringify(refused.body));
    assert.match(JSON.stringify(refused.body), /2 at most may go out/);
  });

  it('refuses what is no address of its form', async () => {
    const { status, body } = await real('PUT', '/v1/devices/other', {
      platform: 'android',
      registrations: [{ provider: 'sms', token: 'alice' }],
    });
    assert.equal(status, 422);
    assert.match(JSON.stringify(body), /phone number with its country/);
  });

  it('gets nothing that is sent with a test key: the simulator does, without the credentials', async () => {
    const before = server.requests.length;
    assert.equal((await sent(test, { title: 'Paid' })).sent, 1);
    assert.equal(server.requests.length, before);
    const line = readLedger(world.simulators.ledger).find(({ token }) => token === CANONICAL);
    assert.ok(line?.accepted);
    assert.deepEqual((line as unknown as { payload: unknown }).payload, {
      form: { to: CANONICAL, text: 'Paid' },
      text: 'Paid',
    });
    assert.doesNotMatch(JSON.stringify(line), /the real key/);
  });

  it('retires an address that its answer calls dead, by the file’s rule', async () => {
    server.answer = ({ response }) => response.writeHead(400).end('{"code":"21614"}');
    assert.equal((await sent(real, { title: 'Paid' })).failed, 1);
    const { body } = await real<{ retired: readonly { reason: string }[] }>('GET', '/v1/devices/phone');
    assert.equal(body.retired.length, 1);
  });
});
