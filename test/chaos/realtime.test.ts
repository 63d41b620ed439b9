import assert from 'node:assert/strict';
import { IS_FULL, sized } from '../support/full.js';
import { judgeRealtime, tellFaults } from '../support/realtime-checker.js';
import { createDice } from '../support/realtime-fleet/dice.js';
import { type Fleet, startFleet } from '../support/realtime-fleet.js';
import { startSender } from '../support/realtime-sender.js';
import { openRealtimeWorld, putDevices, type RealtimeWorld } from '../support/realtime-world.js';

const SEED = Number(process.env.CHAOS_SEED ?? 1);
const DEVICES = sized(1_000, 100);
const KILLS = IS_FULL ? 8 : 2;
const BETWEEN_KILLS_MS = IS_FULL ? 14_000 : 5_000;
const PORT = (url: string) => Number(new URL(url).port);

/** Nine of ten on WebSockets; the others over what is there for whom no WebSocket gets through. */
const roadOf = (n: number) => (n % 20 === 0 ? 'poll' : n % 20 === 1 ? 'sse' : 'ws');

/**
 * Clients on a network that cuts and swallows, under a gateway that is killed again and again over its embedded store.
 * The checker knows what was sent and what apps were handed, and nothing else.
 */
describe(`${DEVICES} devices whose connections are cut and whose gateway is killed ${KILLS} times`, function () {
  this.timeout(IS_FULL ? 800_000 : 240_000);
  let world: RealtimeWorld;
  let fleet: Fleet | undefined;

  before(async () => {
    world = await openRealtimeWorld();
  });
  after(async () => {
    await fleet?.stop().catch(() => undefined);
    await world?.close();
  });

  it('are handed every message once and in order, and told of every loss', async () => {
    const settings = { 'realtime.accept_rate': '100000/s', 'limits.per_key': '100000/s' };
    const key = await world.key();
    let gateway = await world.spawn({ settings });
    const devices = Array.from({ length: DEVICES }, (_, n) => ({
      device: `d${n}`,
      user: n % 3 === 0 ? null : `u${n}`,
    }));
    await putDevices(
      gateway.url,
      key,
      devices.map(({ device, user }) => ({ id: device, user })),
    );
    const options = await Promise.all(
      devices.map(async ({ device, user }, n) => ({
        device,
        user,
        token: await world.accessToken(device, user),
        road: roadOf(n),
      })),
    );
    fleet = startFleet({
      port: PORT(gateway.url),
      seed: SEED,
      devices: options as Parameters<typeof startFleet>[0]['devices'],
      faults: { acksLost: 0.3, handlerMs: 5 },
      meanLifeMs: IS_FULL ? 10_000 : 4_000,
    });
    await fleet.arrived(120_000);
    fleet.storm();

    const begun = performance.now();
    const sender = startSender({
      key,
      devices,
      dice: createDice(SEED),
      everyMs: IS_FULL ? 500 : 250,
      someMs: 20,
    });
    sender.lead(gateway.url);
    for (let kill = 0; kill < KILLS; kill++) {
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_KILLS_MS));
      await gateway.end('SIGKILL');
      sender.lead(undefined);
      gateway = await world.spawn({ settings });
      fleet.lead(PORT(gateway.url));
      sender.lead(gateway.url);
    }
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_KILLS_MS / 2));
    const wanted = await sender.stop();
    const sentFor = performance.now() - begun;
    // A `done` that was lost holds its place for 60 s where the connection lives on; only the full form waits for that.
    fleet.calm(!IS_FULL);
    const late = await fleet.handed(wanted.length, IS_FULL ? 180_000 : 60_000).catch((error: Error) => error);
    const report = await fleet.stop();

    const verdict = judgeRealtime(wanted, fleet.happenings);
    const cuts = Object.values(report.cuts).reduce((sum, count) => sum + count, 0);
    if (IS_FULL || process.env.CHAOS_SHOW)
      console.log(
        `      ${new Set(wanted.map(({ message }) => message)).size} messages in ${Math.round(sentFor / 1_000)} s, ` +
          `${verdict.handed} of ${verdict.wanted} handed over, ${verdict.announced} announced as lost; ` +
          `${report.connections} connections, ${JSON.stringify(report.cuts)} cut, ${KILLS} kills`,
      );
    assert.deepEqual(fleet.complaints.slice(0, 10), [], `${fleet.complaints.length} complaints, CHAOS_SEED=${SEED}`);
    assert.equal(verdict.faults.length, 0, `CHAOS_SEED=${SEED}: ${String(late ?? '')}\n${tellFaults(verdict)}`);
    assert.ok(cuts > DEVICES / 2, `only ${cuts} connections were cut: this shows little`);
    assert.equal(await gateway.end('SIGTERM'), 0);
  });
});
