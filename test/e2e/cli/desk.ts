/** Runs a command in this process against a gateway, as a terminal or as a pipe. */
import { PassThrough } from 'node:stream';
import type { CommandIo } from '../../../src/cli/io.js';

export type Command = (argv: readonly string[], io: CommandIo) => Promise<number>;

export interface CommandRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly isTTY?: boolean;
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
  /** Told whatever is written to standard output, when it is. */
  readonly onStdout?: (text: string) => void;
}

/** A person at a desk who has `PEALBELL_URL` and `PEALBELL_KEY` set. */
export function openDesk(url: string, key: string) {
  return async (command: Command, argv: readonly string[], options: RunOptions = {}): Promise<CommandRun> => {
    const { isTTY = false, signal = new AbortController().signal, env = {}, onStdout = () => {} } = options;
    const collected = () => {
      let text = '';
      const stream = Object.assign(new PassThrough(), { isTTY });
      stream.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      return { stream, text: () => text };
    };
    const [stdout, stderr] = [collected(), collected()];
    stdout.stream.on('data', onStdout);
    const io = {
      stdout: stdout.stream,
      stderr: stderr.stream,
      env: { PEALBELL_URL: url, PEALBELL_KEY: key, NO_COLOR: '1', ...env },
      signal,
    };
    const code = await command(argv, io);
    await new Promise((resolve) => setImmediate(resolve)); // What was written last is still on its way.
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  };
}
