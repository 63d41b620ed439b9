/** The other side of a comparison, in a process of its own: it takes orders over IPC and tells what it believes it did. */
import { fileURLToPath } from 'node:url';
import type { Cores } from './cores.js';
import { keepLastLines, type MeasuredProcess, startMeasured } from './measured-process.js';

/** What a client says of a run. */
export interface Told {
  readonly sent: number;
  readonly failed: number;
}

/** A process that takes orders of one kind and answers each. */
export interface Rival<Order, Answer, Ready> {
  readonly process: MeasuredProcess;
  readonly ready: Ready;
  ask(order: Order): Promise<Answer>;
  stop(): Promise<void>;
}

/** Starts `bench/rivals/<name>.js`; `setup` is what its {@link serveRival} gets. */
export async function startRival<Order, Answer, Ready = object>(
  name: string,
  setup: unknown,
  cores: Cores,
): Promise<Rival<Order, Answer, Ready>> {
  const file = fileURLToPath(new URL(`../rivals/${name}.js`, import.meta.url));
  const measured = startMeasured(cores.measured, ['--expose-gc', file]);
  const { child } = measured;
  const lastWords = keepLastLines(child.stderr);
  let pending: { resolve(reply: Reply): void; reject(error: Error): void } | undefined;
  child.on('message', (reply: Reply) => pending?.resolve(reply));
  child.once('exit', (code) => pending?.reject(new Error(`${name} ended with ${code}: ${lastWords().join('\n')}`)));
  async function exchange<T>(message: object): Promise<T> {
    const reply = await new Promise<Reply>((resolve, reject) => {
      pending = { resolve, reject };
      child.send(message);
    });
    if ('error' in reply) throw new Error(`${name}: ${reply.error}`);
    return reply.answer as T; // from our own file, which gives what its order asks for
  }
  const ready = await exchange<Ready>({ setup });
  return { process: measured, ready, ask: (order) => exchange<Answer>({ order }), stop: () => measured.stop() };
}

type Reply = { readonly answer: unknown } | { readonly error: string };

/** In the rival's process: `open` once, then `answer` for every order, one at a time. */
export function serveRival<Setup, Order, Answer, Ready = object>(
  open: (setup: Setup) => Promise<{ readonly ready: Ready; answer(order: Order): Promise<Answer> }>,
): void {
  process.once('disconnect', () => process.exit(0));
  let opened: { answer(order: Order): Promise<Answer> } | undefined;
  process.on('message', (message: { readonly setup: Setup } | { readonly order: Order }) => {
    const reply = async (): Promise<unknown> => {
      if ('order' in message) return opened?.answer(message.order);
      const made = await open(message.setup);
      opened = made;
      return made.ready;
    };
    reply().then(
      (answer) => process.send?.({ answer }),
      (error: unknown) =>
        process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
}
