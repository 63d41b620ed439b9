import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Resolves when a process of its own had a job and was killed with it. */
export async function killOneConsumer(url: string): Promise<void> {
  const program = fileURLToPath(new URL('./queue-child.js', import.meta.url));
  const child = spawn(process.execPath, [program, url], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const running = once(child.stdout, 'data');
  const first = await Promise.race([running, ended.then(() => undefined)]);
  if (first === undefined) throw new Error('the consumer ended before it had a job');
  child.kill('SIGKILL');
  await ended;
}
