import { PassThrough } from 'node:stream';
import type { CommandIo } from '../../src/cli/io.js';
import type { CommandResult } from './run-command.js';

/** Runs a command in this process, where nothing of a process of its own is asked about: hundreds of ms less. */
export async function callCommand(
  command: (argv: readonly string[], io: CommandIo) => Promise<number>,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const text = (stream: PassThrough) => String(stream.read() ?? '');
  try {
    const code = await command(argv, { stdout, stderr, env, signal: new AbortController().signal });
    return { code, stdout: text(stdout), stderr: text(stderr) };
  } catch (error) {
    // As the program itself takes it.
    if (!String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS')) throw error;
    return { code: 2, stdout: text(stdout), stderr: (error as Error).message };
  }
}
