import { createServer } from 'node:net';
import type { ListenAddress } from '../../../../config/setting-types.js';
import { type Check, type Finding, fault, ok } from '../check.js';

/** Whether the addresses can be had, or are held by the gateway itself. */
export const ports: Check = {
  name: 'ports',
  async look(scene) {
    const { listen, admin } = scene.config.server;
    const running = await scene.running();
    return Promise.all([
      judge('server.listen', listen, running?.version),
      judge('server.admin', admin, running?.version),
    ]);
  },
};

async function judge(setting: string, address: ListenAddress, version: string | undefined): Promise<Finding> {
  const shown = `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
  if (address.port === 0) return ok(setting, 'the system chooses a port at each start');
  const code = await tryAddress(address);
  const remedy = `set ${setting} to another address`;
  switch (code) {
    case undefined:
      return ok(setting, `${shown} is free`);
    case 'EADDRINUSE':
      if (version !== undefined) return ok(setting, `${shown} is held by the running gateway (${version})`);
      return fault(setting, `${shown} is in use by another process`, `Stop that one, or ${remedy}.`);
    case 'EACCES':
      return fault(setting, `this user may not listen on ${shown}`, `Choose a port above 1023: ${remedy}.`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return fault(
        setting,
        `this machine has no address ${address.host}`,
        `To listen on all: 0.0.0.0:${address.port}; else ${remedy}.`,
      );
    default:
      return fault(setting, `nobody can listen on ${shown} (${code})`, `Find out why, or ${remedy}.`);
  }
}

/** Listens for a moment. @returns the code of what went wrong, if anything */
function tryAddress({ host, port }: ListenAddress): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
