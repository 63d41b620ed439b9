/** What a command may use of its surroundings. */
export interface CommandIo {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts when the person or the system wants the command to end. */
  readonly signal: AbortSignal;
}

/** Exit codes of every command; docs/cli.md has the same table. */
export const EXIT = {
  done: 0,
  /** It was tried and did not work; standard error says why. */
  failed: 1,
  /** The command line itself is wrong. */
  misused: 2,
  /** A message that was followed has settled, and did not reach every device. */
  unreached: 3,
  /** Ctrl-C while something was followed that goes on by itself. */
  interrupted: 130,
} as const;

/** `--set KEY=VALUE` flags as the configuration loader takes them; a sentence when one is malformed. */
export function readSettings(flags: readonly string[] | undefined): Record<string, string> | string {
  const settings: Record<string, string> = {};
  for (const flag of flags ?? []) {
    const at = flag.indexOf('=');
    if (at < 1) return `--set takes KEY=VALUE, such as --set server.listen=127.0.0.1:8081, not '${flag}'`;
    settings[flag.slice(0, at)] = flag.slice(at + 1);
  }
  return settings;
}
