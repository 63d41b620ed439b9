/** A Redis server as one is reached, or several that stand for one. */
export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

/**
 * Where Redis is. `single`: one server. `sentinel`: Sentinels say which server is the primary of `name`. `cluster`: nodes that
 * know of the others.
 */
export type RedisLocation = {
  /** Over TLS. */
  readonly isSecure: boolean;
  readonly username?: string;
  readonly password?: string;
} & (
  | { readonly mode: 'single'; readonly server: RedisHost; readonly database: number }
  | {
      readonly mode: 'sentinel';
      readonly sentinels: readonly RedisHost[];
      readonly name: string;
      readonly database: number;
      /** Of the Sentinels themselves. */
      readonly sentinelPassword?: string;
    }
  | { readonly mode: 'cluster'; readonly nodes: readonly RedisHost[] }
);

/** What may stand there. */
const REDIS_URL_FORMS =
  'redis://user:password@host (rediss:// over TLS), redis+sentinel://host:26379,host:26379/name, or redis+cluster://host:6379,host:6379';

const SHAPE = /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/;
const HOST = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/;
const DATABASE = /^\d{1,4}$/;
const REDIS_PORT = 6_379;
const SENTINEL_PORT = 26_379;

/**
 * Reads a URL of Redis: `redis://` and `rediss://` (IANA's provisional schemes), each with `+sentinel` or `+cluster` and a list of
 * hosts. A database is the last part of the path; of Sentinels it follows the name: `redis+sentinel://a,b/mymaster/2`. The
 * parameter `sentinel_password` is for the Sentinels.
 *
 * @returns a clause that follows the name of the setting, where it is none
 */
export function parseRedisUrl(text: string): RedisLocation | string {
  const match = SHAPE.exec(text);
  if (match === null) return `must be ${REDIS_URL_FORMS}`;
  const [, scheme, mode, login, hostList = '', path = '', query] = match;
  const defaultPort = mode === 'sentinel' ? SENTINEL_PORT : REDIS_PORT;
  const hosts = hostList.split(',').map((each) => parseHost(each, defaultPort));
  const good = hosts.filter((each) => each !== undefined);
  const [first] = good;
  if (first === undefined || good.length < hosts.length) return `names '${hostList}', which is no host, or host:port`;
  const credentials = parseLogin(login);
  if (credentials === undefined) return 'has a user or password that is not percent-encoded as in every URL';
  const base = { isSecure: scheme === 'rediss', ...credentials };
  const parts = path === '' ? [] : path.split('/');

  if (mode === 'cluster') {
    if (parts.length > 0) return 'names a database, of which a cluster has none';
    return { ...base, mode, nodes: good };
  }
  const [database = '0', ...rest] = mode === 'sentinel' ? parts.slice(1) : parts;
  if (!DATABASE.test(database) || rest.length > 0) return `names '${path}', which is no number of a database`;
  if (mode === 'sentinel') {
    const name = parts[0];
    if (!name) return 'needs the name that its Sentinels watch: redis+sentinel://host:26379/name';
    const sentinelPassword = new URLSearchParams(query).get('sentinel_password');
    return {
      ...base,
      ...{ mode, sentinels: good, name: decodeURIComponent(name), database: Number(database) },
      ...(sentinelPassword === null ? {} : { sentinelPassword }),
    };
  }
  if (good.length > 1) return 'names several servers: say whether they are redis+sentinel:// or redis+cluster://';
  return { ...base, mode: 'single', server: first, database: Number(database) };
}

function parseHost(text: string, defaultPort: number): RedisHost | undefined {
  const match = HOST.exec(text);
  const port = Number(match?.[2] ?? defaultPort);
  if (match?.[1] === undefined || port === 0 || port > 65_535) return undefined;
  return { host: match[1].replace(/^\[|\]$/g, ''), port };
}

/** As in every URL: `user:password`, `:password`. */
function parseLogin(login: string | undefined): { username?: string; password?: string } | undefined {
  if (login === undefined) return {};
  const at = login.indexOf(':');
  try {
    const username = decodeURIComponent(at === -1 ? login : login.slice(0, at));
    const password = at === -1 ? '' : decodeURIComponent(login.slice(at + 1));
    return { ...(username === '' ? {} : { username }), ...(password === '' ? {} : { password }) };
  } catch {
    return undefined;
  }
}

/** The same without secrets, for people. */
export function redisName(location: RedisLocation): string {
  const list = (hosts: readonly RedisHost[]) => hosts.map(({ host, port }) => `${host}:${port}`).join(', ');
  if (location.mode === 'cluster') return `the cluster of ${list(location.nodes)}`;
  if (location.mode === 'sentinel') return `'${location.name}' of the Sentinels ${list(location.sentinels)}`;
  return list([location.server]);
}
