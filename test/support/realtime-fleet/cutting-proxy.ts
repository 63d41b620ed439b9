/** A bad network: TCP lines that break in the middle of a byte stream, lose one direction first, or fall silent. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Dice } from './dice.js';

export interface CuttingProxy {
  readonly port: number;
  /** How many lines were cut, by how. */
  readonly cuts: Readonly<Record<Fate, number>>;
  /** Lines opened from now on lead there. */
  leadTo(port: number): void;
  /** Cuts every line now, both ends at once. */
  cutAll(): void;
  /** From now on lines are cut. */
  storm(): void;
  /** From now on nothing is cut; lines that have lost something already end. */
  calm(): void;
  close(): Promise<void>;
}

/** `cut`: both ends at once. `lose_up`, `lose_down`: bytes that way vanish for a while before. `silent`: both ways do. */
const FATES = ['cut', 'lose_up', 'lose_down', 'silent'] as const;
type Fate = (typeof FATES)[number];
const LOSING_MEAN_MS = 400;

export async function startCuttingProxy(
  targetPort: number,
  { meanLifeMs, dice }: { readonly meanLifeMs: number; readonly dice: Dice },
): Promise<CuttingProxy> {
  const cuts = { cut: 0, lose_up: 0, lose_down: 0, silent: 0 };
  const lines = new Set<Line>();
  let target = targetPort;
  let isStormy = false;

  /** Ends a line in a while, one way or another. */
  function doom(line: Line): void {
    setTimeout(() => {
      if (!isStormy || !lines.has(line)) return;
      const fate = FATES[Math.floor(dice.next() * FATES.length)] ?? 'cut';
      cuts[fate]++;
      if (fate === 'cut') line.end();
      else {
        line.lose(fate);
        setTimeout(() => line.end(), dice.wait(LOSING_MEAN_MS)).unref();
      }
    }, dice.wait(meanLifeMs)).unref();
  }

  const server = createServer({ noDelay: true }, (near) => {
    const line = openLine(near, connect(target, '127.0.0.1').setNoDelay(true));
    lines.add(line);
    near.once('close', () => lines.delete(line));
    if (isStormy) doom(line);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cuts,
    leadTo(port) {
      target = port;
    },
    cutAll() {
      for (const line of lines) line.end();
    },
    storm() {
      isStormy = true;
      for (const line of lines) doom(line);
    },
    calm() {
      isStormy = false;
      for (const line of lines) if (line.isLosing()) line.end();
    },
    async close() {
      server.close();
      for (const line of lines) line.end();
      await once(server, 'close');
    },
  };
}

interface Line {
  lose(what: Exclude<Fate, 'cut'>): void;
  isLosing(): boolean;
  end(): void;
}

function openLine(near: Socket, far: Socket): Line {
  let losing: Exclude<Fate, 'cut'> | 'nothing' = 'nothing';
  const end = () => {
    near.destroy();
    far.destroy();
  };
  const lead = (from: Socket, to: Socket, way: Fate) => {
    from.on('data', (bytes) => {
      if (losing === way || losing === 'silent') return;
      if (to.write(bytes)) return;
      from.pause();
      to.once('drain', () => from.resume());
    });
    from.once('end', () => to.end());
    from.on('error', () => {});
    from.once('close', end);
  };
  lead(near, far, 'lose_up');
  lead(far, near, 'lose_down');
  return {
    lose(what) {
      losing = what;
    },
    isLosing: () => losing !== 'nothing',
    end,
  };
}
