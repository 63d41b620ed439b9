import { type Check, type Finding, fault, ok, warning } from '../check.js';
import { networkBits } from '../networks.js';
import { isLoopback } from '../options.js';

/** Whether the addresses that the outside is told, and believes, make sense together. */
export const addresses: Check = {
  name: 'addresses',
  look({ config: { server }, isForOthers }) {
    return [publicUrl(server), admin(server), ...proxies(server, isForOthers)];
  },
};

type Server = Parameters<Check['look']>[0]['config']['server'];

function publicUrl({ public_url: url, listen }: Server): Finding {
  const { protocol, hostname, port } = new URL(url);
  const setting = 'server.public_url';
  if (isLoopback(hostname)) {
    if (protocol === 'http:' && listen.port !== 0 && Number(port || 80) !== listen.port) {
      const says = `${url} is on this machine, but the API listens on port ${listen.port}: clients made from /openapi.json go astray`;
      return warning(
        setting,
        says,
        `Set it to http://${hostname}:${listen.port}, or to the address of the proxy before it.`,
      );
    }
    if (isLoopback(listen.host)) return ok(setting, `${url}: for programs on this machine only`);
    const says = `${url} is this machine's own name, while server.listen takes calls from everywhere (${listen.host})`;
    return warning(
      setting,
      says,
      'Set it to the address under which others reach the API, such as https://push.example.com.',
    );
  }
  if (protocol === 'http:') {
    const says = `${url} is not https: server keys and push tokens cross the network in the open`;
    return fault(setting, says, 'Put a proxy that ends TLS before the gateway, and set it to the https address.');
  }
  return ok(setting, url);
}

function admin({ admin: { host, port } }: Server): Finding {
  const setting = 'server.admin';
  if (isLoopback(host)) return ok(setting, `${host}:${port}: metrics for this machine only`);
  if (host !== '0.0.0.0' && host !== '::')
    return ok(setting, `${host}:${port}: metrics for that network; it asks for no key`);
  const says = `metrics are open to whoever reaches port ${port} of this machine: it asks for no key`;
  return warning(
    setting,
    says,
    'Listen on 127.0.0.1 or a private address, or never publish the port (in a container: do not map it).',
  );
}

function proxies({ trusted_proxies: trusted }: Server, isForOthers: boolean): readonly Finding[] {
  const setting = 'server.trusted_proxies';
  const wide = trusted.filter((network) => networkBits(network).isWide);
  if (wide.length > 0) {
    const says = `${wide.join(', ')} believes X-Forwarded-For from nearly everybody: any caller can pretend to be any address`;
    return [fault(setting, says, "Name the proxies' own addresses only, such as 10.0.0.5.")];
  }
  if (trusted.length === 0)
    return isForOthers ? [ok(setting, 'none: the address of a caller is that of the connection')] : [];
  return [ok(setting, trusted.join(', '))];
}
