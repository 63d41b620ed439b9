import assert from 'node:assert/strict';
import { createServer, type RequestListener, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { Webhook } from 'standardwebhooks';
import { type ReceiverOptions, webhookReceiver } from '../../../sdk/server/src/index.js';

const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const BODY = JSON.stringify({
  type: 'events',
  timestamp: '2026-11-21T09:00:00.000Z',
  data: { endpoint_seq: 1, events: [{ id: 'evt_1', type: 'webhook.test', data: { endpoint: 'whe_1' } }] },
});

function headersOf(body = BODY, secret = SECRET): Record<string, string> {
  const now = new Date();
  return {
    'content-type': 'application/json',
    'webhook-id': 'whc_1',
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign('whc_1', now, body),
  };
}

async function serving(handler: RequestListener, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const post = async (url: string, body = BODY, headers = headersOf(body)) => {
  const answer = await fetch(url, { method: 'POST', headers, body });
  return { status: answer.status, text: await answer.text() };
};

describe('webhookReceiver', () => {
  const taken: string[] = [];
  const errors: unknown[] = [];
  beforeEach(() => {
    taken.length = 0;
    errors.length = 0;
  });
  const receiver = (options: Partial<ReceiverOptions> = {}) =>
    webhookReceiver({
      secrets: SECRET,
      onEvents: (events) => void taken.push(...events.map(({ id }) => id)),
      onError: (error) => void errors.push(error),
      ...options,
    });
  const inExpress = (...before: express.RequestHandler[]) => {
    const app = express();
    for (const parser of before) app.use(parser);
    return app.post('/', receiver());
  };

  for (const [where, handler] of [
    ['a plain server', () => receiver() as RequestListener],
    ['Express', () => inExpress()],
    ['Express behind express.raw()', () => inExpress(express.raw({ type: '*/*' }))],
    ['Express behind express.text()', () => inExpress(express.text({ type: '*/*' }))],
    [
      'Express whose JSON parser keeps the bytes',
      () => inExpress(express.json({ verify: (req, _res, bytes) => void Object.assign(req, { rawBody: bytes }) })),
    ],
  ] as const) {
    it(`hands over events and answers 204 in ${where}`, async () => {
      await serving(handler(), async (url) => {
        assert.deepEqual(await post(url), { status: 204, text: '' });
        assert.deepEqual(taken, ['evt_1']);
        const forged = await post(url, BODY, headersOf(BODY, `whsec_${Buffer.alloc(32, 6).toString('base64')}`));
        assert.equal(forged.status, 400);
        assert.match(forged.text, /no signature matches/);
        assert.deepEqual(taken, ['evt_1']);
        assert.deepEqual(
          errors.map((error) => (error as { code?: string }).code),
          ['no_matching_signature'],
        );
      });
    });
  }

  it('says so where a JSON parser was faster', async () => {
    await serving(inExpress(express.json()), async (url) => {
      const { status, text } = await post(url);
      assert.equal(status, 500);
      assert.match(text, /a body parser has been faster: mount it before express\.json\(\)/);
      assert.deepEqual(taken, []);
      assert.equal(errors.length, 1);
    });
  });

  it('answers only when the handler is done', async () => {
    const order: string[] = [];
    let begun: () => void = () => {};
    let go: () => void = () => {};
    const atWork = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const goOn = new Promise<void>((resolve) => {
      go = resolve;
    });
    const onEvents = async () => {
      begun();
      await goOn;
      order.push('handled');
    };
    await serving(receiver({ onEvents }) as RequestListener, async (url) => {
      const answered = post(url).then(({ status }) => order.push(`answered ${status}`));
      await atWork;
      order.push('at work');
      go();
      await answered;
      assert.deepEqual(order, ['at work', 'handled', 'answered 204']);
    });
  });

  it('answers 500 where the handler fails, and lets Express know', async () => {
    const failing = receiver({
      onEvents: async () => {
        throw new Error('the database is away');
      },
    });
    await serving(failing as RequestListener, async (url) => {
      const { status, text } = await post(url);
      assert.deepEqual([status, text], [500, 'the receiver failed; send it again\n']);
    });
    assert.match(String(errors[0]), /the database is away/);
    const told: unknown[] = [];
    const app = express().post('/', failing);
    app.use(((error, _req, res, _next) => {
      told.push(error);
      res.status(503).end();
    }) as express.ErrorRequestHandler);
    await serving(app, async (url) => assert.equal((await post(url)).status, 503));
    assert.match(String(told[0]), /the database is away/);
  });

  it('takes only POST, and no more bytes than it is told', async () => {
    await serving(receiver({ bytesMax: BODY.length }) as RequestListener, async (url) => {
      const got = await fetch(url);
      assert.deepEqual([got.status, got.headers.get('allow')], [405, 'POST']);
      assert.equal((await post(url)).status, 204);
      const long = await new Promise<number | undefined>((resolve, reject) => {
        const asking = request(url, { method: 'POST', headers: headersOf() }, (answer) => {
          resolve(answer.statusCode);
          answer.resume();
        });
        asking.on('error', reject);
        asking.write(`${BODY} `); // and never ends
      });
      assert.equal(long, 413);
    });
  });

  it('refuses a secret that is none when it is made, not when it is called', () => {
    assert.throws(() => receiver({ secrets: 'hunter2 ' }), TypeError);
    assert.throws(() => receiver({ secrets: [] }), TypeError);
  });
});
