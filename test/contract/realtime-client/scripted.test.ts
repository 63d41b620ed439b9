import { scriptedToken, startScriptedRealtime } from '../../support/scripted-realtime.js';
import { realtimeClientSuite } from './client.suite.js';

realtimeClientSuite('a script of the protocol', async () => {
  const gateway = await startScriptedRealtime();
  let devices = 0;
  let messages = 0;
  return {
    url: gateway.url,
    async newDevice() {
      devices += 1;
      return `d${devices}`;
    },
    token: async (device) => scriptedToken({ device }),
    async send(device, data) {
      messages += 1;
      gateway.send(device, `m${messages}`, { data });
      return `m${messages}`;
    },
    cut: () => gateway.cut(),
    waiting: async (device) => gateway.waiting(device),
    close: () => gateway.close(),
  };
});
