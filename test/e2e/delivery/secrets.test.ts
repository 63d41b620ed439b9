import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freshDataDirectory } from '../../support/pglite-template.js';
import { runCommand } from '../../support/run-command.js';
import { type GatewayProcess, openWorld, type World } from '../../support/world.js';
import { QUICK_RETRY, type Scene, sceneOver } from './scene.js';

/** Words that stand nowhere but in what callers sent. */
const CANARY = {
  title: 'canary-title-7Qm2',
  body: 'canary-body-9Zt4',
  data: 'canary-data-3Kd8',
  malformed: 'canary-malformed-5Wv1',
  unknown: 'canary-unknown-6Bn0',
};

/** After everything that can go wrong has gone wrong once, what was sent stands nowhere but at the vendor. */
describe('delivery: secrets', function () {
  this.timeout(60_000);
  let world: World;
  let directory: string;
  let server: GatewayProcess;
  let scene: Omit<Scene, 'gateway' | 'clock' | 'log'>;
  let metrics: string;
  const tokens: string[] = [];

  before(async () => {
    directory = await freshDataDirectory();
    world = await openWorld({ storeUrl: `pglite:${directory}` });
    server = await world.spawn({ settings: { ...QUICK_RETRY, 'log.level': 'trace' } });
    const admin = server.lines.find((line) => line.event === 'gateway.started')?.admin;
    scene = sceneOver(world, server.url, '');
    // Made through the running server, which is the only one that may.
    const made = await runCommand([
      ...['keys', 'create', '--config', world.configDir, '--set', `store.url=pglite:${directory}`, '--app', 'demo'],
      ...['--scopes', 'messages:send,messages:broadcast,messages:read,devices:write,devices:read'],
    ]);
    scene = sceneOver(world, server.url, made.stdout.trim());
    await misbehave();
    metrics = await (await fetch(`${admin}/metrics`)).text();
    assert.equal(await server.end(), 0);
  });
  after(() => world?.close());

  async function misbehave(): Promise<void> {
    const content = {
      notification: { title: CANARY.title, body: CANARY.body },
      data: { secret: CANARY.data },
    };
    for (const [n, fault] of [
      undefined,
      { kind: 'answer', status: 410 } as const,
      { kind: 'answer', status: 400, reason: 'BadDeviceToken' } as const,
      { kind: 'answer', status: 400, reason: 'NoSuchReason' } as const,
      { kind: 'answer', status: 429, retryAfterSeconds: 1 } as const,
      { kind: 'answer', status: 503 } as const,
      { kind: 'answer', status: 403, reason: 'InvalidProviderToken' } as const,
      { kind: 'reset' } as const,
      { kind: 'goaway' } as const,
    ].entries()) {
      const token = await scene.device(`secret${n}`, { user: 'sam' });
      tokens.push(token);
      if (fault !== undefined) scene.fault(token, fault, 1);
      const answer = await scene.send({ devices: [`secret${n}`], push_tokens: [{ provider: 'apns', token }] }, content);
      await scene.reaches(answer);
    }
    const bad = [
      `{"to": "everyone", "${CANARY.malformed}`,
      JSON.stringify({ to: 'everyone', notification: { title: CANARY.title, [CANARY.unknown]: 1 } }),
      JSON.stringify({ to: { push_tokens: [{ provider: 'apns', token: CANARY.malformed }] }, ...content }),
      JSON.stringify({ to: { users: ['sam'] }, notification: { title: CANARY.title, body: 'x'.repeat(4_096) } }),
    ];
    for (const body of bad) assert.ok((await scene.call('POST', '/v1/messages', body)).status >= 400);
    const wrongKey = `${scene.key.slice(0, -1)}${scene.key.endsWith('0') ? '1' : '0'}`;
    const refused = await fetch(`${server.url}/v1/messages`, { headers: { authorization: `Bearer ${wrongKey}` } });
    assert.equal(refused.status, 401);
  }

  function assertNoneIn(text: string, where: string): void {
    const secret = scene.key.slice(40);
    for (const word of [...Object.values(CANARY), ...tokens, secret, secret.slice(0, -8), 'PRIVATE KEY']) {
      assert.ok(!text.includes(word), `${where} holds ${word}`);
    }
  }

  it('stand in no log line, also at the most talkative level', () => {
    assert.ok(server.lines.some((line) => line.event === 'account.blocked'));
    assertNoneIn(JSON.stringify(server.lines), 'the log');
  });

  it('stand in no metric', () => {
    assert.match(metrics, /pealbell_deliveries_total\{/);
    assert.match(metrics, /pealbell_registrations_retired_total\{/);
    assertNoneIn(metrics, 'the metrics');
  });

  it('stand in no file of the store', async () => {
    const files = await readdir(directory, { recursive: true, withFileTypes: true });
    let read = 0;
    let holdsDevice = false;
    for (const file of files) {
      if (!file.isFile()) continue;
      const text = (await readFile(join(file.parentPath, file.name))).toString('latin1');
      assertNoneIn(text, file.name);
      holdsDevice ||= text.includes('secret0');
      read += 1;
    }
    assert.ok(read > 100 && holdsDevice, 'these are the files that were written');
  });
});
