import { Misuse } from './client-command.js';

/** Flags that say what is sent, and to whom. */
export interface BodyFlags {
  readonly user?: readonly string[] | undefined;
  readonly device?: readonly string[] | undefined;
  readonly topic?: readonly string[] | undefined;
  readonly everyone?: boolean | undefined;
  readonly title?: string | undefined;
  readonly body?: string | undefined;
  readonly data?: readonly string[] | undefined;
  readonly channel?: string | undefined;
  readonly ttl?: string | undefined;
  readonly 'collapse-key'?: string | undefined;
}

/**
 * The body of a send: that of a file, if there is one, with the flags on top. What is wrong with it the gateway says.
 *
 * @throws Misuse for flags that make no body
 */
export function sendBody(flags: BodyFlags, file: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const to = given({
    users: flags.user,
    devices: flags.device,
    topics: flags.topic,
    everyone: flags.everyone === true ? true : undefined,
  });
  const body = {
    ...file,
    ...given({
      to: Object.keys(to).length > 0 ? to : undefined,
      notification: over(file.notification, { title: flags.title, body: flags.body }),
      data: over(file.data, readData(flags.data)),
      channel: flags.channel,
      delivery: over(file.delivery, { ttl: flags.ttl, collapse_key: flags['collapse-key'] }),
    }),
  };
  if (!Object.hasOwn(body, 'to'))
    throw new Misuse('say whom it is for: --user, --device, --topic or --everyone (or "to" in the file)');
  if (!['notification', 'data', 'overrides'].some((part) => Object.hasOwn(body, part)))
    throw new Misuse('say what to send: --title, --body or --data (or a file with "notification" or "data")');
  return body;
}

/** `under` with what is given of `fields` on top; undefined when there is nothing to change. */
function over(under: unknown, fields: Readonly<Record<string, string | undefined>>) {
  const changes = given(fields);
  if (Object.keys(changes).length === 0) return undefined;
  return { ...(typeof under === 'object' && under !== null ? under : {}), ...changes };
}

function readData(pairs: readonly string[] | undefined): Record<string, string> {
  const data: Record<string, string> = {};
  for (const pair of pairs ?? []) {
    const at = pair.indexOf('=');
    if (at < 1) throw new Misuse(`--data takes NAME=VALUE, such as --data order_id=8812, not '${pair}'`);
    data[pair.slice(0, at)] = pair.slice(at + 1);
  }
  return data;
}

function given<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>; // Fewer.
}
