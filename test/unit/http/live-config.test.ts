import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { createEdge } from '../../../src/http/edge.js';
import { liveConfigOperations } from '../../../src/http/live-config.js';
import { openApiDocument } from '../../../src/http/openapi-document.js';
import type { ReloadCause, Reloading } from '../../../src/ports/live-config.js';
import { clock, keptLog, random, serving } from './serve.js';

async function reloading(answer: Reloading): Promise<{ status: number; body: unknown; causes: ReloadCause[] }> {
  const causes: ReloadCause[] = [];
  const operations = liveConfigOperations({
    async reload(cause) {
      causes.push(cause);
      return answer;
    },
    compare: async () => assert.fail('nobody asked for it'),
  });
  const health = { live: () => true, ready: async () => ({ ok: true, checks: {} }) };
  const house = { health, metrics: new Registry(), clock, random, log: keptLog(), version: '0' };
  const gate = {
    bodyBytes: 1_000,
    requestsMax: 1,
    admit: async () => ({ keyId: 'key_1', app: 'shop', scopes: new Set(['admin'] as const) }),
    countMore: () => Promise.resolve(),
  };
  return serving(createEdge(house, operations, gate), async ({ url }) => {
    const response = await fetch(`${url}/v1/admin/reload`, { method: 'POST' });
    return { status: response.status, body: await response.json(), causes };
  });
}

describe('POST /v1/admin/reload', () => {
  it('answers what took effect and what waits for a restart', async () => {
    const changed = [{ key: 'apps.shop', change: 'added' }] as const;
    const { status, body, causes } = await reloading({
      kind: 'reloaded',
      changed,
      needsRestart: ['server.listen'],
    });
    assert.deepEqual([status, body, causes], [200, { changed, needs_restart: ['server.listen'] }, ['api']]);
  });

  it('answers every fault of a refused configuration, which are nothing of the request', async () => {
    const faults = ['apps/a.yaml:1:1 providers: must be a group.', 'gateway.yaml:2:1 stroe: is not a setting.'];
    const { status, body } = await reloading({ kind: 'refused', faults });
    const { code, errors, detail } = body as { code: string; errors: unknown; detail: string };
    assert.deepEqual([status, code], [422, 'config_refused']);
    assert.match(detail, /2 faults/);
    assert.deepEqual(
      errors,
      faults.map((fault) => ({ code: 'config_invalid', detail: fault })),
    );
  });

  it('needs the scope admin, and is in the OpenAPI document', () => {
    const operations = liveConfigOperations({
      reload: async () => ({ kind: 'refused', faults: [] }),
      compare: async () => assert.fail('nobody asked for it'),
    });
    assert.deepEqual(
      operations.map(({ scopes }) => scopes),
      [['admin'], ['admin']],
    );
    const document = JSON.stringify(openApiDocument(operations, '1.0.0'));
    assert.match(document, /"\/v1\/admin\/reload"/);
    assert.match(document, /config_refused/);
  });
});
