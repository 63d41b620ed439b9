/** A device over a plain WebSocket that answers pushes in its own manner. */
import { setTimeout as pause } from 'node:timers/promises';
import type { RealtimeScene } from './scene.js';

/** What it says to a push by itself. */
export type Manner = 'done' | 'got' | 'silent';

export interface Push {
  readonly seq: number;
  readonly id: string;
  readonly tag: string;
  readonly show: boolean;
  readonly notification?: Readonly<Record<string, unknown>>;
}

export interface MannedDevice {
  /** In the order in which they came. */
  pushes(): readonly Push[];
  /** Its next push, or the one after it and so on. @throws where none comes within 30 s */
  push(): Promise<Push>;
  done(message: string): void;
  /** The connection ends without a word, and the gateway has noticed. */
  cut(): Promise<void>;
}

export interface Connecting {
  readonly connect: RealtimeScene['connect'];
  /** Whether the gateway takes the device for connected. */
  readonly isOnline: (device: string) => Promise<boolean>;
}

export async function connectDevice(
  { connect, isOnline }: Connecting,
  device: string,
  user: string | null,
  manner: Manner = 'done',
): Promise<MannedDevice> {
  const client = await connect(device, {}, user === null ? {} : { sub: user });
  const answer = (frame: { readonly t: string } & Partial<Push>) => {
    if (frame.t !== 'push' || manner === 'silent') return;
    client.say({ t: 'got', seq: frame.seq });
    if (manner === 'done') client.say({ t: 'done', ids: [frame.id] });
  };
  client.socket.on('message', (bytes) => answer(JSON.parse(String(bytes))));
  // Pushes may have come right behind the welcome.
  for (const frame of [...client.frames]) answer(frame);
  return {
    pushes: () => client.all('push') as unknown as readonly Push[], // the protocol's frame
    push: async () => (await client.next('push')) as unknown as Push,
    done: (message) => client.say({ t: 'done', ids: [message] }),
    async cut() {
      client.cut();
      while (await isOnline(device)) await pause(10);
    },
  };
}
