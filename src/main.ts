#!/usr/bin/env node
/** argv and env in, exit code out. */
import type { CommandIo } from './cli/io.js';
import { EXIT_WITH_PARENT, onParentGone } from './cli/parent.js';
import { isGatewayError } from './domain/errors.js';
import { nearest } from './domain/suggest.js';
import { VERSION } from './version.js';

type Command = (argv: readonly string[], io: CommandIo) => Promise<number>;

/** Only the one that is asked for is loaded: a question to a running gateway must not wait for a database engine. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./cli/serve.js')).serve,
  demo: async () => (await import('./cli/demo.js')).demo,
  simulate: async () => (await import('./cli/simulate.js')).simulate,
  send: async () => (await import('./cli/send.js')).send,
  message: async () => (await import('./cli/message.js')).message,
  device: async () => (await import('./cli/device.js')).device,
  user: async () => (await import('./cli/user.js')).user,
  webhooks: async () => (await import('./cli/webhooks.js')).webhooks,
  keys: async () => (await import('./cli/keys.js')).keys,
  migrate: async () => (await import('./cli/migrate.js')).migrate,
  init: async () => (await import('./cli/init.js')).init,
  doctor: async () => (await import('./cli/doctor.js')).doctor,
  provider: async () => (await import('./cli/provider.js')).provider,
  bench: async () => (await import('./cli/bench.js')).bench,
  config: async () => (await import('./cli/config.js')).config,
  vapid: async () => (await import('./cli/vapid.js')).vapid,
};

const HELP = `Pealbell ${VERSION}: one call reaches every device, and tells you what became of it.

Usage: pealbell COMMAND [--help]

  serve      run the gateway
  demo       see it work, with a simulated vendor and a crash
  simulate   run simulators of the vendors
  send       send a message
  message    what became of a message
  device     show, register, import and export devices
  user       explain why somebody did (not) get a message
  webhooks   show, make and test endpoints that are told what happens; replay
  keys       make, list and revoke server keys
  init       write the first configuration and make a server key
  migrate    bring the store to the version of this program
  doctor     look for what is wrong, and say how to mend it
  provider   ask the vendors whether they accept the credentials
  bench      measure a running gateway with its simulators
  config     check the configuration, print examples
  vapid      make a key pair for Web Push
`;

async function main(argv: readonly string[]): Promise<number> {
  const ending = new AbortController();
  const io: CommandIo = { stdout: process.stdout, stderr: process.stderr, env: process.env, signal: ending.signal };
  const end = () => ending.abort();
  // A second signal ends at once: somebody has lost patience, and a crash loses nothing.
  process.once('SIGTERM', end).once('SIGINT', end);
  // A reader that has seen enough, such as head, is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const isChild = argv[0] === EXIT_WITH_PARENT;
  if (isChild) onParentGone(end);
  const [name, ...rest] = isChild ? argv.slice(1) : argv;
  if (name === undefined || name === '--help' || name === 'help') {
    io.stdout.write(HELP);
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    io.stdout.write(`${VERSION}\n`);
    return 0;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) {
    const guess = nearest(name, Object.keys(COMMANDS));
    io.stderr.write(
      `there is no command '${name}'${guess === undefined ? '' : `; did you mean '${guess}'?`}\n\n${HELP}`,
    );
    return 2;
  }
  try {
    return await (await load())(rest, io);
  } catch (error) {
    // What is expected is a sentence; anything else shows where it came from.
    const isUsage = (error as { code?: unknown }).code?.toString().startsWith('ERR_PARSE_ARGS') ?? false;
    io.stderr.write(
      isGatewayError(error) || isUsage ? `${(error as Error).message}\n` : `${(error as Error).stack ?? error}\n`,
    );
    return isUsage ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
