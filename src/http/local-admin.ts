import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { z } from 'zod';
import { SCOPES, type ServerKey } from '../ports/key-store.js';
import type { LiveConfig } from '../ports/live-config.js';
import type { ServerKeys } from '../usecases/server-keys.js';
import { comparisonToJson } from './live-config-json.js';

const BODY_BYTES_MAX = 64 * 1024;

const newKey = z.strictObject({
  app: z.string().nullable(),
  scopes: z.array(z.enum(SCOPES)).min(1),
  test: z.boolean().optional(),
  expires_at: z.number().int().positive().nullable().optional(),
});

/**
 * What commands on the same machine ask of the process that has the embedded store open, over its owner-only socket:
 * `POST /keys`, `GET /keys`, `POST /keys/{id}/revoke`, `GET /config`. Who can open the socket owns the store anyway.
 */
export function localAdmin(keys: ServerKeys, liveConfig?: LiveConfig): RequestListener {
  return (request, response) => {
    answer(keys, liveConfig, request)
      .then(({ status, body }) => reply(response, status, body))
      .catch((error: unknown) =>
        reply(response, 500, { detail: error instanceof Error ? error.message : String(error) }),
      );
  };
}

async function answer(
  keys: ServerKeys,
  liveConfig: LiveConfig | undefined,
  request: IncomingMessage,
): Promise<{ status: number; body: unknown }> {
  const path = request.url ?? '/';
  if (request.method === 'GET' && path === '/config' && liveConfig !== undefined) {
    return { status: 200, body: comparisonToJson(await liveConfig.compare()) };
  }
  if (request.method === 'GET' && path === '/keys') return { status: 200, body: { keys: await keys.list() } };
  if (request.method === 'POST' && path === '/keys') {
    const wanted = newKey.safeParse(JSON.parse(await readBody(request)));
    if (!wanted.success) return { status: 422, body: { detail: z.prettifyError(wanted.error) } };
    const { app, scopes, test: isTest = false, expires_at: expiresAt } = wanted.data;
    const made = await keys.create({ app, scopes, isTest, ...(expiresAt == null ? {} : { expiresAt }) });
    return { status: 201, body: made satisfies { key: string; kept: ServerKey } };
  }
  const revoked = /^\/keys\/([a-z0-9_]{1,64})\/revoke$/.exec(path);
  if (request.method === 'POST' && revoked?.[1] !== undefined) {
    return (await keys.revoke(revoked[1]))
      ? { status: 200, body: {} }
      : { status: 404, body: { detail: 'no such key' } };
  }
  return { status: 404, body: { detail: 'no such command' } };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += (part as Buffer).length;
    if (bytes > BODY_BYTES_MAX) throw new Error('the request is too large');
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString('utf8');
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
