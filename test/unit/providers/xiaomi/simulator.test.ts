/** Xiaomi's side by itself, asked by a bare client: what it refuses, and with which of Xiaomi's codes. */
import assert from 'node:assert/strict';
import { request } from 'node:https';
import type { XiaomiSimulator } from '../../../../providers/xiaomi/simulator.js';
import { openInbox, openRig, type Rig } from './rig.js';

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
}

type Told = { readonly code: number | string; readonly result: string; readonly data?: Record<string, string> };

describe('Xiaomi’s simulator', () => {
  let rig: Rig;
  let simulator: XiaomiSimulator;
  before(async () => {
    rig = await openRig();
    simulator = rig.simulator;
  });
  after(() => rig.close());

  function ask({ method = 'POST', path = '/v3/message/regid', headers = {}, body = '' }: Asked) {
    const fields = {
      authorization: `key=${simulator.appSecret}`,
      'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
      ...headers,
    };
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
    return new Promise<{ status: number | undefined; told: Told }>((resolve, reject) => {
      const asking = request(
        simulator.url + path,
        { method, ca: rig.ca, agent: false, headers: given as Record<string, string> },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (piece: string) => {
            text += piece;
          });
          response.on('end', () => resolve({ status: response.statusCode, told: JSON.parse(text) as Told }));
        },
      );
      asking.on('error', reject);
      asking.end(method === 'GET' ? undefined : body);
    });
  }

  const PLAIN = { registration_id: 'r-1', restricted_package_name: 'com.example.shop', title: 't', description: 'd' };

  function form(changes: Readonly<Record<string, string | undefined>> = {}): string {
    const fields = Object.entries({ ...PLAIN, pass_through: '0', ...changes });
    return new URLSearchParams(fields.filter((field): field is [string, string] => field[1] !== undefined)).toString();
  }

  it('takes a plain message, in three versions', async () => {
    for (const version of ['v2', 'v3', 'v4']) {
      const { status, told } = await ask({ path: `/${version}/message/regid`, body: form() });
      assert.deepEqual([status, told.code, told.result], [200, 0, 'ok']);
      assert.match(told.data?.id ?? '', /^slm/);
    }
  });

  const many = (count: number) => Array.from({ length: count }, (_, at) => `r-${at}`).join();
  const REFUSED: readonly (readonly [string, Asked, number])[] = [
    ['a path that there is not', { path: '/v5/message/regid', body: form() }, 10020],
    ['another method', { method: 'PUT', body: form() }, 10021],
    ['no credentials', { headers: { authorization: undefined }, body: form() }, 21301],
    ['a wrong secret', { headers: { authorization: 'key=no' }, body: form() }, 21301],
    ['another scheme', { headers: { authorization: 'Bearer x' }, body: form() }, 21301],
    ['JSON', { headers: { 'content-type': 'application/json' }, body: '{}' }, 10007],
    ['no type', { headers: { 'content-type': undefined }, body: form() }, 10007],
    ['a body of a megabyte and more', { body: form({ payload: 'x'.repeat(1_048_577) }) }, 10018],
    ['a parameter twice', { body: `${form()}&title=other` }, 10017],
    ['no target', { body: form({ registration_id: undefined }) }, 10016],
    ['an empty target', { body: form({ registration_id: 'a,,b' }) }, 10017],
    ['a target with a blank', { body: form({ registration_id: 'a b' }) }, 10017],
    ['a target twice', { body: form({ registration_id: 'a,a' }) }, 10017],
    ['1,001 targets', { body: form({ registration_id: many(1_001) }) }, 10017],
    ['no package', { body: form({ restricted_package_name: undefined }) }, 10016],
    ['another package', { body: form({ restricted_package_name: 'com.other' }) }, 22006],
    ['a blank title', { body: form({ title: ' ' }) }, 10041],
    ['no description', { body: form({ description: undefined }) }, 10041],
    ['a title of 50', { body: form({ title: '好'.repeat(50) }) }, 10041],
    ['a description of 128', { body: form({ description: 'x'.repeat(128) }) }, 10041],
    ['pass_through of 2', { body: form({ pass_through: '2' }) }, 10017],
    ['a payload of more than 4 KB', { body: form({ payload: '好'.repeat(1_366) }) }, 10017],
    ['a life that is none', { body: form({ time_to_live: '0' }) }, 10017],
    ['a life of more than 14 days', { body: form({ time_to_live: '1209600001' }) }, 10017],
    ['a notify_id of more than 31 bits', { body: form({ notify_id: '2147483648' }) }, 22103],
    ['a notify_type of 8', { body: form({ notify_type: '8' }) }, 10017],
    ['a job key of 21', { body: form({ 'extra.jobkey': 'x'.repeat(21) }) }, 10017],
    ['a job key that begins with _', { body: form({ 'extra.jobkey': '_x' }) }, 10017],
    ['an effect of 4', { body: form({ 'extra.notify_effect': '4' }) }, 10017],
    ['a page that is none', { body: form({ 'extra.notify_effect': '3', 'extra.web_uri': 'shop://a' }) }, 10017],
    ['a page without its address', { body: form({ 'extra.notify_effect': '3' }) }, 10016],
    ['an activity without its intent', { body: form({ 'extra.notify_effect': '2' }) }, 10016],
    ['a callback that is no address', { body: form({ 'extra.callback': 'here' }) }, 10017],
    ['a parameter for no callback', { body: form({ 'extra.callback.param': 'x' }) }, 10016],
    ['a callback type that there is not', { body: form({ 'extra.callback.type': '4' }) }, 10017],
    [
      'eleven extras',
      {
        body: form(
          Object.fromEntries(
            many(11)
              .split(',')
              .map((key) => [`extra.${key}`, '']),
          ),
        ),
      },
      10017,
    ],
    ['extras of more than 1,024', { body: form({ 'extra.x': 'x'.repeat(1_024) }) }, 10017],
    ['a recall without an id', { path: '/revoke/message', body: form({ notify_id: '1' }) }, 10016],
    [
      'a recall of what it never sent',
      { path: '/revoke/message', body: form({ notify_id: '1', msg_id: 'slm' }) },
      10017,
    ],
    ['statistics of no day', { method: 'GET', path: '/v1/stats/message/counters' }, 10017],
    [
      'statistics of another package',
      {
        method: 'GET',
        path: '/v1/stats/message/counters?start_date=20260101&end_date=20260101&restricted_package_name=com.other',
      },
      22006,
    ],
  ];
  for (const [name, asked, code] of REFUSED) {
    it(`refuses ${name} with ${code}`, async () => {
      rig.ledger.length = 0;
      const { status, told } = await ask(asked);
      assert.deepEqual([status, told.code, told.result], [200, code, 'error']);
      assert.ok(rig.ledger.length > 0 && rig.ledger.every(({ accepted }) => !accepted));
    });
  }

  it('takes 1,000 targets, and data without a title', async () => {
    assert.equal((await ask({ body: form({ registration_id: many(1_000) }) })).told.code, 0);
    const silent = form({ pass_through: '1', title: undefined, description: undefined, payload: 'x' });
    assert.equal((await ask({ body: silent })).told.code, 0);
  });

  it('answers in the forms that documents leave open', async () => {
    simulator.setStyle({ codesAsText: true, authStatus: 401 });
    try {
      assert.equal((await ask({ body: form() })).told.code, '0');
      const refused = await ask({ headers: { authorization: 'key=no' }, body: form() });
      assert.deepEqual([refused.status, refused.told.code], [401, '21301']);
    } finally {
      simulator.setStyle({});
    }
  });

  it('counts the messages of the day, and tells both figures when they are used up', async () => {
    const fresh = await openRig();
    try {
      fresh.simulator.setQuota(2);
      const provider = await fresh.open();
      const message = {
        id: 'm',
        app: 'shop',
        notification: { title: 't' },
        ttlSeconds: 60,
        priority: 'normal',
      } as const;
      const kinds = async (...names: string[]) => {
        const to = names.map((name) => ({ pushToken: name as never, notificationId: 'x' }));
        return (await provider.send({ message, targets: to }, new AbortController().signal)).map(({ kind }) => kind);
      };
      assert.deepEqual(await kinds('regid-1'), ['accepted']);
      assert.deepEqual(await kinds('regid-2', 'regid-3'), ['deferred', 'deferred']);
      assert.deepEqual(await kinds('regid-2'), ['accepted']);
      assert.deepEqual(await kinds('regid-3'), ['deferred']);
    } finally {
      await fresh.close();
    }
  });

  it('tells only the receipts that were asked for, without a parameter where there was none', async () => {
    const inbox = await openInbox();
    try {
      simulator.setDevice('tapped', { kind: 'tapped' });
      simulator.setDevice('dead', { kind: 'dead' });
      const registration_id = 'tapped,dead';
      await ask({ body: form({ registration_id, 'extra.callback': inbox.url, 'extra.callback.type': '16' }) });
      await inbox.until(1);
      assert.equal(inbox.bodies.length, 1);
      const told = JSON.parse(new URLSearchParams(inbox.bodies[0]).get('data') ?? '') as Record<string, object>;
      const [entry] = Object.values(told);
      assert.deepEqual(entry, {
        type: 16,
        targets: 'dead',
        errorCode: 1,
        timestamp: (entry as { timestamp: number }).timestamp,
      });
    } finally {
      await inbox.close();
    }
  });
});
