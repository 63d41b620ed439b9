import assert from 'node:assert/strict';
import { VENDOR_KINDS } from '../../../providers/catalogue.js';
import { InvalidInputError, isSimulated, type ProviderKind } from '../../../providers/contract.js';
import { type Simulators, startSimulators } from '../../../src/simulators.js';

const SECRET = 'of-the-file';
/** Files as people have them, by kind; what is secret in them says so. */
const FILES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  apns: { key: SECRET, key_id: SECRET, team_id: SECRET, certificate: SECRET, bundle_id: 'com.example.shop' },
  fcm: { service_account: SECRET, project_id: SECRET },
  oppo: { app_key: SECRET, master_secret: SECRET },
  vivo: { app_id: SECRET, app_key: SECRET, app_secret: SECRET, callback_id: SECRET, stale: 'retire' },
  huawei: {
    app_id: SECRET,
    client_secret: SECRET,
    service_account: SECRET,
    categories: ['EXPRESS'],
    receipt_key: SECRET,
  },
  http: {
    url: `https://service.example/${SECRET}`,
    json: { to: '{{token}}', key: '{{secret.key}}', text: '{{text}}' },
    headers: { 'x-key': SECRET },
    query: { key: SECRET, text: '{{title}}' },
    auth: { bearer: SECRET },
    secrets: { key: SECRET },
    segments_max: 3,
    token: 'e164',
  },
  webpush: { subject: SECRET, keys: SECRET, push_services: ['push.example.org'] },
  xiaomi: { package_name: SECRET, app_secret: SECRET, title_max: 20 },
  meizu: { app_id: SECRET, app_secret: SECRET, receipt_token: SECRET, service_class: true },
  honor: { app_id: SECRET, client_id: SECRET, client_secret: SECRET, service_class: true },
};

describe('providers opened against simulators', () => {
  let simulators: Simulators;
  before(async () => {
    simulators = await startSimulators({ controlPort: 0 });
  });
  after(() => simulators.close());
  const kinds = VENDOR_KINDS as readonly ProviderKind<unknown>[];
  const endpoints = () => simulators.endpoints.providers as Readonly<Record<string, unknown>>;

  for (const kind of kinds) {
    it(`of the kind ${kind.name} take the simulator's word, and no secret of the file along`, () => {
      assert.ok(isSimulated(kind));
      const options = kind.simulatedOptions(FILES[kind.name], endpoints()[kind.name]);
      assert.ok(kind.options.safeParse(options).success);
      assert.equal(JSON.stringify(options).includes(SECRET), false);
    });

    it(`of the kind ${kind.name} refuse what is no simulator's word`, () => {
      assert.ok(isSimulated(kind));
      for (const wrong of [undefined, null, {}, 'https://127.0.0.1', { ca: 1 }]) {
        assert.throws(() => kind.simulatedOptions(FILES[kind.name], wrong), InvalidInputError);
      }
    });
  }

  it('look like those of the file', () => {
    const named = (name: string) => kinds.find((kind) => kind.name === name);
    const [apns, webpush, http] = ['apns', 'webpush', 'http'].map(named);
    assert.ok(apns !== undefined && isSimulated(apns) && webpush !== undefined && isSimulated(webpush));
    assert.ok(http !== undefined && isSimulated(http));
    const service = http.simulatedOptions(FILES.http, endpoints().http);
    assert.deepEqual([service.token, service.segments_max], ['e164', 3]);
    assert.deepEqual(service.json, {
      targets: '{{tokens}}',
      content: {
        json: { to: '{{token}}', key: '{{secret.key}}', text: '{{text}}' },
        query: { text: '{{title}}' },
        text: '{{text}}',
      },
    });
    const bundle = apns.simulatedOptions(FILES.apns, endpoints().apns);
    assert.equal(bundle.bundle_id, 'com.example.shop');
    assert.deepEqual(webpush.simulatedOptions(FILES.webpush, endpoints().webpush).push_services, ['push.example.org']);
  });
});
