import assert from 'node:assert/strict';
import { readLine } from '../../../../src/cli/demo/simulator-client.js';

const line = (provider: string, payload: unknown, status: number | null = 200) =>
  JSON.stringify({ provider, token: 't', id: 'i', accepted: true, at: 1, answer: { status, reason: null }, payload });

describe("reading the simulator's ledger", () => {
  it('finds message and title in what each road carries', () => {
    const pealbell = { id: 'msg_a' };
    const payloads: Readonly<Record<string, unknown>> = {
      apns: { aps: { alert: { title: 'Hello' } }, pealbell },
      fcm: { message: { data: { pealbell: JSON.stringify(pealbell) }, notification: { title: 'Hello' } } },
      webpush: { pealbell, notification: { title: 'Hello' } },
    };
    for (const [provider, payload] of Object.entries(payloads)) {
      const { message, title, status } = readLine(line(provider, payload));
      assert.deepEqual([message, title, status], ['msg_a', 'Hello', 200], provider);
    }
  });

  it('takes a request without payload or answer, such as one for an access token', () => {
    assert.deepEqual(readLine(line('fcm_oauth', null, null)), {
      ...{ provider: 'fcm_oauth', token: 't', id: 'i', accepted: true, at: 1, message: undefined },
    });
  });
});
