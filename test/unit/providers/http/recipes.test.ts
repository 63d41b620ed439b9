import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { httpKind } from '../../../../providers/http/kind.js';
import { MESSAGE, NOW, openService, recipe, type Service } from './service.js';

describe('Recipes for services', () => {
  let service: Service;

  beforeEach(async () => {
    service = await openService();
  });

  afterEach(() => service.close());

  it('an SMS gateway gets a form, with an id by which it drops doubles', async () => {
    const provider = await service.open(await recipe('sms'));
    assert.equal(provider.isRepeatable, true);
    service.say(201, { sid: 'SM1', status: 'queued' });
    const [outcome] = await service.send();
    assert.deepEqual(outcome, { kind: 'accepted', vendorId: 'SM1' });
    const { url, body, headers } = service.last();
    assert.equal(url, '/v1/messages');
    assert.deepEqual(Object.fromEntries(new URLSearchParams(body)), {
      To: '+4915112345678',
      From: 'Shop',
      Body: 'Paid: Order 7',
      ValidityPeriod: '600',
    });
    assert.equal(headers['idempotency-key'], 'n0');
    assert.equal(headers.authorization, `Basic ${Buffer.from('of SMS_USER:of SMS_PASSWORD').toString('base64')}`);
  });

  it('an SMS gateway’s codes are read, and its parts counted', async () => {
    const settings = await recipe('sms');
    await service.open(settings);
    const kinds: string[] = [];
    for (const [status, code] of [
      [400, 21211],
      [400, 21614],
      [429, 20429],
      [400, 21602],
      [401, 20003],
      [500, 20500],
      [402, 1],
    ] as const) {
      service.say(status, { code, message: 'why', status });
      const [outcome] = await service.send();
      kinds.push(`${code} ${outcome?.kind}`);
    }
    assert.deepEqual(kinds, [
      ...['21211 unregistered', '21614 unregistered', '20429 deferred', '21602 rejected', '20003 misconfigured'],
      ...['20500 deferred', '1 deferred'],
    ]);
    const options = httpKind.options.parse(settings);
    const check = (body: string) => httpKind.check({ ...MESSAGE, notification: { title: 'T', body } }, options);
    assert.deepEqual(check('a'.repeat(157)), []);
    assert.match(check('a'.repeat(158))[0]?.detail ?? '', /takes 2 short messages \(GSM-7, 161 septets\)/);
    assert.equal(check('好'.repeat(199))[0]?.severity, 'error');
    assert.throws(() => httpKind.parsePushToken('alice', options));
  });

  it('a robot gets its text at an address that is signed anew each time', async () => {
    await service.open(await recipe('robot'));
    service.say(200, { errcode: 0, errmsg: 'ok' });
    const token = 'a1'.repeat(32);
    const [outcome] = await service.send({}, token);
    assert.equal(outcome?.kind, 'accepted');
    const { url, body } = service.last();
    const { pathname, searchParams } = new URL(url, 'https://x');
    assert.equal(pathname, '/send');
    const sign = createHmac('sha256', 'of ROBOT_SECRET').update(`${NOW}\nof ROBOT_SECRET`).digest('base64');
    assert.deepEqual(Object.fromEntries(searchParams), { access_token: token, timestamp: String(NOW), sign });
    assert.deepEqual(JSON.parse(body), { msgtype: 'text', text: { content: 'Paid\nOrder 7' } });
    service.say(200, { errcode: 310000, errmsg: 'sign not match' });
    const [refused] = await service.send({}, token);
    assert.equal(refused?.kind, 'misconfigured');
  });

  it('a robot of the other way gets time and signature in the body', async () => {
    await service.open(await recipe('robot-body'));
    service.say(200, { code: 0, msg: 'success' });
    const [outcome] = await service.send({}, 'group-1');
    assert.equal(outcome?.kind, 'accepted');
    const { url, body } = service.last();
    assert.equal(url, '/hook/group-1');
    const timestamp = String(NOW / 1_000);
    const sign = createHmac('sha256', `${timestamp}\nof ROBOT_SECRET`).update('').digest('base64');
    assert.deepEqual(JSON.parse(body), { msg_type: 'text', content: { text: 'Paid\nOrder 7' }, timestamp, sign });
  });
});
