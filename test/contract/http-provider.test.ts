/** Providers made of configuration alone, beside a service that knows nothing of ours. */
import { httpKind } from '../../providers/http/kind.js';
import { startHttpSimulator } from '../../providers/http/simulator.js';
import { openVendorWorld } from '../support/vendor-world.js';
import { type Http1Request, openHttp1Server } from '../unit/providers/shared/http1-server.js';
import { type ProviderWorld, providerSuite } from './provider.suite.js';

const DEAD = '+49000000';

interface Form {
  /** Of an app's file, but for the url. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Push tokens of a request. */
  read(request: Http1Request): readonly string[];
  answer(tokens: readonly string[]): unknown;
}

/** One push token in a request, in a form; the service answers with a status. */
const single: Form = {
  settings: {
    form: { to: '{{token}}', text: '{{text}}', extra: '{{data}}' },
    auth: { bearer: 'key-of-the-test' },
    token: 'e164',
    answer: { id: '/id', rules: [{ outcome: 'token_dead', where: { '/error': 'no_such_number' } }] },
  },
  read: ({ body }) => [new URLSearchParams(body).get('to') ?? ''],
  answer: ([token]) => (token === DEAD ? { error: 'no_such_number' } : { id: 'x' }),
};

/** Many push tokens, in JSON; the service lists those that it did not take. */
const batch: Form = {
  settings: {
    json: { recipients: '{{targets}}', text: { head: '{{title}}', body: '{{body}}' }, extra: '{{data}}' },
    target: { number: '{{token}}', ref: '{{notification_id}}' },
    batch: 30,
    auth: {
      hmac: {
        secret: 's',
        sign: '{{timestamp}}.{{body}}',
        timestamp: { header: 'x-time' },
        signature: { header: 'x-sign' },
      },
    },
    token: 'e164',
    answer: {
      rules: [{ outcome: 'accepted', status: 200, where: { '/ok': true } }],
      results: {
        list: '/refused',
        token: '/number',
        rules: [{ outcome: 'token_dead', where: { '/why': 'no_such_number' } }],
        others: 'accepted',
      },
    },
  },
  read: ({ body }) =>
    (JSON.parse(body) as { readonly recipients: readonly { readonly number: string }[] }).recipients.map(
      ({ number }) => number,
    ),
  answer: (tokens) => ({
    ok: true,
    refused: tokens.filter((token) => token === DEAD).map((number) => ({ number, why: 'no_such_number' })),
  }),
};

async function openServiceWorld(form: Form): Promise<ProviderWorld> {
  const server = await openHttp1Server('https');
  const taken: string[] = [];
  const held: Http1Request[] = [];
  let isHolding = false;
  let onHeld: () => void = () => {};
  const firstHeld = new Promise<void>((resolve) => {
    onHeld = resolve;
  });
  const answer = (request: Http1Request) => {
    const tokens = form.read(request);
    taken.push(...tokens.filter((token) => token !== DEAD));
    request.response.end(JSON.stringify(form.answer(tokens)));
  };
  server.answer = (request) => {
    if (!isHolding) {
      answer(request);
      return;
    }
    held.push(request);
    onHeld();
  };
  const options = httpKind.options.parse({ url: `${server.origin}/v1/send`, ca: server.ca, ...form.settings });
  return {
    kind: {
      ...httpKind,
      check: (message) => httpKind.check(message, options),
      parsePushToken: (raw) => httpKind.parsePushToken(raw, options),
    },
    open: (env) => httpKind.open(options, env),
    goodToken: (at) => `+4915${String(at).padStart(9, '0')}`,
    deadToken: () => DEAD,
    badTokens: ['0151', '+0151123456', 'alice', '+49151123456789012'],
    hold: () => {
      isHolding = true;
    },
    held: () => firstHeld,
    release: () => {
      isHolding = false;
      for (const request of held.splice(0)) answer(request);
    },
    vanish: () => server.close(),
    taken: () => taken,
    close: () => server.close(),
  };
}

providerSuite('A service by configuration, one target in a request,', () => openServiceWorld(single));
providerSuite('A service by configuration, many targets in a request,', () => openServiceWorld(batch));
providerSuite('The simulated service', () =>
  openVendorWorld({
    kind: httpKind,
    start: startHttpSimulator,
    faults: 'http',
    token: (at) => `device-${at}`,
    deadCode: 'dead',
    badTokens: [' a', 'a\n'],
    // The suite's message has no more than these; and it is to be too large at some size.
    settings: { payload_bytes_max: 65_536 },
  }),
);
