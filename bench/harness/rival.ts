/** The other side of a comparison, in a process of its own: it takes orders over IPC and tells what it believes it did. */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Cores } from './cores.js';
import { type MeasuredProcess, startMeasured } from './measured-process.js';

/** What a rival says of a run. */
export interface Told {
  readonly sent: number;
  readonly failed: number;
  /** Figures that only the process itself knows. */
  readonly more?: Readonly<Record<string, number>>;
}

export interface Rival {
  readonly process: MeasuredProcess;
  /** Sends `units` notifications, and ends when the last is answered. */
  run(units: number): Promise<Told>;
  stop(): Promise<void>;
}

/** Starts `bench/rivals/<name>.js`; `setup` is what its {@link serveRival} gets. */
export async function startRival(name: string, setup: unknown, cores: Cores): Promise<Rival> {
  const file = fileURLToPath(new URL(`../rivals/${name}.js`, import.meta.url));
  const measured = startMeasured(cores.measured, [file]);
  const { child } = measured;
  child.stderr?.pipe(process.stderr);
  const answer = async <T>(order: object): Promise<T> => {
    child.send(order);
    const gone = once(child, 'exit').then(() => {
      throw new Error(`the rival ${name} ended`);
    });
    const [told] = (await Promise.race([once(child, 'message'), gone])) as [T | { error: string }];
    if (typeof told === 'object' && told !== null && 'error' in told) throw new Error(`${name}: ${told.error}`);
    return told as T; // one answer per order, from our own file
  };
  await answer({ setup });
  return { process: measured, run: (units) => answer<Told>({ units }), stop: () => measured.stop() };
}

/** In the rival's process: `open` once, then a run for every order. */
export function serveRival<Setup>(open: (setup: Setup) => Promise<(units: number) => Promise<Told>>): void {
  process.once('disconnect', () => process.exit(0));
  let run: ((units: number) => Promise<Told>) | undefined;
  process.on('message', (order: { readonly setup?: Setup; readonly units?: number }) => {
    const done = async () => {
      if (order.setup !== undefined) {
        run = await open(order.setup);
        return {};
      }
      return run?.(order.units ?? 0);
    };
    done().then(
      (told) => process.send?.(told),
      (error: unknown) =>
        process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
}
