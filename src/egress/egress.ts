/**
 * The way out to addresses that others chose (Web Push endpoints, webhooks, key sets). A host is looked up afresh for
 * every connection, every one of its addresses is checked, and the connection goes to what was checked: there is no
 * second look-up in which a name could have changed its mind.
 */
import dns from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { type AddressRule, inNetworks, isPublicAddress } from './address.js';

/** Bounds a resolver that does not answer; the system's own patience can be 20 s and more. */
const RESOLVE_TIMEOUT_MS = 5_000;

export interface EgressOptions {
  /** Networks that may be reached although they are not public: addresses or CIDR. */
  readonly allow: readonly string[];
  /** Every address of a host, IPv4 and IPv6. The system's resolver (with its hosts file) when absent. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** Default 5 s. */
  readonly resolveTimeoutMs?: number;
}

/** Thrown by `checkUrl`, handed to the callback by `lookup`. The text names no address: it may reach a caller. */
export class EgressRefusedError extends Error {
  override readonly name = 'EgressRefusedError';
  readonly code = 'EGRESS_REFUSED';
}

export interface EgressGuard {
  /**
   * Checks what can be told without a look-up: the scheme, no user or password, no IP literal but one in an allowed
   * network. (A parsed URL has no odd spellings left: `0x7f.1` is 127.0.0.1 by then.)
   *
   * @throws EgressRefusedError
   */
  checkUrl(url: URL): void;
  /**
   * For `net.connect` and `tls.connect`: fails with an `EgressRefusedError` if any address of the host is refused. Node
   * does not ask it about IP literals, so `checkUrl` comes first.
   */
  readonly lookup: LookupFunction;
}

/** For https, to the public internet and the networks that are listed. */
export interface Egress extends EgressGuard {
  /** For plain http: to the networks that are listed, and nowhere else. */
  readonly plain: EgressGuard;
}

/** @throws TypeError for a network in `allow` that is none */
export function createEgress(options: EgressOptions): Egress {
  const isListed = inNetworks(options.allow);
  const mayReach: AddressRule = (address) => isListed(address) || isPublicAddress(address);
  return {
    ...createGuard('https:', isListed, mayReach, options),
    plain: createGuard('http:', isListed, isListed, options),
  };
}

function createGuard(
  scheme: 'https:' | 'http:',
  isListed: AddressRule,
  mayReach: AddressRule,
  options: EgressOptions,
): EgressGuard {
  const resolve = options.resolve ?? resolveBySystem;
  const timeoutMs = options.resolveTimeoutMs ?? RESOLVE_TIMEOUT_MS;

  const addressesOf = async (host: string) => {
    const found = await within(timeoutMs, resolve(host));
    if (found.length === 0) throw notFound('the host has no address');
    // One bad address is enough: a host that mixes public and private ones is up to something, or a mistake.
    if (!found.every(mayReach)) {
      throw new EgressRefusedError(
        scheme === 'https:'
          ? 'the host is not on the public internet'
          : 'plain http reaches only networks that egress.allow lists: use https',
      );
    }
    return found.map((address) => ({ address, family: isIP(address) }));
  };

  return {
    checkUrl(url) {
      if (url.protocol !== scheme) throw new EgressRefusedError(`the address is not ${scheme.slice(0, -1)}`);
      if (url.username !== '' || url.password !== '') {
        throw new EgressRefusedError('the address holds a user or a password');
      }
      const literal = url.hostname.replace(/^\[|\]$/g, '');
      if (isIP(literal) === 0) return;
      // A public literal is refused too: certificates name hosts, and a host's addresses are meant to change.
      if (!isListed(literal)) {
        throw new EgressRefusedError('the address names no host but an IP address');
      }
    },
    lookup(hostname, { all, family }, callback) {
      addressesOf(hostname).then(
        (found) => {
          const wanted = family === 4 || family === 'IPv4' ? 4 : family === 6 || family === 'IPv6' ? 6 : 0;
          const fit = wanted === 0 ? found : found.filter((one) => one.family === wanted);
          const [first] = fit;
          // Outside of this promise: an error thrown by the caller's callback is the caller's.
          if (first === undefined) process.nextTick(callback, notFound('the host has no address of this family'), []);
          else if (all === true) process.nextTick(callback, null, fit);
          else process.nextTick(callback, null, first.address, first.family);
        },
        (error: Error) => process.nextTick(callback, error, []),
      );
    },
  };
}

function notFound(text: string): Error {
  return Object.assign(new Error(text), { code: 'ENOTFOUND' });
}

/** Names of the local network and of containers are looked up as well: whether they may be reached is decided after. */
async function resolveBySystem(host: string): Promise<readonly string[]> {
  return (await dns.lookup(host, { all: true, verbatim: true })).map(({ address }) => address);
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(Object.assign(new Error(`the host was not found in ${ms} ms`), { code: 'ETIMEOUT' }));
    }, ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
