import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { openWorkspace, type Workspace } from './workspace.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

describe('the webhooks of an app', () => {
  let space: Workspace;
  beforeEach(async () => {
    space = await openWorkspace();
  });
  afterEach(() => space.remove());

  const write = (section: string) => space.write('config/apps/shop.yaml', `providers: {}\nwebhooks:\n${section}\n`);
  const gateway = (text: string) => space.write('config/gateway.yaml', text);
  const load = () => space.load({ env: { HOOK_SECRET: SECRET } });
  const faults = async () =>
    (await space.faults({ env: { HOOK_SECRET: SECRET } })).map((text) => text.replace(/^.*?shop\.yaml:/, ''));
  const endpoint = (more: string) => write(`  crm: { secret: "\${env:HOOK_SECRET}", ${more} }`);

  it('have defaults for all but the address and the secret', async () => {
    await endpoint('url: "https://crm.shop.example/push"');
    assert.deepEqual((await load()).apps[0]?.webhooks, [
      {
        name: 'crm',
        secret: SECRET,
        settings: {
          url: 'https://crm.shop.example/push',
          events: ['message.completed', 'delivery.failed', 'device.token_invalid', 'credential.*'],
          types: [
            'message.completed',
            'delivery.failed',
            'device.token_invalid',
            'credential.expiring',
            'credential.rejected',
          ],
          level: 'events',
          order: 'loose',
          maxEvents: 100,
          maxWaitMs: 1_000,
        },
      },
    ]);
    await space.write('config/apps/shop.yaml', 'providers: {}\n');
    assert.deepEqual((await load()).apps[0]?.webhooks, []);
  });

  it('take what is written', async () => {
    await endpoint(
      'url: "https://crm.shop.example/push", description: CRM, events: ["device.*"], level: summary, order: strict, max_events: 5, max_wait: 0s',
    );
    const { events, types, ...rest } = (await load()).apps[0]?.webhooks[0]?.settings ?? {};
    assert.deepEqual(events, ['device.*']);
    assert.deepEqual(types, ['device.registered', 'device.updated', 'device.removed', 'device.token_invalid']);
    assert.deepEqual(rest, {
      url: 'https://crm.shop.example/push',
      description: 'CRM',
      level: 'summary',
      order: 'strict',
      maxEvents: 5,
      maxWaitMs: 0,
    });
  });

  it('never show a secret, neither a written one nor one from elsewhere', async () => {
    await write(
      `  crm: { url: "https://a.example/", secret: "\${env:HOOK_SECRET}" }\n  erp: { url: "https://b.example/", secret: "${SECRET}" }`,
    );
    const config = await load();
    for (const text of [JSON.stringify(config), inspect(config, { depth: 20 })]) {
      assert.ok(!text.includes(SECRET));
      assert.match(text, /\$\{env:HOOK_SECRET\}/);
      assert.match(text, /crm/);
    }
  });

  for (const [section, fault] of [
    ['  crm: { url: "https://a.example/" }', /^3:8 webhooks\.crm\.secret: is missing\. Signs every call/],
    ['  Crm: {}', /^3:3 webhooks\.Crm: must be a name of a-z, 0-9/],
    ['  crm: true', /^3:8 webhooks\.crm: must be a group of settings/],
    [
      `  crm:\n    url: https://a.example/\n    secret: ${SECRET}\n    event: []`,
      /^6:5 webhooks\.crm\.event: is not a setting\. Did you mean events\?/,
    ],
    [
      `  crm: { url: "https://a.example/", secret: "whsec_c2hvcnQ=" }`,
      /secret: holds 5 bytes; it must hold 24 to 64\. Make one with: echo "whsec_/,
    ],
    [`  crm: { url: "https://a.example/", secret: hunter2 }`, /secret: must be whsec_ and base64\. Make one/],
    [
      `  crm:\n    url: https://a.example/\n    secret: ${SECRET}\n    events: [delivery.failed, delivery.send]`,
      /^6:31 webhooks\.crm\.events\.1: names nothing that happens: no event is called 'delivery\.send'; did you mean 'delivery\.sent'\?/,
    ],
    [`  crm: { url: "http://a.example/", secret: ${SECRET} }`, /url: must be https; http is for networks that egress/],
    [`  crm: { url: "https://10.0.0.1/", secret: ${SECRET} }`, /url: must name a host, not an IP address/],
    [`  crm: { url: "https://u:p@a.example/", secret: ${SECRET} }`, /url: must not hold a user or a password/],
    [`  crm: { url: "a.example", secret: ${SECRET} }`, /url: must be an absolute URL/],
    [
      `  crm: { url: "https://a.example/", secret: ${SECRET}, max_wait: 500ms }`,
      /max_wait: must be a duration in whole/,
    ],
    [`  crm: { url: "https://a.example/", secret: ${SECRET}, level: sum }`, /level: must be one of events, summary/],
  ] as const) {
    it(`are refused with the place and what to do: ${String(fault).slice(1, 60)}`, async () => {
      await write(section);
      const found = await faults();
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', fault);
      assert.ok(!found.join().includes(SECRET) && !found.join().includes('hunter2'));
    });
  }

  it('may lead where the gateway allows it, and never to the gateway', async () => {
    await gateway('egress: { allow: [10.0.0.0/8] }\nserver: { public_url: "https://push.shop.example" }\n');
    await endpoint('url: "http://10.1.2.3:8080/push"');
    assert.equal((await load()).apps[0]?.webhooks[0]?.settings.url, 'http://10.1.2.3:8080/push');
    await endpoint('url: "http://192.168.0.1/"');
    assert.match((await faults()).join(), /must name a host, not an IP address, unless egress\.allow/);
    await endpoint('url: "https://push.shop.example/v1/events"');
    assert.match((await faults()).join(), /is an address of this gateway itself/);
  });
});
