import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createApnsCredentials } from '../../../providers/apns/simulator.js';
import { judge } from '../../support/verdict.js';
import { openWorld } from '../../support/world.js';
import { nameOf, newToken, openScene, type Scene, sceneOver } from './scene.js';

/** 16 windows of 50: what may be under way when the account's trouble shows. */
const UNDER_WAY_MAX = 800;

/** One account is one app at one provider: what is paced, stopped and resumed as a whole. */
describe('delivery: an account in trouble', function () {
  this.timeout(60_000);

  describe('that the vendor cannot serve', () => {
    let scene: Scene;
    before(async () => {
      scene = await openScene({ latencyMs: 5 });
    });
    after(() => scene?.world.close());

    it('is asked by single probes only, and gets everything afterwards with no attempt used up', async () => {
      const { ledger, faults } = scene.world.simulators;
      const tokens = await scene.devices('outage', 3_000);
      scene.faultForAll({ kind: 'answer', status: 503 });
      const id = await scene.send('everyone');
      await scene.reaches(id, () => ledger.summary().lines > 0);
      // Ten waits of the back-off at its cap: an outage that outlasts every target's ten attempts many times over.
      const begun = Date.now();
      await scene.reaches(id, () => Date.now() - begun > 3_000);
      const during = ledger.summary().lines;
      assert.equal(ledger.summary().accepted.total, 0);
      assert.ok(during <= UNDER_WAY_MAX + 60, `${during} requests during the outage`);
      const paused = await scene.message(id);
      assert.deepEqual([paused.counts.sent, paused.counts.failed, paused.settled], [0, 0, 0]);
      faults.clear();
      const done = await scene.reaches(id, undefined, 30_000);
      assert.equal(done.counts.sent, 3_000);
      const { lost, repeated, unexpected } = judge(scene.arrivals(), new Set(tokens));
      assert.deepEqual([lost, repeated, unexpected], [0, 0, 0]);
      assert.equal(scene.log.filter((line) => line.event === 'account.resumed').length > 0, true);
    });

    it('is asked again at once when its probe meets a device of another app', async () => {
      const good = await scene.device('probe');
      const strangers = await scene.devices('strange', 40);
      for (const token of strangers) scene.fault(token, { kind: 'answer', status: 400, reason: 'BadDeviceToken' });
      scene.fault(good, { kind: 'answer', status: 503, retryAfterSeconds: 1 }, 1);
      const first = await scene.send({ devices: ['probe'] });
      await scene.reaches(first, () => scene.arrivals(good).length === 1);
      // All wait for the pause to end. One of the 41 is the probe, and its answer, whatever it is, proves that the
      // account works.
      const begun = Date.now();
      const second = await scene.send({ users: strangers.map((_, n) => nameOf('strange', n)) });
      assert.deepEqual((await scene.reaches(second, undefined, 40_000)).reasons, { token_wrong_app: 40 });
      await scene.reaches(first);
      assert.ok(Date.now() - begun < 6_000, `it took ${Date.now() - begun} ms`);
      assert.equal((await scene.delivery(first)).state, 'sent');
    });

    it('keeps the time a 503 names, over a restart as well', async () => {
      const token = await scene.device('patient');
      scene.fault(token, { kind: 'answer', status: 503, retryAfterSeconds: 4 }, 1);
      const id = await scene.send({ devices: ['patient'] });
      await scene.reaches(id, () => scene.arrivals(token).length === 1);
      await scene.reaches(id, () => scene.log.some((line) => line.event === 'account.paused'));
      await scene.gateway.stop();
      const other = await openScene({ world: scene.world });
      await other.reaches(id);
      const [refused, accepted] = other.arrivals(token);
      assert.ok(accepted !== undefined && refused !== undefined && accepted.at - refused.at >= 4_000);
      scene = other;
    });
  });

  it('with wrong credentials blocks its messages, retires nothing, and delivers all after a start with the right ones', async () => {
    const world = await openWorld();
    try {
      const keyFile = world.simulators.endpoints.providers.apns.key_file;
      await writeFile(keyFile, createApnsCredentials({ bundleIds: ['com.example.demo'] }).privateKey, { mode: 0o600 });
      const wrong = await openScene({ world });
      const tokens = await wrong.devices('blocked', 120);
      const id = await wrong.send('everyone');
      const blocked = await wrong.reaches(id, (message) => message.status === 'blocked');
      assert.equal(blocked.counts.queued, 120);
      const [{ since, ...stopped } = { since: '' }, ...others] = blocked.blocked;
      assert.deepEqual([stopped, others], [{ provider: 'apns', reason: 'credential_rejected', devices: 120 }, []]);
      assert.ok(Math.abs(Date.parse(String(since)) - Date.now()) < 30_000, String(since));
      assert.ok(wrong.log.some((line) => line.event === 'account.blocked' && line.level === 'error'));
      const device = await wrong.show('blocked00000');
      assert.deepEqual([device.registrations.length, device.retired.length], [1, 0]);
      await wrong.gateway.stop();

      await writeFile(keyFile, world.simulators.endpoints.providers.apns.key, { mode: 0o600 });
      const right = await openScene({ world });
      assert.equal((await right.reaches(id)).counts.sent, 120);
      assert.deepEqual((await right.message(id)).blocked, []);
      const { lost, repeated } = judge(right.arrivals(), new Set(tokens));
      assert.deepEqual([lost, repeated], [0, 0]);
    } finally {
      await world.close();
    }
  });

  it('leaves the other apps alone', async () => {
    const world = await openWorld();
    try {
      const { apns } = world.simulators.endpoints.providers;
      await mkdir(join(world.configDir, 'apps'), { recursive: true });
      const stranger = join(world.configDir, 'stranger.p8');
      await writeFile(stranger, createApnsCredentials({ bundleIds: ['com.example.demo'] }).privateKey, { mode: 0o600 });
      const provider = {
        key: `\${file:${stranger}}`,
        key_id: apns.key_id,
        team_id: apns.team_id,
        bundle_id: apns.bundle_id,
        endpoints: { production: apns.production, sandbox: apns.sandbox },
        ca: `\${file:${apns.ca_file}}`,
      };
      // JSON is YAML.
      await writeFile(join(world.configDir, 'apps', 'other.yaml'), JSON.stringify({ providers: { apns: provider } }));
      const scene = await openScene({ world });
      const { key } = await scene.gateway.keys.create({
        app: 'other',
        scopes: ['messages:send', 'messages:broadcast', 'messages:read', 'devices:write', 'devices:read'],
      });
      const other = sceneOver(world, scene.gateway.api?.url ?? '', key);
      await other.devices('theirs', 1_000);
      await scene.devices('ours', 200);
      const theirs = await other.send('everyone');
      await other.reaches(theirs, (message) => message.status === 'blocked');
      const ours = await scene.send('everyone');
      assert.equal((await scene.reaches(ours)).counts.sent, 200);
      assert.equal((await other.message(theirs)).counts.queued, 1_000);
      // A device of the same name is another device there.
      const token = newToken();
      await scene.device('twin', { registrations: [{ provider: 'apns', token }] });
      assert.equal((await other.call('GET', '/v1/devices/twin')).status, 404);
      assert.equal((await other.call('GET', `/v1/messages/${ours}`)).status, 404);
      assert.equal(scene.arrivals().filter((line) => line.accepted).length, 200);
    } finally {
      await world.close();
    }
  });
});
