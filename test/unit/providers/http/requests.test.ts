import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { httpKind } from '../../../../providers/http/kind.js';
import { MESSAGE, NEVER, NOW, openService, type Service } from './service.js';

const URL_OF = 'https://service.example/send';
const EVIL = '"}],"to":"x" & \\ \n {{token}} 日本 🔔';

describe('Requests to a service', () => {
  let service: Service;

  beforeEach(async () => {
    service = await openService();
  });

  afterEach(() => service.close());

  it('are JSON, with values put in by position, whatever is in them', async () => {
    await service.open({
      url: URL_OF,
      json: {
        to: '{{token}}',
        title: '{{title}}',
        both: 'a {{title}} b {{body|app}}',
        badge: '{{badge}}',
        none: '{{image}}',
        list: ['{{image}}', '{{priority}}', 1, null, true],
        data: '{{data}}',
        one: '{{data.code}}',
        none_in_text: 'x{{data.other}}y',
        ttl: '{{ttl_seconds}}',
        id: '{{message_id}}/{{notification_id}}',
        ends: ['{{expires_at}}', '{{expires_at_s}}', '{{expires_at_ms}}'],
        class: '{{class}}',
      },
    });
    await service.send({
      notification: { title: EVIL, badge: 0 },
      data: { code: EVIL },
      expiresAt: (NOW + 1_500) as typeof MESSAGE.expiresAt & number,
    });
    assert.deepEqual(JSON.parse(service.last().body), {
      to: '+4915112345678',
      title: EVIL,
      both: `a ${EVIL} b shop`,
      badge: 0,
      list: ['high', 1, null, true],
      data: { code: EVIL },
      one: EVIL,
      none_in_text: 'xy',
      ttl: 600,
      id: 'msg_1/n0',
      ends: ['2027-01-15T08:00:01.500Z', 1_800_000_001, 1_800_000_001_500],
      class: 'marketing',
    });
    assert.equal(service.last().headers['content-type'], 'application/json');
    assert.equal(service.last().method, 'POST');
  });

  it('are forms, encoded once, whatever is in the values', async () => {
    await service.open({
      url: URL_OF,
      form: { To: '{{token}}', Body: '{{text}}', Data: '{{data}}', None: '{{image}}', Fix: 'a=b&c' },
    });
    await service.send({ notification: { title: EVIL, body: 'B' }, data: { a: '1' } });
    assert.deepEqual(Object.fromEntries(new URLSearchParams(service.last().body)), {
      To: '+4915112345678',
      Body: `${EVIL}\nB`,
      Data: '{"a":"1"}',
      Fix: 'a=b&c',
    });
    assert.equal(service.last().headers['content-type'], 'application/x-www-form-urlencoded');
  });

  it('have paths and queries that values cannot break out of', async () => {
    await service.open({
      url: 'https://service.example/bot{{secret.bot}}/to/{{token}}?fix=1',
      method: 'GET',
      query: { text: '{{text}}', none: '{{image}}', app: '{{app}}' },
      secrets: { bot: '12:AB' },
    });
    await service.send({ notification: { title: EVIL } }, '../x?y=1');
    const { url, method, body, headers } = service.last();
    assert.equal(method, 'GET');
    assert.equal(body, '');
    assert.equal(headers['content-type'], undefined);
    const { pathname, searchParams } = new URL(url, 'https://x');
    assert.equal(pathname, '/bot12%3AAB/to/..%2Fx%3Fy%3D1');
    assert.deepEqual(Object.fromEntries(searchParams), { fix: '1', text: EVIL, app: 'shop' });
  });

  it('have header fields of ids and secrets, and leave out those without a value', async () => {
    await service.open({
      url: URL_OF,
      json: { to: '{{token}}' },
      headers: {
        'x-id': '{{notification_id}}',
        'x-key': 'k-{{secret.key}}',
        'x-none': '{{collapse_key}}',
        'content-type': 'application/vnd.x+json',
      },
      secrets: { key: 's3' },
    });
    await service.send();
    const { headers } = service.last();
    assert.deepEqual([headers['x-id'], headers['x-key'], headers['x-none']], ['n0', 'k-s3', undefined]);
    assert.equal(headers['content-type'], 'application/vnd.x+json');
  });

  it('have many targets where the file says so, each once', async () => {
    await service.open({
      url: URL_OF,
      batch: 2,
      target: { to: '{{token}}', id: '{{notification_id}}', app: '{{app}}' },
      json: { all: '{{targets}}', flat: '{{tokens}}', text: 'for {{tokens}}' },
    });
    const outcomes = await service.send({}, 'a', 'b', 'c', 'a');
    assert.equal(outcomes.length, 4);
    const bodies = service.server.requests.map(({ body }) => JSON.parse(body) as unknown);
    assert.deepEqual(
      bodies.find((body) => JSON.stringify(body).includes('"b"')),
      {
        all: [
          { to: 'a', id: 'n0', app: 'shop' },
          { to: 'b', id: 'n1', app: 'shop' },
        ],
        flat: ['a', 'b'],
        text: 'for a,b',
      },
    );
    assert.equal(bodies.length, 2);
  });

  it('are changed by an override, except for who gets them', async () => {
    await service.open({ url: URL_OF, json: { to: ['{{token}}'], opts: { a: 1, b: 2 }, text: '{{text}}' } });
    await service.send({ override: { to: ['somebody else'], opts: { b: null, c: 3 }, text: 'own' } });
    assert.deepEqual(JSON.parse(service.last().body), { to: ['+4915112345678'], opts: { a: 1, c: 3 }, text: 'own' });
    await service.open({ url: URL_OF, form: { to: '{{token}}', text: '{{text}}', x: '1' } });
    await service.send({ override: { to: 'somebody else', x: null, y: 2 } });
    assert.deepEqual(Object.fromEntries(new URLSearchParams(service.last().body)), {
      to: '+4915112345678',
      text: 'Paid\nOrder 7',
      y: '2',
    });
  });

  it('say what the channel says to this provider', async () => {
    await service.open({
      url: URL_OF,
      json: { to: '{{token}}', template: '{{setting.template}}', name: '{{channel}}' },
    });
    await service.send({ channel: { name: 'orders', settings: { template: 'T1' } } });
    assert.deepEqual(JSON.parse(service.last().body), { to: '+4915112345678', template: 'T1', name: 'orders' });
    assert.ok(httpKind.channel.safeParse({ template: 'T1', n: 1, b: true }).success);
    assert.equal(httpKind.channel.safeParse({ template: { a: 1 } }).success, false);
  });

  const json = { to: '{{token}}' };
  const credentials: readonly (readonly [string, object, (of: Service) => unknown, unknown])[] = [
    ['a bearer token', { bearer: 'abc' }, (of) => of.last().headers.authorization, 'Bearer abc'],
    [
      'user and password',
      { basic: { user: 'ü', password: 'p:w' } },
      (of) => of.last().headers.authorization,
      `Basic ${Buffer.from('ü:p:w').toString('base64')}`,
    ],
    ['a header field', { header: { name: 'x-api-key', value: 'k' } }, (of) => of.last().headers['x-api-key'], 'k'],
    ['a part of the query', { query: { name: 'key', value: 'a b&c' } }, (of) => of.last().url, '/send?key=a%20b%26c'],
  ];
  for (const [name, auth, read, wanted] of credentials) {
    it(`have ${name}`, async () => {
      await service.open({ url: URL_OF, json, auth });
      await service.send();
      assert.equal(read(service), wanted);
    });
  }

  it('are signed over what is sent', async () => {
    await service.open({
      url: 'https://service.example/send?v=1',
      json,
      auth: {
        hmac: {
          secret: 'k',
          algorithm: 'sha512',
          sign: '{{method}}\n{{path}}\n{{query}}\n{{timestamp}}\n{{nonce}}\n{{body_sha256}}\n{{body}}',
          encoding: 'HEX',
          timestamp: { unit: 'rfc3339', query: 'ts' },
          nonce: { header: 'x-nonce' },
          signature: { header: 'authorization', prefix: 'HMAC ' },
        },
      },
    });
    await service.send();
    await service.send();
    const [first, second] = service.server.requests;
    const nonce = String(second?.headers['x-nonce']);
    assert.notEqual(first?.headers['x-nonce'], nonce);
    assert.equal(second?.url, '/send?v=1&ts=2027-01-15T08%3A00%3A00.000Z');
    const body = '{"to":"+4915112345678"}';
    const digest = createHash('sha256').update(body).digest('hex');
    const signed = `POST\n/send\nv=1&ts=2027-01-15T08%3A00%3A00.000Z\n2027-01-15T08:00:00.000Z\n${nonce}\n${digest}\n${body}`;
    const mac = createHmac('sha512', 'k').update(signed).digest('hex').toUpperCase();
    assert.equal(second?.headers.authorization, `HMAC ${mac}`);
    assert.equal(second?.body, body);
  });

  it('may carry the signature in their body, which is signed without it', async () => {
    const hmac = {
      secret: 'k',
      sign: '{{body}}',
      encoding: 'hex',
      timestamp: { body: 'ts' },
      signature: { body: 'sig' },
    };
    await service.open({ url: URL_OF, form: { to: '{{token}}' }, auth: { hmac } });
    await service.send();
    const mac = createHmac('sha256', 'k').update('to=%2B4915112345678&ts=1800000000').digest('hex');
    assert.equal(service.last().body, `to=%2B4915112345678&ts=1800000000&sig=${mac}`);
  });

  it('have an access token that is fetched once, and again when it is refused', async () => {
    const oauth = {
      token_url: 'https://service.example/token?x=1',
      client_id: 'a b',
      client_secret: 's:&',
      scope: 'send',
      audience: 'aud',
    };
    await service.open({ url: URL_OF, json, auth: { oauth } });
    let given = 0;
    service.server.answer = ({ url, headers, response }) => {
      if (url.startsWith('/token')) {
        given += 1;
        response.end(JSON.stringify({ access_token: `t${given}`, token_type: 'Bearer', expires_in: '3600' }));
      } else if (headers.authorization === 'Bearer t2') response.end('{}');
      else response.writeHead(401).end('{}');
    };
    const [one] = await service.send();
    assert.equal(one?.kind, 'accepted');
    await service.send();
    assert.deepEqual(
      service.server.requests.map(({ url }) => url),
      ['/token?x=1', '/send', '/token?x=1', '/send', '/send'],
    );
    const [token] = service.server.requests;
    assert.deepEqual(Object.fromEntries(new URLSearchParams(token?.body)), {
      grant_type: 'client_credentials',
      scope: 'send',
      audience: 'aud',
    });
    assert.equal(token?.headers.authorization, `Basic ${Buffer.from('a%20b:s%3A%26').toString('base64')}`);
  });

  it('are not made without an access token, and say why', async () => {
    const oauth = {
      token_url: 'https://service.example/token',
      client_id: 'a',
      client_secret: 'TOP',
      client_auth: 'body',
    };
    const provider = await service.open({ url: URL_OF, json, auth: { oauth } });
    service.say(400, { error: 'invalid_client', error_description: 'TOP' });
    const [outcome] = await service.send();
    assert.ok(outcome?.kind === 'misconfigured');
    assert.match(outcome.what, /refused the client \(invalid_client\): check auth\.oauth/);
    assert.equal(new URLSearchParams(service.last().body).get('client_secret'), 'TOP');
    assert.ok('testCredentials' in provider && typeof provider.testCredentials === 'function');
    const test: unknown = await provider.testCredentials(NEVER);
    assert.deepEqual([(test as { verdict: string }).verdict, JSON.stringify(test).includes('TOP')], ['refused', false]);
    assert.ok(service.server.requests.every(({ url }) => url === '/token'));
    service.say(503, '<html>');
    await service.open({ url: URL_OF, json, auth: { oauth } });
    const [later] = await service.send();
    assert.equal(later?.kind, 'deferred');
  });

  it('go to no address that the house does not let out, and the sentence says what to do', async () => {
    const egress = {
      checkUrl() {
        throw new Error('the address names no host but an IP address');
      },
      lookup: () => undefined,
    };
    await assert.rejects(service.open({ url: URL_OF, json }, { egress }), /url of provider under_test .*egress\.allow/);
  });

  it('look hosts up with what they were lent', async () => {
    const asked: string[] = [];
    const provider = await httpKind.open(httpKind.options.parse({ url: URL_OF, json }), {
      ...{ name: 'p', app: 'shop', now: () => NOW as never, observe: () => undefined },
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      egress: {
        checkUrl: () => undefined,
        lookup(host, _options, done) {
          asked.push(host);
          done(new Error('the host is not on the public internet'), []);
        },
      },
    });
    const [outcome] = await provider.send(
      { message: MESSAGE, targets: [{ pushToken: 'a' as never, notificationId: 'n' }] },
      NEVER,
    );
    await provider.close();
    assert.equal(outcome?.kind, 'deferred');
    assert.match(outcome?.detail?.text ?? '', /not on the public internet/);
    assert.deepEqual(asked, ['service.example']);
  });
});
