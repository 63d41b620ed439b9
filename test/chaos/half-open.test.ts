import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../config/load.js';
import { ROLES } from '../../config/roles.js';
import { type Gateway, openGateway } from '../../src/compose.js';
import { emptyDataDirectory, freshDataDirectory } from '../support/pglite-template.js';
import { createCaller, pushTokenOf, silentLog, until } from '../support/world.js';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));

interface Delivery {
  readonly state: string;
  readonly attempts: readonly { readonly at: string; readonly outcome: string; readonly ms: number }[];
}

describe('a provider whose process is stopped while requests are outstanding', function () {
  this.timeout(90_000);
  let simulator: ChildProcess;
  let gateway: Gateway;

  before(async () => {
    const dir = await emptyDataDirectory();
    simulator = spawn(process.execPath, [MAIN, 'simulate', '--write-config', dir, '--control-port', '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    assert.ok(simulator.stdout);
    await once(simulator.stdout, 'data');
    const flags = {
      'server.listen': '127.0.0.1:0',
      'server.admin': '127.0.0.1:0',
      'store.url': `pglite:${await freshDataDirectory()}`,
      'retry.base': '100ms',
    };
    const config = await loadConfig({ dir, env: {}, flags });
    gateway = await openGateway(config, ROLES, 'test', { log: silentLog });
  });
  after(async () => {
    simulator.kill('SIGCONT');
    simulator.kill('SIGTERM');
    await gateway.stop();
    if (simulator.exitCode === null) await once(simulator, 'exit');
  });

  it('is noticed within 10 s, and reached again when it wakes', async () => {
    const { key } = await gateway.keys.create({ app: 'demo', scopes: ['messages:send', 'messages:read'] });
    const call = createCaller(gateway.api?.url ?? '', key);
    const send = (n: number) =>
      call<{ id: string }>('POST', '/v1/messages', {
        to: { push_tokens: [{ provider: 'apns', token: pushTokenOf(n) }] },
        notification: { title: 'Half' },
      });
    const deliveryOf = async (id: string) =>
      (await call<{ data: Delivery[] }>('GET', `/v1/messages/${id}/deliveries`)).body.data[0];

    const first = await send(1);
    await until(
      () => deliveryOf(first.body.id),
      (delivery) => delivery?.state === 'sent',
    );
    simulator.kill('SIGSTOP');
    const second = await send(2);
    const noticed = await until(
      () => deliveryOf(second.body.id),
      (delivery) => delivery?.attempts[0]?.outcome === 'uncertain',
    );
    assert.ok((noticed?.attempts[0]?.ms ?? Number.POSITIVE_INFINITY) <= 10_000, JSON.stringify(noticed));
    simulator.kill('SIGCONT');
    await until(
      () => deliveryOf(second.body.id),
      (delivery) => delivery?.state === 'sent',
    );
  });
});
