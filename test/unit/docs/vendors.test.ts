import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Config } from '../../../config/load.js';
import { VENDOR_KINDS } from '../../../providers/catalogue.js';
import type { Message, MessageClass, Misfit, ProviderKind } from '../../../providers/contract.js';
import { readFault } from '../../../src/simulators/fault-request.js';
import { VENDOR_FAULTS } from '../../../src/simulators/vendors.js';
import { openWorkspace, type Workspace } from '../config/workspace.js';

const PAGE = new URL('../../../../docs/vendors.md', import.meta.url);
const SECRETS = '/run/secrets/';
const VENDORS = ['huawei', 'honor', 'xiaomi', 'oppo', 'vivo', 'meizu'];
const kinds = VENDOR_KINDS as readonly ProviderKind<unknown>[];

/** The page is what people copy from: what it shows must load as it stands there. */
describe('docs/vendors.md', () => {
  let files: Workspace;
  let page: string;
  let blocks: readonly string[];

  before(async () => {
    page = await readFile(PAGE, 'utf8');
    blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text]) => text ?? '');
    files = await openWorkspace();
    for (const [, name] of page.matchAll(/\$\{file:\/run\/secrets\/([\w.-]+)\}/g)) {
      await files.write(`secrets/${name}`, name?.endsWith('.json') ? serviceAccount() : 'a-secret');
    }
  });
  after(() => files.remove());

  function serviceAccount(): string {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
    return JSON.stringify({ project_id: '1', key_id: '2', sub_account: '3', private_key: key });
  }

  async function load(app: string, gateway = ''): Promise<Config> {
    await files.write('config/gateway.yaml', gateway);
    await files.write('config/apps/shop.yaml', app.replaceAll(SECRETS, `${files.dir}/secrets/`));
    return files.load({ kinds: VENDOR_KINDS });
  }

  const whole = () => blocks.find((text) => text.startsWith('# config/apps/shop.yaml\n')) ?? assert.fail('no app file');

  it('shows YAML that loads, each block of it', async () => {
    assert.ok(blocks.length >= 5);
    for (const text of blocks) {
      if (text.startsWith('# config/gateway.yaml')) await load(whole(), text);
      else if (/^providers:/m.test(text)) await load(text);
      else await load(`${whole()}\n${text}`);
    }
  });

  it('has no secret in the open, nor what is taken for one', async () => {
    assert.doesNotMatch(JSON.stringify((await load(whole())).printable), /\*\*\*/);
  });

  it('has an app with all of the vendors, and links to the page of each', async () => {
    const [app] = (await load(whole())).apps;
    const names = app?.providers.map(({ name }) => name) ?? [];
    for (const name of VENDORS) {
      assert.ok(names.includes(name), name);
      assert.ok(page.includes(`(../providers/${name}/README.md)`), name);
      await readFile(new URL(`../../../../providers/${name}/README.md`, import.meta.url));
    }
  });

  it('has channels that every vendor takes as the class that they say', async () => {
    const [app] = (await load(whole())).apps;
    assert.ok(app);
    for (const channel of app.channels) {
      for (const { name, kind, options } of app.providers) {
        if (!VENDORS.includes(name)) continue;
        const message: Message = {
          ...{ id: 'msg_1', app: 'shop', notification: { title: '订单已发货', body: '您的订单今天送达' } },
          ...{ ttlSeconds: channel.ttlSeconds ?? 86_400, priority: 'normal' },
          class: channel.class as MessageClass,
          channel: {
            name: channel.name,
            ...(channel.settings[name] === undefined ? {} : { settings: channel.settings[name] }),
          },
        };
        const misfits: readonly Misfit[] =
          kinds.find((one) => one.name === kind)?.check(message, options) ?? assert.fail(name);
        assert.deepEqual(
          misfits.filter(({ severity, code }) => severity === 'error' || code === 'class_lowered'),
          [],
          `${channel.name} over ${name}`,
        );
      }
    }
  });

  it('says the caps that are in force where the file says nothing', async () => {
    const [app] = (await load(whole())).apps;
    for (const { name, options } of app?.providers ?? []) {
      if (!VENDORS.includes(name)) continue;
      const { quota } = options as { quota: { marketing_per_device: number } };
      const row = new RegExp(`^\\| \`${name}\` \\| (\\d+) \\(`, 'm').exec(page.slice(page.indexOf('## Quotas')));
      assert.equal(Number(row?.[1]), quota.marketing_per_device, name);
    }
  });

  it('shows faults that a simulator takes', () => {
    const bodies = [...page.matchAll(/\/faults -d '([^']*)'/g)].map(([, body]) => JSON.parse(body ?? '') as unknown);
    assert.ok(bodies.length > 0);
    for (const body of bodies) assert.ok('rule' in readFault(body, VENDOR_FAULTS), JSON.stringify(body));
  });
});
