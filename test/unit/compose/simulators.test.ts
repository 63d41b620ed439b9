import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { askSimulators, type Endpoints, simulatorsOnly, watchSimulators } from '../../../src/compose/simulators.js';
import { keptLog } from '../http/serve.js';

describe('finding simulators', () => {
  let server: Server;
  let answer: { status: number; body: string };
  let url: string;
  const at = (providers: unknown) => ({ status: 200, body: JSON.stringify({ providers }) });

  before(async () => {
    server = createServer((_request, response) => response.writeHead(answer.status).end(answer.body));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => void server.close());

  it('takes what a control port tells', async () => {
    const providers = { apns: { production: 'https://127.0.0.1:1', ca: 'PEM' }, webpush: { subject: 'mailto:a@b.c' } };
    answer = at(providers);
    assert.deepEqual(await askSimulators(url), providers);
  });

  it('refuses addresses that are not on this machine, however deep', async () => {
    for (const host of ['https://api.push.apple.com', 'https://10.0.0.1:2197/x', 'http://127.0.0.1.example']) {
      answer = at({ apns: { deep: [{ production: host }] } });
      await assert.rejects(askSimulators(url), /which is not on this machine/, host);
    }
  });

  it('says what to do where no simulator answers', async () => {
    for (const wrong of [
      { status: 404, body: 'nothing' },
      { status: 200, body: 'no JSON' },
    ]) {
      answer = wrong;
      await assert.rejects(askSimulators(url), /no simulators at http.* start them with: pealbell simulate/);
    }
    answer = { status: 200, body: '[]' };
    await assert.rejects(askSimulators(url), /is no simulator/);
    const gone = createServer();
    await once(gone.listen(0, '127.0.0.1'), 'listening');
    const { port } = gone.address() as AddressInfo;
    await once(gone.close(), 'close');
    await assert.rejects(askSimulators(`http://127.0.0.1:${port}`), /no simulators at .*ECONNREFUSED/);
  });

  it('goes on looking: follows what comes later, what is started anew, and nothing twice', async () => {
    answer = { status: 503, body: '' };
    const log = keptLog();
    const ending = new AbortController();
    const followed: Endpoints[] = [];
    const seen: (() => void)[] = [];
    const next = () => new Promise<void>((resolve) => seen.push(resolve));
    const follow = async (endpoints: Endpoints) => {
      followed.push(endpoints);
      seen.shift()?.();
    };
    const watch = watchSimulators(url, log, undefined, follow, 5).run(ending.signal);
    const first = next();
    answer = at({ apns: { key: 1 } });
    await first;
    const second = next();
    answer = at({ apns: { key: 2 } });
    await second;
    const asked = once(server, 'request'); // one more look that finds the same
    await asked;
    ending.abort();
    await watch;
    assert.deepEqual(followed, [{ apns: { key: 1 } }, { apns: { key: 2 } }]);
  });

  it('lets a twin out to the simulators alone', () => {
    const guard = simulatorsOnly({ webpush: { origins: { mozilla: 'https://127.0.0.1:5000/abroad' } } });
    guard.checkUrl(new URL('https://127.0.0.1:5000/x'));
    for (const other of ['https://127.0.0.1:5001/', 'https://fcm.googleapis.com/', 'http://127.0.0.1:5000/']) {
      assert.throws(() => guard.checkUrl(new URL(other)), /test keys reach simulators only/, other);
    }
  });
});
