import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { Pealbell } from '../../../sdk/server/src/index.js';

/** Which method of the client makes which call; `null` for what is not a caller's, with the reason. */
const METHODS: Readonly<Record<string, string | null>> = {
  sendMessage: 'messages.send',
  listMessages: 'messages.list',
  sendMessageBatch: 'messages.batch',
  validateMessage: 'messages.validate',
  getMessage: 'messages.get',
  listDeliveries: 'messages.deliveries',
  getMessageTimeline: 'messages.timeline',
  cancelMessage: 'messages.cancel',
  recallMessage: 'messages.recall',
  recordEvents: 'events.record',
  exportEvents: 'events.export',
  exportMessageDeliveries: 'messages.exportDeliveries',
  exportDeliveries: 'stats.exportDeliveries',
  getStats: 'stats.get',
  importDevices: 'devices.import',
  putDevice: 'devices.put',
  updateDevice: 'devices.patch',
  getDevice: 'devices.get',
  deleteDevice: 'devices.delete',
  listDevices: 'devices.list',
  exportDevices: 'devices.export',
  putUser: 'users.put',
  getUser: 'users.get',
  eraseUser: 'users.delete',
  listUserDevices: 'users.devices',
  getUserTimeline: 'users.timeline',
  exportUser: 'users.export',
  listProviders: 'providers.list',
  getProvider: 'providers.get',
  testProvider: 'providers.test',
  listTopicSubscribers: 'topics.subscribers',
  subscribeToTopic: 'topics.subscribe',
  unsubscribeFromTopic: 'topics.unsubscribe',
  createAccessToken: 'realtime.token',
  revokeAccess: 'realtime.revoke',
  listUpstreamMessages: 'realtime.upstream',
  createWebhookEndpoint: 'webhooks.create',
  listWebhookEndpoints: 'webhooks.list',
  getWebhookEndpoint: 'webhooks.get',
  updateWebhookEndpoint: 'webhooks.patch',
  deleteWebhookEndpoint: 'webhooks.delete',
  pauseWebhookEndpoint: 'webhooks.pause',
  resumeWebhookEndpoint: 'webhooks.resume',
  rotateWebhookSecret: 'webhooks.rotateSecret',
  testWebhookEndpoint: 'webhooks.test',
  listWebhookDeliveries: 'webhooks.deliveries',
  getWebhookDelivery: 'webhooks.delivery',
  replayWebhookDeliveries: 'webhooks.replay',
  // The device's own, with its access token.
  putOwnDevice: null,
  realtimeSocket: null,
  streamFrames: null,
  pollFrames: null,
  sendAcks: null,
  createTicket: null,
  // Not repeatable, so not called by a client that repeats: devices.put under an id of one's own does the same.
  createDevice: null,
  // The vendors'.
  takeReceipts: null,
  // The operator's.
  reloadConfig: null,
  compareConfig: null,
  live: null,
  ready: null,
  // Making one is not repeatable either; they are set up once, not in the course of sending.
  createBroadcastChannel: null,
  listBroadcastChannels: null,
  getBroadcastChannel: null,
  deleteBroadcastChannel: null,
  // For people and for generators.
  docs: null,
  problem: null,
  openapi: null,
};

interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
}

async function readOperations(): Promise<readonly Operation[]> {
  const text = await readFile(new URL('../../../../docs/openapi.json', import.meta.url), 'utf8');
  const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, { operationId: string }>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({ operationId, method: method.toUpperCase(), path })),
  );
}

/** What a call asks for when every id is `x`, remembered by a `fetch` that answers nothing useful. */
async function askedBy(method: string): Promise<string> {
  let asked = '';
  const fetch = async (url: unknown, init: { method?: string } = {}) => {
    asked = `${init.method} ${new URL(String(url)).pathname}`;
    return new Response('{}', { status: 400 });
  };
  const client = new Pealbell({ url: 'http://127.0.0.1', key: 'k', fetch: fetch as typeof globalThis.fetch });
  const [group = '', name = ''] = method.split('.');
  const methods = client[group as keyof Pealbell] as unknown as Record<string, (...given: unknown[]) => unknown>;
  const given =
    name === 'import' ? [[{ id: 'x' }]] : name === 'batch' ? [[{}]] : name === 'delivery' ? ['x', 'x'] : ['x', {}];
  const isList = name === 'list' || name === 'upstream' || method === 'devices.export';
  await consume(methods[name]?.(...(isList ? [] : given)));
  return asked;
}

async function consume(result: unknown): Promise<void> {
  try {
    if (typeof result === 'object' && result !== null && Symbol.asyncIterator in result) {
      for await (const _ of result as AsyncIterable<unknown>) return;
    } else await result;
  } catch {
    // It was answered 400; what it asked for is remembered.
  }
}

describe('the client and the OpenAPI document', () => {
  it('know the same operations', async () => {
    const operations = await readOperations();
    assert.deepEqual(
      operations.map(({ operationId }) => operationId).filter((id) => !Object.hasOwn(METHODS, id)),
      [],
      'operations without a method of the client',
    );
    const known = new Set(operations.map(({ operationId }) => operationId));
    assert.deepEqual(
      Object.keys(METHODS).filter((id) => !known.has(id)),
      [],
      'methods without an operation',
    );
  });

  it('mean the same by them: method and path', async () => {
    for (const { operationId, method, path } of await readOperations()) {
      const name = METHODS[operationId];
      if (name === null || name === undefined) continue;
      assert.equal(await askedBy(name), `${method} ${path.replaceAll(/\{\w+\}/g, 'x')}`, name);
    }
  });
});
