import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Variations } from '../../../src/compose.js';
import type { DeviceNotice, LetterState } from '../../../src/ports/live-bus.js';
import { openWorld } from '../../support/world.js';
import { MovedClock, openScene, type Scene } from '../delivery/scene.js';

type Parts = Parameters<NonNullable<Variations['observeParts']>>[0];

/** A scene whose app has the realtime road, with connections that the test plays itself. */
export interface LiveScene extends Scene {
  readonly parts: Parts;
  /** What connected devices were told, in order. */
  readonly told: [device: string, notice: DeviceNotice][];
  /** The device has connected once, for its user, and is gone again. */
  visited(device: string, user: string | null): Promise<void>;
  /** The device is connected, and its app deals with whatever comes at once. */
  online(device: string, user: string | null): Promise<void>;
  /** What waits in the device's mailbox, in short. */
  mailbox(device: string): Promise<readonly string[]>;
}

export async function openLiveScene(clock = new MovedClock()): Promise<LiveScene> {
  const world = await openWorld({ now: () => clock.now() });
  await appendFile(join(world.configDir, 'apps', 'demo.yaml'), '\nrealtime: {}\n');
  let parts: Parts | undefined;
  const scene = await openScene({ world, variations: { clock, observeParts: (given) => (parts = given) } });
  if (parts === undefined) throw new Error('the gateway did not show its parts');
  const { store, bus } = parts;
  const told: LiveScene['told'] = [];
  const seat = await bus.join({
    async offer({ app, message, to }) {
      const finished = to.map(({ device }) => ({ app, device, messages: [message] }));
      await store.mailboxes.done(finished, clock.now());
      return to.map((): LetterState => 'done');
    },
    tell: (_app, devices, notice) =>
      void told.push(...devices.map((device): [string, DeviceNotice] => [device, notice])),
    clearAll: () => {},
    announce: () => {},
    replaced: () => {},
    missed: () => {},
  });
  const visited = async (device: string, user: string | null) => {
    const [opened] = await store.mailboxes.open([{ app: 'demo', device, user }], clock.now());
    if (opened?.kind !== 'open') throw new Error(`${device} cannot connect: ${opened?.kind}`);
  };
  return {
    ...scene,
    clock,
    parts,
    told,
    visited,
    async online(device, user) {
      await visited(device, user);
      await seat.here('demo', device);
    },
    async mailbox(device) {
      const [waiting = []] = await store.mailboxes.read([{ app: 'demo', device, except: [], limit: 100 }], clock.now());
      return waiting.map((entry) =>
        'clear' in entry ? `${entry.clear.reason} ${entry.clear.messages.join()}` : `letter ${entry.message}`,
      );
    },
  };
}
