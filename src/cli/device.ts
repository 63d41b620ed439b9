import { parseArgs } from 'node:util';
import type { AccessTokenTerms, DeviceChange } from '../../sdk/server/src/index.js';
import { CLIENT_HELP, CLIENT_OPTIONS, type Desk, Misuse, withClient } from './client-command.js';
import { importFile } from './device-import.js';
import { deviceText } from './device-text.js';
import { readJsonObject } from './input.js';
import { type CommandIo, EXIT } from './io.js';
import { streamOut } from './stream-out.js';
import { jsonText } from './terminal/json.js';

const HELP = `Usage: pealbell device get DEVICE_ID
       pealbell device put DEVICE_ID [--platform P] [--user U] [--token PROVIDER=TOKEN]... [--file device.json]
       pealbell device import FILE [--rejects FILE]
       pealbell device export [--out FILE]
       pealbell device token DEVICE_ID [--ttl 1h] [--scope SCOPE]...

get      a device, its registrations, and those that were retired and why
put      makes a device, or changes what is given of it
import   devices from a file with one JSON object per line (NDJSON), - for standard input; any number of them
export   all devices, one JSON object per line, without push tokens
token    an access token with which the device connects (docs/realtime-protocol.md); needs a key with devices:token

  --platform P      ios, android, harmonyos, web, macos, windows, linux, watch, tv or iot
  --user U          whose it is; an empty one for nobody's
  --token P=TOKEN   a push token and its provider; without a token the registration is removed
  --locale L        such as zh-CN
  --tag TAG         adds a tag
  --file FILE       the body of the request as JSON, - for standard input; flags go on top
  --rejects FILE    writes the lines that were refused here, as they were, to be mended and imported again
  --ttl T           how long the access token is good for, 60s to 24h
  --scope SCOPE     what it allows: receive, events, register, upstream; all of them when absent
  --out FILE        write into a file, which only you can read
${CLIENT_HELP}
Exit codes: 0 done; 1 it failed, or lines of an import were refused; 2 the command line is wrong; 130 stopped by Ctrl-C
`;

const OPTIONS = {
  ...CLIENT_OPTIONS,
  platform: { type: 'string' },
  user: { type: 'string' },
  token: { type: 'string', multiple: true },
  locale: { type: 'string' },
  tag: { type: 'string', multiple: true },
  file: { type: 'string' },
  rejects: { type: 'string' },
  ttl: { type: 'string' },
  scope: { type: 'string', multiple: true },
  out: { type: 'string' },
} as const;

interface PutFlags {
  readonly platform?: string | undefined;
  readonly user?: string | undefined;
  readonly token?: readonly string[] | undefined;
  readonly locale?: string | undefined;
  readonly tag?: readonly string[] | undefined;
  readonly file?: string | undefined;
}

/** `pealbell device get|put|import|export|token`. @returns the exit code. */
export async function device(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values: flags, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  if (flags.help) {
    io.stdout.write(HELP);
    return EXIT.done;
  }
  const [verb, name, ...more] = positionals;
  return withClient('device', flags, io, async (desk) => {
    if (more.length > 0) throw new Misuse(`one at a time: '${more[0]}' is too much`);
    switch (verb) {
      case 'get':
        return get(desk, named(name, 'pealbell device get phone1'));
      case 'put':
        return put(desk, named(name, 'pealbell device put phone1 --platform ios'), flags);
      case 'import':
        return importFile(desk, named(name, 'pealbell device import devices.ndjson'), flags.rejects);
      case 'export':
        if (name !== undefined)
          throw new Misuse('an export is of all devices: pealbell device export --out devices.ndjson');
        return streamOut(desk, desk.client.devices.export({ signal: io.signal }), 'device', flags.out);
      case 'token':
        return token(desk, named(name, 'pealbell device token phone1'), flags);
      default:
        throw new Misuse(
          `say what to do: get, put, import, export or token${verb === undefined ? '' : `, not '${verb}'`}`,
        );
    }
  });
}

function named(name: string | undefined, example: string): string {
  if (name === undefined) throw new Misuse(`a name is missing: ${example}`);
  return name;
}

async function get({ client, io, json, paint }: Desk, id: string): Promise<number> {
  const found = await client.devices.get(id, { signal: io.signal });
  io.stdout.write(json ? jsonText(found, io.stdout) : deviceText(found, paint));
  return EXIT.done;
}

async function put({ client, io, json, paint }: Desk, id: string, flags: PutFlags): Promise<number> {
  const file = flags.file === undefined ? {} : await readJsonObject(flags.file);
  const kept = await client.devices.put(id, { ...file, ...changeOf(flags) }, { signal: io.signal });
  io.stdout.write(json ? jsonText(kept, io.stdout) : deviceText(kept, paint));
  return EXIT.done;
}

/** The token alone on standard output, so that it can be put into a variable. */
async function token(
  { client, io, json }: Desk,
  id: string,
  { ttl, scope }: { readonly ttl?: string | undefined; readonly scope?: readonly string[] | undefined },
): Promise<number> {
  const terms = {
    ...(ttl === undefined ? {} : { ttl }),
    // What is no scope the gateway refuses, with the list of those there are.
    ...(scope === undefined ? {} : { scopes: [...scope] as NonNullable<AccessTokenTerms['scopes']> }),
  };
  const made = await client.realtime.token(id, terms, { signal: io.signal });
  if (json) io.stdout.write(jsonText(made, io.stdout));
  else {
    io.stdout.write(`${made.token}\n`);
    io.stderr.write(`good until ${made.expires_at}; connect to ${made.urls.ws}\n`);
  }
  return EXIT.done;
}

function changeOf({ platform, user, token, locale, tag }: PutFlags): DeviceChange {
  return {
    // What is no platform the gateway refuses, with the list of those there are.
    ...(platform === undefined ? {} : { platform: platform as NonNullable<DeviceChange['platform']> }),
    ...(user === undefined ? {} : { user: user === '' ? null : user }),
    ...(token === undefined ? {} : { registrations: token.map(readToken) }),
    ...(locale === undefined ? {} : { locale }),
    ...(tag === undefined ? {} : { tags: { add: [...tag] } }),
  };
}

function readToken(pair: string): NonNullable<DeviceChange['registrations']>[number] {
  const at = pair.indexOf('=');
  if (at < 1) throw new Misuse(`--token takes PROVIDER=TOKEN, such as --token apns=00fc13ad…, not '${pair}'`);
  const [provider, token] = [pair.slice(0, at), pair.slice(at + 1)];
  if (token === '') return { provider, token: null };
  if (!token.startsWith('{')) return { provider, token };
  try {
    return { provider, token: JSON.parse(token) as Record<string, unknown> }; // A Web Push subscription.
  } catch (error) {
    throw new Misuse(`the token of ${provider} is not JSON: ${(error as Error).message}`);
  }
}
