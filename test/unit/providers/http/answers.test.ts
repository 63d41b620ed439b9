import assert from 'node:assert/strict';
import type { Outcome } from '../../../../providers/contract.js';
import { openService, type Service } from './service.js';

const BASE = { url: 'https://service.example/send', json: { to: '{{token}}', text: '{{text}}' } };
const RULES = {
  code: '/code',
  text: '/msg',
  id: '/data/0/id',
  retry_after: '/wait',
  rules: [
    { outcome: 'accepted', status: '2xx', where: { '/code': 0 } },
    { outcome: 'token_dead', where: { '/code': [11, '12'] } },
    { outcome: 'token_wrong', where: { '/code': 13 } },
    { outcome: 'rejected', status: [400, 422], where: { '/code': null } },
    { outcome: 'too_large', where: { '/code': 15 } },
    { outcome: 'throttled', where: { '/code': 16 } },
    { outcome: 'throttled_target', where: { '/code': 17 } },
    { outcome: 'quota', where: { '/code': 18 } },
    { outcome: 'quota_target', where: { '/code': 19 } },
    { outcome: 'credential', where: { '/code': 20 } },
    { outcome: 'unavailable', where: { '/code': 21, '/ok': false } },
    { outcome: 'accepted', begins: ['OK ', 'queued'] },
  ],
};

/** Kind, scope or reason, and how long, of an outcome. */
function told(outcome: Outcome | undefined): string {
  if (outcome?.kind === 'deferred') {
    return ['deferred', outcome.scope, outcome.reason, outcome.retryAfterMs]
      .filter((part) => part !== undefined)
      .join(' ');
  }
  if (outcome?.kind === 'rejected') return `rejected ${outcome.reason}`;
  return outcome?.kind === 'accepted' ? `accepted ${outcome.vendorId ?? ''}`.trim() : String(outcome?.kind);
}

describe('Answers of a service', () => {
  let service: Service;

  before(async () => {
    service = await openService();
  });

  after(() => service.close());

  beforeEach(() => {
    service.logged.length = 0;
  });

  const UNKNOWN = 'deferred target provider_unavailable';
  const byRules: readonly (readonly [string, number, unknown, string, Readonly<Record<string, string>>?])[] = [
    ['yes', 200, { code: 0, data: [{ id: 'x1' }] }, 'accepted x1'],
    ['yes, with figures as text', 201, { code: '0', data: [{ id: 7 }] }, 'accepted 7'],
    ['yes in plain text', 200, 'OK 123', 'accepted'],
    ['a dead address', 200, { code: 11 }, 'unregistered'],
    ['a dead address by another word', 404, { code: 12 }, 'unregistered'],
    ['an address that is not taken', 200, { code: 13 }, 'rejected token_wrong_app'],
    ['a refused message', 422, { other: 1 }, 'rejected payload_rejected'],
    ['a message too large', 200, { code: 15 }, 'rejected payload_too_large'],
    ['too many requests', 200, { code: 16 }, 'deferred account rate_limited'],
    ['too many, and when to come again', 200, { code: 16, wait: 7 }, 'deferred account rate_limited 7000'],
    ['too many, and a header field', 200, { code: 16 }, 'deferred account rate_limited 9000', { 'retry-after': '9' }],
    ['too many for one', 200, { code: 17 }, 'deferred target rate_limited'],
    ['a quota that is used up', 200, { code: 18 }, 'deferred class quota_exceeded 28800000'],
    ['a quota of one', 200, { code: 19, wait: 60 }, 'deferred target quota_exceeded 60000'],
    ['refused credentials', 200, { code: 20 }, 'misconfigured'],
    ['its own outage', 200, { code: 21, ok: false }, 'deferred account provider_unavailable'],
    ['half of what a rule asks', 200, { code: 21, ok: true }, UNKNOWN],
    ['an unknown code', 200, { code: 999 }, UNKNOWN],
    ['a yes with the status of a no', 400, { code: 0 }, UNKNOWN],
    ['yes that is no JSON', 200, '<html>OK</html>', UNKNOWN],
    ['nothing', 200, '', UNKNOWN],
    ['a list', 200, [], UNKNOWN],
    ['another place', 302, '', UNKNOWN, { location: 'https://other.example/' }],
    ['not found', 404, '', UNKNOWN],
    ['forbidden', 403, '<html>', UNKNOWN],
    ['its usual outage', 503, '<html>', 'deferred account provider_unavailable'],
    ['its usual throttle', 429, '', 'deferred account rate_limited'],
    ['its usual refusal', 401, '', 'misconfigured'],
    ['its usual bound', 413, '', 'rejected payload_too_large'],
  ];
  for (const [name, status, body, wanted, headers] of byRules) {
    it(`say ${name}: ${wanted}`, async () => {
      await service.open({ ...BASE, answer: RULES });
      service.say(status, body, headers);
      const [outcome] = await service.send();
      assert.equal(told(outcome), wanted);
      assert.equal(
        service.logged.some(({ event }) => event === 'http.answer_unexpected'),
        wanted === UNKNOWN,
      );
    });
  }

  it('without rules are judged by their status, a 404 and a 3xx not as anything known', async () => {
    await service.open(BASE);
    const found: string[] = [];
    for (const status of [200, 204, 302, 400, 403, 404, 410, 429, 500]) {
      service.say(status, status === 204 ? '' : {});
      const [outcome] = await service.send();
      found.push(`${status} ${outcome?.kind}`);
    }
    assert.deepEqual(found, [
      ...['200 accepted', '204 accepted', '302 deferred', '400 deferred', '403 deferred', '404 deferred'],
      ...['410 deferred', '429 deferred', '500 deferred'],
    ]);
  });

  it('keep code and text for people, without push tokens', async () => {
    await service.open({ ...BASE, answer: RULES });
    service.say(200, { code: 13, msg: 'no such number' });
    const [first] = await service.send();
    assert.deepEqual(first?.detail, { status: 200, code: '13', text: 'no such number' });
    service.say(200, { code: 13, msg: 'no such number: +4915112345678' });
    const [second] = await service.send();
    assert.deepEqual(second?.detail, { status: 200, code: '13' });
  });

  it('that were cut off are uncertain where no rule is met without the rest', async () => {
    await service.open({ ...BASE, answer: RULES });
    service.server.answer = ({ response, socket }) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"code": 0', () => socket.destroy());
    };
    const [outcome] = await service.send();
    assert.equal(outcome?.kind, 'uncertain');
  });

  const batch = { ...BASE, batch: 10, json: { to: '{{tokens}}' } };

  it('name results by push token, others as the file says', async () => {
    const results = {
      list: '/results',
      token: '/to',
      code: '/why',
      id: '/id',
      rules: [
        { outcome: 'accepted', where: { '/why': null } },
        { outcome: 'token_dead', where: { '/why': 'gone' } },
      ],
      others: 'throttled_target',
    };
    await service.open({ ...batch, answer: { results } });
    service.say(200, {
      results: [{ to: 'b', why: 'gone' }, { to: 'a', id: 'i1' }, { to: 'd', why: 'odd' }, { to: 'x' }],
    });
    const outcomes = await service.send({}, 'a', 'b', 'c', 'd');
    assert.deepEqual(outcomes.map(told), ['accepted i1', 'unregistered', 'deferred target rate_limited', UNKNOWN]);
    assert.equal(outcomes[1]?.detail?.code, 'gone');
    assert.equal(service.logged.length, 1);
  });

  it('list bad push tokens alone', async () => {
    const results = { list: '/invalid', token: '', rules: [{ outcome: 'token_dead' }], others: 'accepted' };
    await service.open({ ...batch, answer: { results, id: '/id' } });
    service.say(200, { id: 'm', invalid: ['b'] });
    assert.deepEqual((await service.send({}, 'a', 'b', 'c')).map(told), ['accepted', 'unregistered', 'accepted']);
    service.say(200, {});
    assert.deepEqual((await service.send({}, 'a')).map(told), ['accepted']);
  });

  it('list results in the order of the targets', async () => {
    const results = {
      list: '',
      rules: [
        { outcome: 'accepted', where: { '/s': 'ok' } },
        { outcome: 'rejected', where: { '/s': 'no' } },
      ],
    };
    await service.open({ ...batch, answer: { results } });
    service.say(200, [{ s: 'ok' }, { s: 'no' }, { s: 'hm' }]);
    assert.deepEqual((await service.send({}, 'a', 'b', 'c')).map(told), [
      'accepted',
      'rejected payload_rejected',
      UNKNOWN,
    ]);
    service.say(200, [{ s: 'ok' }]);
    assert.deepEqual((await service.send({}, 'a', 'b')).map(told), [UNKNOWN, UNKNOWN]);
  });

  it('that call several addresses dead at once retire none', async () => {
    await service.open({ ...batch, answer: RULES });
    service.say(200, { code: 11 });
    assert.deepEqual((await service.send({}, 'a', 'b')).map(told), [
      'rejected token_wrong_app',
      'rejected token_wrong_app',
    ]);
    assert.deepEqual((await service.send({}, 'a')).map(told), ['unregistered']);
  });
});
