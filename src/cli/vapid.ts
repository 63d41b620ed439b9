import { parseArgs } from 'node:util';
import webPush from 'web-push';
import { type CommandIo, EXIT } from './io.js';

const HELP = `Usage: pealbell vapid generate > vapid.json

Prints a new VAPID key pair (RFC 8292) for the provider webpush: {"publicKey", "privateKey"}. Browsers subscribe with the
public key, and only messages signed with the private one reach them: keep the file, and keep it private (umask 077).

  --help   show this text
`;

/** `pealbell vapid generate`. @returns the exit code. */
export async function vapid(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values: flags, positionals } = parseArgs({
    args: [...argv],
    options: { help: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  if (flags.help) {
    io.stdout.write(HELP);
    return EXIT.done;
  }
  if (positionals.join(' ') !== 'generate') {
    io.stderr.write('say what to do: pealbell vapid generate\nMore: pealbell vapid --help\n');
    return EXIT.misused;
  }
  io.stdout.write(`${JSON.stringify(webPush.generateVAPIDKeys(), null, 2)}\n`);
  io.stderr.write('Only the gateway may read it; the provider webpush takes it as "keys" in the file of the app.\n');
  return EXIT.done;
}
