import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { PROVIDER_KINDS } from '../../../../providers/catalogue.js';
import { InvalidInputError } from '../../../../providers/contract.js';
import { type FcmOptions, fcmKind, fcmOptions } from '../../../../providers/fcm/kind.js';
import { readServiceAccount } from '../../../../providers/fcm/service-account.js';
import { testEnv } from '../../../contract/provider.suite.js';

const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const ecKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const file = {
  type: 'service_account',
  project_id: 'shop-1a2b3',
  private_key: privateKey,
  client_email: 'sender@shop-1a2b3.iam.gserviceaccount.com',
};
const service_account = JSON.stringify(file);
const ca = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

describe('FCM push tokens', () => {
  const installation = 'fKx0aQ9T3mB1cDe2FgH4iJ';

  it('are kept as they are, letters of both cases too', () => {
    for (const token of [installation, `${installation}:APA91b-Z_z${'q'.repeat(120)}`, 'x'.repeat(4096)]) {
      assert.equal(fcmKind.parsePushToken(token), token);
    }
  });

  for (const bad of [
    '',
    'x'.repeat(19),
    'x'.repeat(4097),
    `${installation} `,
    `${installation}/x`,
    7,
    null,
    undefined,
    {},
  ]) {
    it(`are not ${JSON.stringify(bad)?.slice(0, 30)}`, () => {
      assert.throws(() => fcmKind.parsePushToken(bad), InvalidInputError);
    });
  }
});

describe('FCM settings', () => {
  const good: FcmOptions[] = [
    { service_account },
    { service_account, project_id: 'another-project' },
    { credential: 'application_default', project_id: 'shop-1a2b3' },
    { service_account, endpoint: 'https://localhost:8443', token_endpoint: 'https://localhost:8443/token', ca },
  ];
  for (const options of good) {
    it(`take ${Object.keys(options).join(', ')}`, () => assert.deepEqual(fcmOptions.parse(options), options));
  }

  const bad: [string, object][] = [
    ['service_account', {}],
    ['service_account', { service_account: 'not JSON' }],
    ['credential', { service_account, credential: 'application_default' }],
    ['credential', { credential: 'anything', project_id: 'shop' }],
    ['project_id', { credential: 'application_default' }],
    ['project_id', { service_account, project_id: '../x' }],
    ['endpoint', { service_account, endpoint: 'http://localhost:1' }],
    ['endpoint', { service_account, endpoint: 'https://localhost:1/v1' }],
    ['token_endpoint', { service_account, token_endpoint: 'nonsense' }],
    [
      'token_endpoint',
      { credential: 'application_default', project_id: 'shop', token_endpoint: 'https://localhost:1/token' },
    ],
    ['ca', { service_account, ca: 'x' }],
  ];
  for (const [field, options] of bad) {
    it(`refuse ${JSON.stringify(options)
      .replace(/"\{.*?\}"/, 'a key')
      .slice(0, 90)} at ${field}`, () => {
      const { error } = fcmOptions.safeParse(options);
      assert.deepEqual([...new Set(error?.issues.map(({ path }) => path[0]))], [field]);
    });
  }

  it('refuse a setting they do not know', () => {
    assert.equal(fcmOptions.safeParse({ service_account, serviceaccount: 'x' }).success, false);
  });
});

describe('a service account', () => {
  it('is its project and the whole file', () => {
    assert.deepEqual(readServiceAccount(service_account), { projectId: 'shop-1a2b3', json: file });
  });

  const cases: [string, string, RegExp][] = [
    ['a path', '/run/secrets/fcm.json', /not JSON/],
    ['a list', '[]', /not a JSON object/],
    ['other credentials', JSON.stringify({ type: 'external_account' }), /external_account.*application_default/],
    ['no type', JSON.stringify({ ...file, type: undefined }), /not the key file/],
    ['no project', JSON.stringify({ ...file, project_id: '' }), /no project_id/],
    ['no address', JSON.stringify({ ...file, client_email: 7 }), /no client_email/],
    ['no key', JSON.stringify({ ...file, private_key: undefined }), /no private_key/],
    ['a key cut short', JSON.stringify({ ...file, private_key: privateKey.slice(0, 200) }), /cannot be read/],
    ['a key of another type', JSON.stringify({ ...file, private_key: ecKey }), /type ec/],
  ];
  for (const [name, text, expected] of cases) {
    it(`says what is wrong with ${name}, without printing it`, () => {
      assert.throws(
        () => readServiceAccount(text),
        (error: Error) => {
          assert.match(error.message, expected);
          assert.ok(!error.message.includes(privateKey.slice(40, 90)));
          return true;
        },
      );
    });
  }
});

describe('the FCM kind', () => {
  it('stands in the catalogue, native for Android', () => {
    assert.ok(PROVIDER_KINDS.some((kind) => kind === (fcmKind as unknown)));
    assert.deepEqual(fcmKind.nativeFor, ['android']);
  });

  it('opens and closes without asking anybody', async () => {
    const options: FcmOptions[] = [
      { service_account, endpoint: 'https://127.0.0.1:1', token_endpoint: 'https://127.0.0.1:1/token' },
      { credential: 'application_default', project_id: 'shop', endpoint: 'https://127.0.0.1:1' },
    ];
    for (const one of options) {
      const provider = await fcmKind.open(one, testEnv());
      await provider.close();
      await provider.close();
    }
  });
});
