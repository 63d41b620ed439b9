import assert from 'node:assert/strict';
import type { AcceptedMessage } from '../../../src/domain/accepted-message.js';
import { answerSend } from '../../../src/http/message-wait.js';
import type { MessageStore } from '../../../src/ports/message-store.js';
import { createExplain } from '../../../src/usecases/explain.js';
import type { SettledWatch } from '../../../src/usecases/settled-watch.js';
import { keptLog, pledge, serving } from './serve.js';

const accepted = (devices: number, more: Partial<AcceptedMessage> = {}): AcceptedMessage => ({
  id: 'msg_1',
  app: 'shop',
  status: 'queued',
  createdAt: 0,
  audience: { state: 'resolved', users: 0, devices, byPlatform: {}, noDevice: [] },
  warnings: [],
  ...more,
});

const messages = {
  view: async () => undefined,
  deliveries: async () => ({ items: [] }),
} as Partial<MessageStore> as MessageStore; // nothing else of it is asked

const explain = createExplain({ providers: { configured: () => [] } });

interface Answer {
  readonly status: number;
  readonly applied: string | null;
}

/** Answers one send over a real connection. */
async function ask(
  message: AcceptedMessage,
  wait: SettledWatch['wait'],
  store: MessageStore = messages,
): Promise<Answer & { readonly waits: number; readonly warned: readonly string[] }> {
  let waits = 0;
  const log = keptLog();
  const settledWatch: SettledWatch = {
    wait: (...given) => {
      waits++;
      return wait(...given);
    },
    close: async () => {},
  };
  return serving(
    async (req, res) => {
      const header = (name: string) => req.headers[name] as string | undefined;
      const call = { header, res, requestId: 'req_1' };
      const reply = await answerSend({ messages: store, settledWatch, explain, log }, call, message, {});
      if (reply.kind === 'json') res.writeHead(reply.status, reply.headers).end();
    },
    async ({ url }) => {
      const { status, headers } = await fetch(url, { headers: { prefer: 'wait=2' } });
      const warned = log.lines.map(({ event }) => event);
      return { status, applied: headers.get('preference-applied'), waits, warned };
    },
  );
}

describe('waiting for a message that was sent', () => {
  it('is for at most 100 devices, known ones', async () => {
    const plain = { status: 202, applied: null, waits: 0, warned: [] };
    assert.deepEqual(await ask(accepted(101), async () => true), plain);
    assert.deepEqual(await ask(accepted(0, { audience: { state: 'resolving' } }), async () => true), plain);
    const { status, applied, waits } = await ask(accepted(100), async () => false);
    assert.deepEqual([status, applied, waits], [202, 'wait=2', 1]);
  });

  it('is left aside when too many wait', async () => {
    const { status, applied } = await ask(accepted(1), () => undefined);
    assert.deepEqual([status, applied], [202, null]);
  });

  it('does not happen where there is nobody to send to', async () => {
    const { waits, applied } = await ask(accepted(0, { status: 'completed' }), async () => true);
    assert.deepEqual([waits, applied], [0, 'wait=2']);
  });

  it('never makes a message that is stored look as if it were not', async () => {
    const away = {
      ...messages,
      view: async () => {
        throw new Error('the store is away');
      },
    };
    const { status, applied, warned } = await ask(accepted(1), async () => true, away);
    assert.deepEqual([status, applied, warned], [202, 'wait=2', ['send.deliveries_unread']]);
  });

  it('ends when the caller goes away', async () => {
    const begun = pledge();
    const ended = pledge();
    const settledWatch: SettledWatch = {
      wait: (_message, _withinMs, signal) => {
        begun.resolve();
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve(false)));
      },
      close: async () => {},
    };
    await serving(
      async (req, res) => {
        const call = { header: (name: string) => req.headers[name] as string, res, requestId: 'req_1' };
        await answerSend({ messages, settledWatch, explain, log: keptLog() }, call, accepted(1), {});
        ended.resolve();
      },
      async ({ url }) => {
        const gone = new AbortController();
        const asking = fetch(url, { headers: { prefer: 'wait=30' }, signal: gone.signal });
        await begun.promise;
        gone.abort();
        await assert.rejects(asking);
        await ended.promise;
      },
    );
  });
});
