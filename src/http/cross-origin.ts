/** Lets pages of an app's origins call what devices call (the Fetch standard, §3.2). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from './refusal.js';

/** Whose pages may call. */
export interface AllowedOrigins {
  /** Of this app; of any app where none is named. */
  allowsOrigin(app: string | undefined, origin: string): boolean;
}

const HEADERS_ALLOWED = 'authorization, content-type, last-event-id, idempotency-key';
const HEADERS_EXPOSED = 'retry-after, x-request-id';
const PREFLIGHT_SECONDS = 600;

/**
 * Lets a page read the answer, whatever it is. A preflight names no app, so what any app allows is readable here;
 * `checkOrigin` asks the app of the access token.
 */
export function exposeTo(origins: AllowedOrigins, req: IncomingMessage, res: ServerResponse): void {
  const { origin } = req.headers;
  res.setHeader('Vary', 'Origin');
  if (origin === undefined || !origins.allowsOrigin(undefined, origin)) return;
  res.setHeader('Access-Control-Allow-Origin', origin);
  res.setHeader('Access-Control-Expose-Headers', HEADERS_EXPOSED);
}

/** Answers a preflight. Without the headers of `exposeTo` a browser takes it for a no. */
export function answerPreflight(
  origins: AllowedOrigins,
  methods: readonly string[],
  req: IncomingMessage,
  res: ServerResponse,
): void {
  exposeTo(origins, req, res);
  if (res.hasHeader('Access-Control-Allow-Origin')) {
    res.setHeader('Access-Control-Allow-Methods', methods.join(', '));
    res.setHeader('Access-Control-Allow-Headers', HEADERS_ALLOWED);
    res.setHeader('Access-Control-Max-Age', PREFLIGHT_SECONDS);
  }
  res.writeHead(204).end();
}

/** @throws Refusal 403 `foreign_origin` for a page that the app does not name */
export function checkOrigin(origins: AllowedOrigins, app: string, req: IncomingMessage): void {
  const { origin } = req.headers;
  if (origin === undefined || origins.allowsOrigin(app, origin)) return;
  throw new Refusal('foreign_origin', 'pages of this origin may not call here: name it in realtime.origins of the app');
}
