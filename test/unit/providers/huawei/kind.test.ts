import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { InvalidInputError } from '../../../../providers/contract.js';
import { huaweiKind } from '../../../../providers/huawei/kind.js';
import { createHuaweiAccount, type HuaweiAccount } from '../../../../providers/huawei/simulator.js';
import { MESSAGE } from './rig.js';

let account: HuaweiAccount;
before(async () => {
  account = await createHuaweiAccount();
});

function faults(options: unknown): string[] {
  const read = huaweiKind.options.safeParse(options);
  return read.success ? [] : read.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
}

const CLIENT = { app_id: '1', client_secret: 's' };

describe('the settings of a Huawei provider', () => {
  it('need one generation’s credentials', () => {
    assert.deepEqual(faults(CLIENT), []);
    assert.deepEqual(faults({ service_account: account.serviceAccount }), []);
    assert.deepEqual(faults({ ...CLIENT, service_account: account.serviceAccount }), []);
    assert.match(faults({})[0] ?? '', /client_secret is needed, unless service_account/);
    assert.match(faults({ client_secret: 's' })[0] ?? '', /app_id is needed/);
  });

  it('that contradict each other are refused', () => {
    assert.match(faults({ service_account: account.serviceAccount, project_id: '1' })[0] ?? '', /project_id/);
    assert.match(faults({ ...CLIENT, category: 'EXPRESS' })[0] ?? '', /one of categories/);
    assert.match(faults({ ...CLIENT, receipt_user: 'u' })[0] ?? '', /receipt_key is needed/);
    assert.match(faults({ ...CLIENT, receipt_key: 'k' })[0] ?? '', /receipt_user is needed/);
    assert.equal(faults({ ...CLIENT, batch: 1_001 }).length, 1);
    assert.equal(faults({ ...CLIENT, categories: ['MARKETING'] }).length, 1);
  });

  it('say what is wrong with a key file, without a word of it', () => {
    const whole = JSON.parse(account.serviceAccount);
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
    const rows: readonly (readonly [unknown, RegExp])[] = [
      ['/run/secrets/file.json', /not its name/],
      ['[]', /not a JSON object/],
      [JSON.stringify({ ...whole, sub_account: '' }), /no sub_account/],
      [JSON.stringify({ ...whole, key_id: 7 }), /no key_id/],
      [JSON.stringify({ ...whole, private_key: 'SECRET' }), /line breaks/],
      [JSON.stringify({ ...whole, private_key: ec }), /RSA/],
    ];
    for (const [service_account, wanted] of rows) {
      const [fault = ''] = faults({ service_account });
      assert.match(fault, wanted);
      assert.doesNotMatch(fault, /SECRET|BEGIN/);
    }
  });

  it('give the quotas of Huawei’s day', () => {
    assert.deepEqual(huaweiKind.quotas(huaweiKind.options.parse(CLIENT)), {
      ...{ dayStartsMinutes: 960, tellAt: [0.8, 1] },
      quotas: [{ class: 'marketing', per: 'device', max: 2 }],
    });
  });
});

describe('a channel of Huawei', () => {
  it('is a category, or says more', () => {
    for (const good of ['EXPRESS', 'MARKETING', {}, { category: 'IM', importance: 'LOW', collapse_group: 100 }]) {
      assert.ok(huaweiKind.channel.safeParse(good).success, JSON.stringify(good));
    }
    for (const bad of ['express', '', 7, null, { category: 'X' }, { colour: '#112233' }, { collapse_group: 101 }]) {
      assert.ok(!huaweiKind.channel.safeParse(bad).success, JSON.stringify(bad));
    }
  });
});

describe('a push token of Huawei’s', () => {
  it('is taken as it is', () => {
    for (const good of ['a', 'IQAAAACy0k-_=/+:.', 'x'.repeat(512)]) assert.equal(huaweiKind.parsePushToken(good), good);
    for (const bad of ['', 'a b', 'a,b', 'a;b', 'a\n', 'é', 'x'.repeat(513), 7, null, ['a']]) {
      assert.throws(() => huaweiKind.parsePushToken(bad), InvalidInputError);
    }
  });
});

describe('what Huawei would be sent', () => {
  const shown = (options: object) => huaweiKind.preview(MESSAGE, 'alert', 0, huaweiKind.options.parse(options)) ?? {};
  it('is shown for the generations that there are credentials for, without addresses', () => {
    assert.deepEqual(Object.keys(shown(CLIENT)), ['v1']);
    assert.deepEqual(Object.keys(shown({ service_account: account.serviceAccount })), ['v3']);
    assert.deepEqual(Object.keys(huaweiKind.preview(MESSAGE, 'alert', 0) ?? {}), ['v1', 'v3']);
    assert.doesNotMatch(JSON.stringify(shown(CLIENT)), /"token"/);
  });

  it('is nothing where the message does not fit', () => {
    assert.equal(huaweiKind.preview({ ...MESSAGE, data: { a: 'x'.repeat(5_000) } }, 'alert', 0), undefined);
  });
});

describe('the twin of a Huawei provider', () => {
  it('has what makes payloads alike, and nothing that opens a door', () => {
    const options = huaweiKind.options.parse({ ...CLIENT, categories: ['IM'], receipt_user: 'u', receipt_key: 'k' });
    const twin = huaweiKind.simulatedOptions(options, { settings: { app_id: '9', client_secret: 'sim' }, ca: 'CA' });
    assert.deepEqual(twin.categories, ['IM']);
    assert.deepEqual([twin.app_id, twin.client_secret, twin.ca], ['9', 'sim', 'CA']);
    assert.equal('receipt_key' in twin, false);
  });
});
