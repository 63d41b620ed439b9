import { type Arena, realtimeClientSuite } from '../../contract/realtime-client/client.suite.js';
import { openClientArena } from './client-arena.js';

describe('the client of devices', () => {
  let opening: Promise<Arena> | undefined;
  after(async () => (await opening)?.close());

  realtimeClientSuite('the gateway', async () => {
    opening ??= openClientArena();
    return { ...(await opening), close: async () => {} };
  });
});
