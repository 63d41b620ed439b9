import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { createDoorway } from '../../../src/http/doorway.js';
import { type HttpListener, listen } from '../../../src/http/server.js';

describe('a doorway', () => {
  let server: HttpListener;
  const doorway = createDoorway();
  before(async () => {
    server = await listen(doorway.handle, { host: '127.0.0.1', port: 0, setting: 'server.listen' });
  });
  after(() => server.close(0));

  it('lets who comes early wait, cuts who asks for another protocol, and lets all in once it is open', async () => {
    const early = request(server.url, { method: 'POST', agent: false }).end('words');
    await once(server.server, 'request');
    const upgrading = request(server.url, { agent: false, headers: { connection: 'upgrade', upgrade: 'websocket' } });
    const [error] = await once(upgrading.end(), 'error');
    assert.match(String(error), /hang up|ECONNRESET/);
    doorway.open((req, res) => void req.pipe(res));
    const [first] = await once(early, 'response');
    assert.equal(await textOf(first), 'words');
    const [second] = await once(request(server.url, { method: 'POST', agent: false }).end('more'), 'response');
    assert.equal(await textOf(second), 'more');
  });
});

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
