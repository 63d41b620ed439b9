import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Clock } from '../domain/time.js';
import type { CallbackDesk } from '../usecases/take-callback.js';
import { readBytes } from './body.js';
import type { OpenOperation, Parameter } from './operation.js';
import { Refusal } from './refusal.js';

const BODY_BYTES_MAX = 1024 * 1024;
/** Calls of vendors that are read at the same time, each with its body in hand. */
const RUNNING_MAX = 64;

const part = (name: string, description: string): Parameter => ({
  ...{ name, in: 'path', description },
  schema: z.string(),
});

/** The address that a vendor is given for its receipts. */
export function callbackUrl(publicUrl: string, provider: string, app: string, secret: string): string {
  const path = ['callbacks', provider, app, secret].map(encodeURIComponent).join('/');
  return `${publicUrl.replace(/\/+$/, '')}/${path}`;
}

/** Where vendors tell what became of deliveries. Who does not know the secret finds nothing there. */
export function callbackOperations(house: {
  readonly callbacks: CallbackDesk;
  readonly clock: Clock;
  readonly assertRoom: () => void;
}): readonly OpenOperation[] {
  let running = 0;
  return [
    {
      method: 'post',
      path: '/callbacks/{provider}/{app}/{secret}',
      operationId: 'takeReceipts',
      summary: "A vendor's own receipts of deliveries, in the vendor's form",
      description:
        'The address stands as `callback_url` at the provider, for keys of scope `admin`. What vendors tell of addresses (dead, replaced, notifications off or on) is taken here as well. What is forged, unknown or dated ahead changes nothing; what comes again says nothing new.',
      tag: 'providers',
      scopes: 'none',
      parameters: [
        part('provider', "Name of the provider in the app's file"),
        part('app', 'The app'),
        part('secret', 'Known to the vendor alone'),
      ],
      body: { raw: 'As the vendor sends it, at most 1 MB' },
      answers: [{ status: 200, description: 'In the form that the vendor expects', type: '*/*' }],
      problems: ['not_found', 'unauthorized', 'overloaded', 'disk_full', 'store_unavailable'],
      async handle({ path, req }) {
        const { provider = '', app = '', secret = '' } = path;
        // The body of a stranger is not read.
        if (!house.callbacks.admits(app, provider, secret)) throw nothingHere();
        if (running >= RUNNING_MAX)
          throw new Refusal('overloaded', 'too many callbacks are being read; come back soon');
        running++;
        try {
          house.assertRoom();
          const body = await readBytes(req, BODY_BYTES_MAX);
          const query = new URL(req.url ?? '/', 'http://here').search.slice(1);
          const request = { headers: headersOf(req), query, body, receivedAt: house.clock.now() };
          const taken = await house.callbacks.take(app, provider, request);
          if (taken.kind === 'forged')
            throw new Refusal('unauthorized', "this is not signed as the vendor's calls are");
          if (taken.kind === 'unreadable') throw new Refusal('malformed_request', taken.detail);
          return { kind: 'text', ...taken.answer };
        } finally {
          running--;
        }
      },
    },
  ];
}

/** As of a path that there is none of. */
function nothingHere(): Refusal {
  return new Refusal('not_found', 'no such resource; /openapi.json lists what there is');
}

function headersOf({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
