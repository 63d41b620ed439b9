import assert from 'node:assert/strict';
import type { Batch, Outcome, ProviderEnv, ProviderObservation, Target } from '../../../../providers/contract.js';
import { VendorProvider, type VendorWire } from '../../../../providers/shared/vendor-provider.js';
import { VendorTokens } from '../../../../providers/shared/vendor-tokens.js';
import { testEnv } from '../../../contract/provider.suite.js';
import { type Http1Server, openHttp1Server } from './http1-server.js';

const NEVER = new AbortController().signal;
const LIMITS = { batchTargetsMax: 10, requestTargetsMax: 3, payloadBytesMax: 100, ttlSecondsMax: 60 };

/** A vendor whose body is the push tokens, and whose answer is a word for each. */
const WIRE: VendorWire<string> = {
  limits: LIMITS,
  compile: ({ message }) =>
    message.notification?.title === undefined
      ? { misfits: [{ severity: 'error', code: 'title_missing', detail: 'write a title' }] }
      : { compiled: message.notification.title, misfits: [] },
  groupOf: ({ region }) => region ?? '',
  async send(_compiled, targets, talk) {
    const asked = await talk.ask({
      request: (token) => ({
        method: 'POST',
        path: '/send',
        headers: { ...(token === '' ? {} : { authorization: token }), 'x-passed': String(talk.hasPassedWithin(1_000)) },
        body: Buffer.from(targets.map(({ pushToken }) => pushToken).join(' ')),
      }),
      judge: ({ status, body }) => ({
        value: body.toString().split(' '),
        code: String(status),
        isStrange: status === 500,
        isTokenRefused: status === 401,
      }),
    });
    if (asked.kind === 'outcome') return targets.map(() => asked.outcome);
    return asked.value.map(outcomeOf);
  },
};

function outcomeOf(word: string): Outcome {
  if (word === 'ok') return { kind: 'accepted' };
  if (word === 'dead') return { kind: 'unregistered' };
  return { kind: 'misconfigured', what: word };
}

function targets(...texts: string[]): Target[] {
  return texts.map((text, at) => {
    const [token = '', region, purpose] = text.split('/');
    return {
      pushToken: token as Target['pushToken'],
      notificationId: String(at),
      ...(region === undefined || region === '' ? {} : { region }),
      ...(purpose === undefined ? {} : { purpose }),
    };
  });
}

function batch(...texts: string[]): Batch {
  const message = { id: 'msg', app: 'shop', notification: { title: 'T' }, ttlSeconds: 60, priority: 'high' } as const;
  return { message, targets: targets(...texts) };
}

describe('The frame of a vendor’s provider', () => {
  let server: Http1Server;
  let provider: VendorProvider<string>;
  let observed: ProviderObservation[];
  let logged: { readonly event: string; readonly fields: Readonly<Record<string, unknown>> }[];

  function open(options: { readonly tokens?: (env: ProviderEnv) => VendorTokens; wire?: VendorWire<string> } = {}) {
    const note = (fields: Readonly<Record<string, unknown>>, event: string) => void logged.push({ event, fields });
    const env = testEnv({
      observe: (observation) => void observed.push(observation),
      log: { info: note, warn: note, error: note },
    });
    const tokens = options.tokens === undefined ? {} : { tokens: options.tokens(env) };
    provider = new VendorProvider({ wire: options.wire ?? WIRE, kind: 'acme', origin: server.origin, ...tokens }, env);
    return provider;
  }

  /** Access tokens `a1`, `a2` …, counted. */
  function counted() {
    let issued = 0;
    return {
      issued: () => issued,
      tokens: (env: ProviderEnv) =>
        new VendorTokens(
          {
            key: 'k',
            issue: async () => {
              issued += 1;
              return { kind: 'token', token: { value: `a${issued}`, lifeSeconds: 3_600 } };
            },
          },
          env,
        ),
    };
  }

  beforeEach(async () => {
    observed = [];
    logged = [];
    server = await openHttp1Server();
    server.answer = ({ body, response }) => {
      response.end(
        body
          .split(' ')
          .map((token) => (token.startsWith('dead') ? 'dead' : 'ok'))
          .join(' '),
      );
    };
  });

  afterEach(async () => {
    await server.close();
    await provider.close();
  });

  it('puts as many targets into a request as it may, by group, and keeps their order', async () => {
    const outcomes = await open().send(batch('a', 'b/eu', 'dead1', 'c', 'd/eu', 'e', 'f'), NEVER);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['accepted', 'accepted', 'unregistered', 'accepted', 'accepted', 'accepted', 'accepted'],
    );
    assert.deepEqual(server.requests.map(({ body }) => body).sort(), ['a dead1 c', 'b d', 'e f']);
  });

  it('doubts that an address is dead until something of the account has passed: it may be the wrong account', async () => {
    const over = open();
    const doubts = async (...texts: string[]) =>
      (await over.send(batch(...texts), NEVER)).map(
        (outcome) => outcome.kind === 'unregistered' && outcome.isDoubtful === true,
      );
    assert.deepEqual(await doubts('dead1', 'dead2'), [true, true]);
    assert.deepEqual(await doubts('dead1', 'a'), [false, false], 'the same answer has taken another');
    assert.deepEqual(await doubts('dead1'), [false], 'something has passed before');
  });

  it('believes a vendor whose word on addresses is nobody’s credentials’', async () => {
    const [outcome] = await open({ wire: { ...WIRE, knowsAddresses: true } }).send(batch('dead'), NEVER);
    assert.deepEqual(outcome, { kind: 'unregistered' });
  });

  it('names a push token once in a batch, and tells the outcome to all that have it', async () => {
    const outcomes = await open().send(batch('dead', 'a', 'dead', 'a'), NEVER);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['unregistered', 'accepted', 'unregistered', 'accepted'],
    );
    assert.deepEqual(
      server.requests.map(({ body }) => body),
      ['dead a'],
    );
  });

  it('sends nothing to purposes that its wire does not know', async () => {
    const outcomes = await open().send(batch('a//voip', 'b', 'c//alert'), NEVER);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['rejected', 'accepted', 'accepted'],
    );
    assert.equal(server.requests[0]?.body, 'b c');
  });

  it('rejects a message that does not fit, and says why', async () => {
    const { message, targets: to } = batch('a', 'b');
    const [first, second] = await open().send({ message: { ...message, notification: {} }, targets: to }, NEVER);
    assert.deepEqual(first, { kind: 'rejected', reason: 'payload_rejected', detail: { text: 'write a title' } });
    assert.deepEqual(second, first);
    assert.equal(server.requests.length, 0);
  });

  it('does not know what became of targets that a wire says nothing about', async () => {
    server.answer = ({ response }) => response.end('ok');
    const outcomes = await open().send(batch('a', 'b'), NEVER);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['accepted', 'uncertain'],
    );
  });

  it('repeats a request once with another access token when the first was refused', async () => {
    const { tokens, issued } = counted();
    server.answer = ({ headers, response }) => {
      if (headers.authorization === 'a1') response.writeHead(401).end('stale');
      else response.end('ok');
    };
    const outcomes = await open({ tokens }).send(batch('a'), NEVER);
    assert.deepEqual(outcomes, [{ kind: 'accepted' }]);
    assert.equal(server.requests.length, 2);
    assert.equal(issued(), 2);
    await provider.send(batch('b'), NEVER);
    assert.equal(server.requests.length, 3);
  });

  it('repeats it no second time, and does not fetch tokens without end', async () => {
    const { tokens, issued } = counted();
    server.answer = ({ response }) => response.writeHead(401).end('refused');
    open({ tokens });
    for (let at = 0; at < 4; at += 1) {
      assert.deepEqual(await provider.send(batch('a'), NEVER), [{ kind: 'misconfigured', what: 'refused' }]);
    }
    assert.equal(issued(), 2);
    assert.equal(server.requests.length, 5);
  });

  it('tells all targets why there is no access token, and asks nothing', async () => {
    const outcome: Outcome = { kind: 'misconfigured', what: 'the secret is wrong' };
    const tokens = (env: ProviderEnv) =>
      new VendorTokens({ key: 'k', issue: async () => ({ kind: 'failed', outcome }) }, env);
    assert.deepEqual(await open({ tokens }).send(batch('a', 'b'), NEVER), [outcome, outcome]);
    assert.equal(server.requests.length, 0);
  });

  it('raises an alarm for an answer that nobody documented, without its text', async () => {
    server.answer = ({ response }) => response.writeHead(500).end('token-of-alice');
    await open().send(batch('a'), NEVER);
    const [line] = logged;
    assert.equal(line?.event, 'acme.answer_unexpected');
    assert.deepEqual(line?.fields, { provider: 'under_test', app: 'shop', status: 500, code: '500' });
  });

  it('knows how long ago the vendor took a message', async () => {
    open();
    await provider.send(batch('dead'), NEVER);
    await provider.send(batch('a'), NEVER);
    await provider.send(batch('b'), NEVER);
    assert.deepEqual(
      server.requests.map(({ headers }) => headers['x-passed']),
      ['false', 'false', 'true'],
    );
  });

  it('does not know what became of what is unanswered, unless it was harmless', async () => {
    server.answer = ({ socket }) => socket.destroy();
    const harmless: VendorWire<string> = {
      ...WIRE,
      async send(_compiled, to, talk) {
        const request = { method: 'POST', path: '/validate', headers: {}, body: Buffer.from('') } as const;
        const judge = () => ({ value: undefined, code: '200' });
        const asked = await talk.ask({ request: () => request, judge, isHarmless: true });
        return asked.kind === 'outcome' ? to.map(() => asked.outcome) : [];
      },
    };
    const [uncertain] = await open().send(batch('a'), NEVER);
    assert.equal(uncertain?.kind, 'uncertain');
    await provider.close();
    const [deferred] = await open({ wire: harmless }).send(batch('a'), NEVER);
    assert.ok(deferred?.kind === 'deferred');
    assert.deepEqual([deferred.scope, deferred.reason], ['target', 'provider_unavailable']);
  });

  it('counts requests by their code, and connections of all origins together', async () => {
    const other = await openHttp1Server();
    const wire: VendorWire<string> = {
      ...WIRE,
      async send(_compiled, to, talk) {
        const request = { method: 'POST', path: '/', headers: {}, body: Buffer.from('') } as const;
        const judge = () => ({ value: undefined, code: 'fine' });
        await talk.ask({ request: () => request, judge });
        await talk.ask({ request: () => ({ ...request, origin: other.origin }), judge });
        return to.map(() => ({ kind: 'accepted' }));
      },
    };
    await open({ wire }).send(batch('a'), NEVER);
    assert.deepEqual(
      observed.map((one) => (one.kind === 'request' ? one.code : one.count)),
      [1, 'fine', 2, 'fine'],
    );
    await other.close();
  });

  it('throws for a caller’s mistake, and sends nothing of it', async () => {
    open();
    await assert.rejects(provider.send(batch(), NEVER), /needs a target/);
    await assert.rejects(provider.send(batch(...Array.from({ length: 11 }, () => 'a')), NEVER), /at most 10/);
    await provider.close();
    await assert.rejects(provider.send(batch('a'), NEVER), /after close/);
    assert.equal(server.requests.length, 0);
  });

  it('closing waits for sends under way, with their repeat', async () => {
    const { tokens } = counted();
    server.answer = () => undefined;
    const sending = open({ tokens }).send(batch('a'), NEVER);
    await server.arrived(1);
    const closing = provider.close();
    server.answer = ({ response }) => response.end('ok');
    server.requests[0]?.response.writeHead(401).end('stale');
    assert.deepEqual(await sending, [{ kind: 'accepted' }]);
    await closing;
    await server.quiet();
  });

  /** Access tokens `a1`, `a2` …; `on` is called with the number of each before it is given. */
  function issuing(on: (count: number) => void | Promise<void>) {
    let issued = 0;
    return (env: ProviderEnv) =>
      new VendorTokens(
        {
          key: 'k',
          async issue() {
            issued += 1;
            await on(issued);
            return { kind: 'token', token: { value: `a${issued}`, lifeSeconds: 3_600 } };
          },
        },
        env,
      );
  }

  it('given up while it waits for an access token, it sends nothing and defers each', async () => {
    const given = new AbortController();
    open({ tokens: issuing(() => given.abort()) });
    const outcomes = await provider.send(batch('a', 'b/eu', 'c'), given.signal);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind === 'deferred' && `${outcome.scope} ${outcome.reason}`),
      ['target timeout', 'target timeout', 'target timeout'],
    );
    assert.equal(server.requests.length, 0);
    // The token that came too late is good for the next.
    assert.deepEqual(await provider.send(batch('d'), NEVER), [{ kind: 'accepted' }]);
    assert.equal(server.requests[0]?.headers.authorization, 'a1');
  });

  it('given up after its access token was refused, it repeats nothing: the refusal brought nobody anything', async () => {
    const given = new AbortController();
    server.answer = ({ response }) => response.writeHead(401).end('stale');
    open({ tokens: issuing((count) => (count === 2 ? given.abort() : undefined)) });
    const [outcome] = await provider.send(batch('a'), given.signal);
    assert.ok(outcome?.kind === 'deferred');
    assert.deepEqual([outcome.scope, outcome.reason], ['target', 'timeout']);
    assert.equal(server.requests.length, 1);
  });

  it('given up while the repeat is unanswered, it does not know what became of it', async () => {
    const given = new AbortController();
    const { tokens } = counted();
    server.answer = ({ headers, response }) => {
      if (headers.authorization === 'a1') response.writeHead(401).end('stale');
      else given.abort();
    };
    const [outcome] = await open({ tokens }).send(batch('a'), given.signal);
    assert.equal(outcome?.kind, 'uncertain');
  });

  it('closing waits for a send that has no access token yet', async () => {
    let issue: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      issue = resolve;
    });
    const sending = open({ tokens: issuing(() => asked) }).send(batch('a'), NEVER);
    let isClosed = false;
    const closing = provider.close().then(() => {
      isClosed = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isClosed, false);
    issue();
    assert.deepEqual(await sending, [{ kind: 'accepted' }]);
    await closing;
  });

  it('has an outcome for each target where its wire breaks at one request, and tells where without telling what', async () => {
    const breaking: VendorWire<string> = {
      ...WIRE,
      async send(compiled, to, talk) {
        const outcomes = await WIRE.send(compiled, to, talk);
        if (to.some(({ region }) => region === 'eu')) throw new TypeError('no field in {"token-of-alice"}');
        return outcomes;
      },
    };
    const outcomes = await open({ wire: breaking }).send(batch('a', 'b/eu', 'dead', 'c/eu'), NEVER);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['accepted', 'uncertain', 'unregistered', 'uncertain'],
    );
    const [line] = logged;
    assert.equal(line?.event, 'acme.broken');
    assert.equal(line?.fields.error, 'TypeError');
    assert.match(String(line?.fields.at), /vendor-provider\.test/);
    assert.doesNotMatch(JSON.stringify(line), /alice/);
  });

  it('has an outcome for each target where an answer cannot be judged', async () => {
    const puzzled: VendorWire<string> = {
      ...WIRE,
      async send(_compiled, to, talk) {
        const request = { method: 'POST', path: '/', headers: {}, body: Buffer.from('') } as const;
        await talk.ask({
          request: () => request,
          judge: ({ body }) => JSON.parse(body.toString()),
        });
        return to.map(() => ({ kind: 'accepted' }));
      },
    };
    const outcomes = await open({ wire: puzzled }).send(batch('a', 'b'), NEVER);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['uncertain', 'uncertain'],
    );
    assert.equal(logged[0]?.event, 'acme.broken');
  });
});
