import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Pealbell } from '../../../sdk/server/src/index.js';

const DEVICES = 60_000;
/** All lines together are some 9 MB; what is kept of them at any time is a fraction. */
const KEPT_BYTES_MAX = 4_000_000;

/** Collects garbage now. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** Takes every line of a stream and answers it at once, as the gateway does, but keeps nothing. */
function takeAll() {
  return createServer((req, res) => {
    let rest = '';
    let line = 0;
    res.writeHead(200, { 'content-type': 'application/x-ndjson' }).flushHeaders();
    req.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      const answers = parts.map(() => `{"line":${++line},"status":201}\n`).join('');
      if (res.write(answers)) return;
      req.pause();
      res.once('drain', () => req.resume());
    });
    req.once('end', () => res.end());
  });
}

describe('an import of any length', function () {
  this.timeout(60_000);

  it('needs no more memory for many devices than for a few', async () => {
    const server = takeAll().listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const client = new Pealbell({ url, key: 'pealbell_key_x' });
      function* devices() {
        const registrations = [{ provider: 'apns', token: 'f'.repeat(64) }];
        for (let n = 0; n < DEVICES; n++) yield { id: `d${n}`, user: `u${n}`, platform: 'ios' as const, registrations };
      }
      const used = () => {
        collect();
        const { arrayBuffers, heapUsed } = process.memoryUsage();
        return arrayBuffers + heapUsed;
      };
      let early = 0;
      let late = 0;
      for await (const { line } of client.devices.import(devices())) {
        if (line === 5_000) early = used();
        if (line === DEVICES - 5_000) late = used();
      }
      assert.ok(late > 0 && late - early < KEPT_BYTES_MAX, `${Math.round((late - early) / 1_000)} kB more at the end`);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});
