/** Which push services there are, and which endpoints are theirs. Compared on the parsed host, label by label. */
import { isIP } from 'node:net';

export type ServiceName = 'google' | 'mozilla' | 'apple' | 'windows' | 'other';

interface PushService {
  readonly name: ServiceName;
  readonly host: string;
  /** 443 where none is named. */
  readonly port: number;
}

/** Chromium, Firefox, Safari, Edge on Windows: hosts from the vendors' pages and from endpoints seen. */
const SERVICES: readonly PushService[] = [
  { name: 'google', host: 'fcm.googleapis.com', port: 443 },
  { name: 'google', host: 'jmt17.google.com', port: 443 }, // Chromium builds without a key of their own
  { name: 'mozilla', host: 'push.services.mozilla.com', port: 443 },
  { name: 'apple', host: 'push.apple.com', port: 443 },
  { name: 'windows', host: 'notify.windows.com', port: 443 },
];

const ENTRY =
  /^(?:(google|mozilla|apple|windows)=)?(?:\[([0-9a-f:.]+)\]|([a-z0-9-]+(?:\.[a-z0-9-]+)*))(?::(\d{1,5}))?$/;

/**
 * Reads a host that the operator adds, `push.example.org` or `localhost:8443`; nothing where it is none. Hosts below it
 * are its too, IP addresses only themselves. `apple=localhost:8443` is one that answers as Apple's does.
 */
function readEntry(entry: string): PushService | undefined {
  const [, like, v6, host = v6, port] = ENTRY.exec(entry) ?? [];
  if (host === undefined || (v6 !== undefined && isIP(v6) !== 6) || Number(port ?? 443) > 65_535) return undefined;
  const name = SERVICES.find((service) => service.name === like)?.name ?? 'other';
  return { name, host, port: Number(port ?? 443) };
}

export function isServiceEntry(entry: string): boolean {
  return readEntry(entry) !== undefined;
}

/** Whose an endpoint is, and where requests for it go. */
export interface Destination {
  readonly service: ServiceName;
  readonly url: URL;
}

/** Nothing for an endpoint of nobody. */
export type ServiceOf = (endpoint: URL) => Destination | undefined;

/** Base URLs in place of push services. */
export type StandIns = Readonly<Partial<Record<ServiceName, string | undefined>>>;

/**
 * @param added entries for which `isServiceEntry` holds
 * @param standIns where one is given, nothing goes anywhere else: endpoints of a service without one are nobody's
 */
export function pushServices(added: readonly string[] = [], standIns?: StandIns): ServiceOf {
  const services = [...SERVICES, ...added.flatMap((entry) => readEntry(entry) ?? [])];
  const nameOf = (endpoint: URL) => {
    const host = endpoint.hostname.replace(/^\[|\]$/g, '');
    const port = endpoint.port === '' ? 443 : Number(endpoint.port);
    return services.find((service) => service.port === port && isWithin(host, service.host))?.name;
  };
  if (standIns !== undefined) return standingIn(standIns, nameOf);
  return (endpoint) => {
    const service = nameOf(endpoint);
    return service === undefined ? undefined : { service, url: endpoint };
  };
}

/** An endpoint on a stand-in's own host is its own; that of a service is kept below the stand-in's base URL. */
function standingIn(standIns: StandIns, nameOf: (endpoint: URL) => ServiceName | undefined): ServiceOf {
  const bases = new Map<ServiceName, URL>();
  const owners = new Map<string, ServiceName>();
  for (const name of ['google', 'mozilla', 'apple', 'windows', 'other'] as const) {
    const base = standIns[name];
    if (base === undefined) continue;
    const url = new URL(base);
    bases.set(name, url);
    if (!owners.has(url.origin)) owners.set(url.origin, name);
  }
  return (endpoint) => {
    const owner = owners.get(endpoint.origin);
    if (owner !== undefined) return { service: owner, url: endpoint };
    const service = nameOf(endpoint);
    const base = service === undefined ? undefined : bases.get(service);
    if (service === undefined || base === undefined) return undefined;
    // Part by part: a path such as `//elsewhere/` must never be read as a host.
    const url = new URL(base.origin);
    url.pathname = `${base.pathname.replace(/\/$/, '')}${endpoint.pathname}`;
    url.search = endpoint.search;
    return { service, url };
  };
}

/** `a.b.example` is within `b.example`; `xb.example` and `b.example.other` are not. */
function isWithin(host: string, suffix: string): boolean {
  return host === suffix || (isIP(suffix) === 0 && host.endsWith(`.${suffix}`));
}
