import {
  readSecrets,
  type VerifyOptions,
  verifyWebhook,
  type WebhookCall,
  WebhookVerificationError,
} from './verify-webhook.js';
import type { WebhookEvent } from './webhook-events.js';

/** As much of a request of Node or Express as is needed. */
export interface ReceivedRequest extends AsyncIterable<unknown> {
  readonly method?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly readableDidRead?: boolean;
  /** What a body parser left: bytes or text are taken as they are. */
  readonly body?: unknown;
  /** Bytes that some platforms keep beside what they parsed. */
  readonly rawBody?: unknown;
}

/** As much of an answer of Node or Express as is needed. */
export interface ReceiverAnswer {
  readonly headersSent: boolean;
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(text?: string): unknown;
}

export interface ReceiverOptions extends VerifyOptions {
  /** Of the endpoint: one, or several while one is being replaced. */
  readonly secrets: string | readonly string[];
  /**
   * Does what is to be done. The call is answered with 204 when it has resolved; if it throws, the call is answered with
   * 500 and comes again, with the same events under the same ids.
   */
  readonly onEvents: (events: readonly WebhookEvent[], call: WebhookCall) => unknown;
  /** Bytes of a body. Default 1 MiB; the gateway sends at most 256 kB. */
  readonly bytesMax?: number;
  /** Told of every call that was not answered with 204. In Express, errors of `onEvents` go to `next` as well. */
  readonly onError?: (error: unknown) => void;
}

/** For Express, or for `http.createServer` as it is. */
export type WebhookReceiver = (
  request: ReceivedRequest,
  answer: ReceiverAnswer,
  next?: (error?: unknown) => void,
) => Promise<void>;

const BYTES_MAX = 1024 * 1024;
const PARSED =
  'webhookReceiver needs the body as it came, and a body parser has been faster: mount it before express.json(), or give this path express.raw({ type: "*/*" })';

/**
 * Receives webhooks in Express (or a plain Node server): checks the signature, hands over the events, and answers 2xx only
 * after your handler has resolved. Remembers nothing; an event that comes again has the same `id`.
 *
 * @throws TypeError at once, for a secret that is none
 *
 * @example
 * ```ts
 * app.post('/pealbell', webhookReceiver({
 *   secrets: process.env.HOOK_SECRET ?? '',
 *   async onEvents(events) {
 *     for (const { id, type, data } of events) await inbox.insertOnce(id, type, data);
 *   },
 * }));
 * ```
 */
export function webhookReceiver(options: ReceiverOptions): WebhookReceiver {
  const { secrets, onEvents, bytesMax = BYTES_MAX, onError = () => {} } = options;
  readSecrets(secrets); // a wrong one is told now, not at the first call

  function refuse(answer: ReceiverAnswer, status: number, error: Error): void {
    onError(error);
    end(answer, status, error.message);
  }

  return async (request, answer, next) => {
    if (request.method !== 'POST') {
      answer.setHeader('Allow', 'POST');
      return end(answer, 405, 'webhooks come with POST');
    }
    let call: WebhookCall;
    try {
      const body = await readBody(request, bytesMax);
      if (body === 'parsed') return refuse(answer, 500, new Error(PARSED));
      if (body === 'too_long') {
        answer.setHeader('Connection', 'close'); // the rest is not read
        return refuse(answer, 413, new Error(`the body has more than ${bytesMax} bytes`));
      }
      call = verifyWebhook(request.headers, body, secrets, options);
    } catch (error) {
      if (error instanceof WebhookVerificationError) return refuse(answer, 400, error);
      return refuse(answer, 500, new Error('the body could not be read', { cause: error }));
    }
    try {
      await onEvents(call.events, call);
    } catch (error) {
      onError(error);
      if (next !== undefined) next(error);
      else end(answer, 500, 'the receiver failed; send it again');
      return;
    }
    end(answer, 204);
  };
}

async function readBody(
  request: ReceivedRequest,
  bytesMax: number,
): Promise<string | Uint8Array | 'parsed' | 'too_long'> {
  for (const kept of [request.rawBody, request.body]) {
    if (typeof kept === 'string' || kept instanceof Uint8Array) return kept;
  }
  if (request.readableDidRead === true) return 'parsed';
  const parts: Uint8Array[] = [];
  let bytes = 0;
  // By hand: `for await` would cut the connection where it stops, and nobody would read the answer.
  const reading = request[Symbol.asyncIterator]();
  for (let step = await reading.next(); step.done !== true; step = await reading.next()) {
    const part = typeof step.value === 'string' ? Buffer.from(step.value) : (step.value as Uint8Array); // a stream of bytes gives nothing else
    bytes += part.length;
    if (bytes > bytesMax) return 'too_long';
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** A handler that has answered by itself has had its word. */
function end(answer: ReceiverAnswer, status: number, text?: string): void {
  if (answer.headersSent) return;
  answer.statusCode = status;
  if (text === undefined) {
    answer.end();
    return;
  }
  answer.setHeader('Content-Type', 'text/plain; charset=utf-8');
  answer.end(`${text}\n`);
}
