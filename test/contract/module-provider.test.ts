/** The example of docs/providers.md, as its author would have it: loaded by an app's file, held to the contract, sent with. */
import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { loadConfig } from '../../config/load.js';
import type { ProviderKind } from '../../providers/contract.js';
import { createCaller, openWorld, until } from '../support/world.js';
import { type Http1Request, type Http1Server, openHttp1Server } from '../unit/providers/shared/http1-server.js';
import { type ProviderWorld, providerSuite } from './provider.suite.js';

const EXAMPLE = resolve('docs/examples/my-provider.js');
const DEAD = 'acme-dead';

/** Names the module by a path from the folder of the app's file. */
function providerYaml(appsDir: string, url: string): string {
  const path = relative(appsDir, EXAMPLE);
  return `  acme:\n    module: ${JSON.stringify(path)}\n    url: ${JSON.stringify(url)}\n    key: "k"\n`;
}

/** The kind and the options that the configuration made of an app's file. */
async function loadExample(url: string) {
  const dir = await mkdtemp(join(tmpdir(), 'pealbell-module-'));
  try {
    await mkdir(join(dir, 'apps'));
    await writeFile(join(dir, 'gateway.yaml'), 'store: { url: "pglite:./data" }\n');
    await writeFile(join(dir, 'apps', 'shop.yaml'), `providers:\n${providerYaml(join(dir, 'apps'), url)}`);
    const { apps } = await loadConfig({ dir, env: {} });
    const [provider] = apps[0]?.providers ?? [];
    assert.ok(provider?.module);
    return { kind: provider.module, options: provider.options };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function tokenOf({ body }: Http1Request): string {
  return (JSON.parse(body) as { readonly to: string }).to;
}

async function openExampleWorld(): Promise<ProviderWorld> {
  const server = await openHttp1Server();
  const { kind, options } = await loadExample(`${server.origin}/send`);
  const taken: string[] = [];
  const held: Http1Request[] = [];
  let isHolding = false;
  let onHeld: () => void = () => {};
  const firstHeld = new Promise<void>((done) => {
    onHeld = done;
  });
  const answer = (request: Http1Request) => {
    const token = tokenOf(request);
    if (token !== DEAD) taken.push(token);
    request.response.writeHead(token === DEAD ? 410 : 200).end();
  };
  server.answer = (request) => {
    if (!isHolding) {
      answer(request);
      return;
    }
    held.push(request);
    onHeld();
  };
  return {
    kind,
    open: (env) => kind.open(options, env),
    goodToken: (at) => `acme-${at}`,
    deadToken: () => DEAD,
    badTokens: ['acme-', 'acme-A', 'other-1'],
    hold: () => {
      isHolding = true;
    },
    held: () => firstHeld,
    release: () => {
      isHolding = false;
      for (const request of held.splice(0)) answer(request);
    },
    vanish: () => server.close(),
    taken: () => taken,
    close: () => server.close(),
  };
}

providerSuite('A provider outside the tree', openExampleWorld);

describe('a provider outside the tree, in a gateway', function () {
  this.timeout(60_000);
  let server: Http1Server;

  before(async () => {
    server = await openHttp1Server();
  });

  after(() => server.close());

  it('is loaded by the app’s file, stays open over a reload, and sends', async () => {
    const world = await openWorld({ roads: 'apns' });
    try {
      const appsDir = join(world.configDir, 'apps');
      await appendFile(join(appsDir, 'demo.yaml'), providerYaml(appsDir, `${server.origin}/send`));
      const load = () => loadConfig({ dir: world.configDir, env: {}, flags: world.flags });
      const gateway = await world.open({
        variations: { readConfig: async () => ({ kind: 'loaded', config: await load() }) },
      });
      const call = createCaller(gateway.api?.url ?? '', await world.key(gateway));
      const device = await call('PUT', '/v1/devices/phone', {
        platform: 'linux',
        registrations: [{ provider: 'acme', token: 'acme-1' }],
      });
      assert.equal(device.status, 201, JSON.stringify(device.body));
      const refused = await call('PUT', '/v1/devices/other', {
        platform: 'linux',
        registrations: [{ provider: 'acme', token: 'nonsense' }],
      });
      assert.equal(refused.status, 422);
      assert.match(JSON.stringify(refused.body), /begins with acme-/);
      const reloaded = await gateway.liveConfig?.reload('signal');
      assert.deepEqual(reloaded, { kind: 'reloaded', changed: [], needsRestart: [] });
      const sent = await call<{ id: string }>('POST', '/v1/messages', {
        to: { devices: ['phone'] },
        notification: { title: 'Hello' },
      });
      assert.equal(sent.status, 202, JSON.stringify(sent.body));
      const message = await until(
        async () => (await call<{ status: string; counts: object }>('GET', `/v1/messages/${sent.body.id}`)).body,
        ({ status }) => status === 'completed',
      );
      assert.equal(message.status, 'completed');
      const [request] = server.requests;
      assert.deepEqual([request?.headers.authorization, tokenOf(request as Http1Request)], ['Bearer k', 'acme-1']);
      assert.equal(server.requests.length, 1);
    } finally {
      await world.close();
    }
  });

  it('has what it imports as a package: the contract and its suite', async () => {
    const author = (await import('pealbell/provider')) as Record<string, unknown>;
    const suite = (await import('pealbell/provider-suite')) as Record<string, unknown>;
    assert.equal(typeof author.InvalidInputError, 'function');
    assert.equal(typeof author.z, 'object');
    assert.equal(typeof suite.providerSuite, 'function');
    const { kind } = await loadExample(server.origin);
    assert.equal((kind satisfies ProviderKind<unknown>).name, 'acme');
  });
});
