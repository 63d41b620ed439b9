import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { GatewayError } from '../../../src/domain/errors.js';
import type { MessageStore, NewMessage } from '../../../src/ports/message-store.js';
import { createAcceptMessage } from '../../../src/usecases/accept-message.js';
import type { MessageDraft } from '../../../src/usecases/message-draft.js';
import { silentLog } from '../../support/open-queue.js';
import { openTestStore, type TestStore } from '../../support/open-store.js';

const NOW = Date.UTC(2030, 0, 1);

/** What becomes of a batch in which something fails: a real store, whose answers are lost or refused on purpose. */
describe('accept in batches', function () {
  this.timeout(120_000);
  let store: TestStore;
  let apps = 0;
  before(async () => {
    store = await openTestStore();
  });
  after(() => store?.close());

  function house(accept: MessageStore['accept']) {
    return createAcceptMessage({
      messages: { ...store.messages, accept },
      devices: store.devices,
      chooseDevices: { ofAll: async (_app, _rule, members) => members },
      hasher: store.hasher,
      // Nothing is handed over directly: these messages wait for the feeder.
      feeder: { look: async () => undefined, feed: async () => 0, mayAddDirectly: () => false },
      queue: { add: () => Promise.reject(new Error('nothing is to be queued here')) },
      providers: {
        hasApp: () => true,
        apps: () => [],
        configured: () => [],
        channels: () => [],
        routes: () => [],
        open: () => undefined,
      },
      clock: { now: () => NOW },
      random: randomBytes,
      log: silentLog,
      broadcastDevicesMax: 100,
      assertRoom: () => undefined,
      batchesRunning: 1,
      observe: () => undefined,
      wake: () => undefined,
    });
  }

  async function appWithDevice(): Promise<string> {
    const app = `app${apps++}`;
    const device = { app, id: 'd1', mode: 'upsert', fields: { platform: 'ios' }, registrations: [] } as const;
    await store.devices.change([device], NOW - 1);
    return app;
  }

  function draft(app: string, key?: string): MessageDraft {
    return {
      app,
      fingerprint: 'print',
      to: { users: [], devices: ['d1'], pushTokens: [], everyone: false },
      exceptUsers: [],
      exceptDevices: [],
      overrides: {},
      ...(key === undefined ? {} : { idempotency: { key, path: '/v1/messages' } }),
    };
  }

  const count = async (app: string) => (await store.messages.list(app, { limit: 100 })).items.length;

  it('stores every message once when the answer of the store call was lost', async () => {
    const app = await appWithDevice();
    let calls = 0;
    const { accept } = house(async (messages, now) => {
      const results = await store.messages.accept(messages, now);
      if (++calls === 1) throw new Error('the answer was lost');
      return results;
    });
    const accepted = await Promise.all(Array.from({ length: 6 }, () => accept(draft(app))));
    assert.equal(new Set(accepted.map((answer) => answer.accepted.id)).size, 6);
    assert.equal(await count(app), 6);
    assert.ok(calls > 1);
  });

  it('refuses only the twin that is still being written, not the rest of its batch', async () => {
    const app = await appWithDevice();
    const isTwin = (message: NewMessage) => message.claim?.key === 'held';
    const { accept } = house((messages, now) => {
      if (!messages.some(isTwin)) return store.messages.accept(messages, now);
      return Promise.reject(new GatewayError('idempotency_in_progress', 'still being stored'));
    });
    const answers = await Promise.allSettled(['a', 'held', 'b', undefined].map((key) => accept(draft(app, key))));
    assert.deepEqual(
      answers.map((answer) => (answer.status === 'fulfilled' ? 'stored' : (answer.reason as GatewayError).code)),
      ['stored', 'idempotency_in_progress', 'stored', 'stored'],
    );
    assert.equal(await count(app), 3);
  });

  it('refuses only the message that no store can keep', async () => {
    const app = await appWithDevice();
    const { accept } = house(store.messages.accept);
    const answers = await Promise.allSettled([
      accept(draft(app)),
      accept({ ...draft(app), metadata: { text: 'nul \u0000' } }),
      accept(draft(app)),
    ]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.equal(await count(app), 2);
  });

  it('tells everybody at once when the store is away, and asks it once', async () => {
    const app = await appWithDevice();
    let calls = 0;
    const { accept } = house(() => {
      calls++;
      return Promise.reject(new GatewayError('store_unavailable', 'away'));
    });
    const answers = await Promise.allSettled(Array.from({ length: 5 }, () => accept(draft(app))));
    for (const answer of answers) {
      assert.ok(answer.status === 'rejected');
      assert.equal((answer.reason as GatewayError).code, 'store_unavailable');
    }
    assert.equal(calls, 1);
  });

  it('gives twins of one batch one message and the same answer', async () => {
    const app = await appWithDevice();
    const { accept } = house(store.messages.accept);
    const answers = await Promise.all(Array.from({ length: 5 }, () => accept(draft(app, 'k'))));
    assert.equal(new Set(answers.map(({ accepted }) => accepted.id)).size, 1);
    assert.equal(answers.filter(({ replayed }) => !replayed).length, 1);
    assert.equal(await count(app), 1);
    await assert.rejects(accept({ ...draft(app, 'k'), fingerprint: 'another body' }), { code: 'idempotency_mismatch' });
  });
});
