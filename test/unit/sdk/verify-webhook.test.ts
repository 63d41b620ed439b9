import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { verifyWebhook, type WebhookFault, WebhookVerificationError } from '../../../sdk/server/src/index.js';

const secretOf = () => `whsec_${randomBytes(32).toString('base64')}`;
const bodyOf = (events: readonly object[] = []) =>
  JSON.stringify({ type: 'events', timestamp: '2026-11-21T09:00:00.000Z', data: { endpoint_seq: 7, events } });

/** A call as the library of the specification signs it. */
function signed(body: string, secrets: readonly string[], at = new Date()) {
  return {
    'webhook-id': 'whc_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign('whc_1', at, body)).join(' '),
  };
}

function faultOf(verify: () => unknown): WebhookFault {
  try {
    verify();
  } catch (error) {
    assert.ok(error instanceof WebhookVerificationError, String(error));
    return error.code;
  }
  throw new Error('it was believed');
}

describe('verifyWebhook', () => {
  const [old, fresh, strange] = [secretOf(), secretOf(), secretOf()];
  const body = bodyOf([{ id: 'evt_1', seq: 3, type: 'device.removed', at: 'x', app: 'shop', data: { device: 'd' } }]);

  it('believes what the library of the specification signs, and reads the events', () => {
    const call = verifyWebhook(signed(body, [fresh]), body, fresh);
    assert.equal(call.id, 'whc_1');
    assert.equal(call.endpoint_seq, 7);
    assert.equal(call.timestamp, '2026-11-21T09:00:00.000Z');
    const [event] = call.events;
    assert.ok(event?.type === 'device.removed');
    assert.equal(event.data.device, 'd');
  });

  it('takes text and bytes, and headers in every form and spelling', () => {
    const text = bodyOf([{ type: 'x', data: { text: 'Grüße 😀' } }]);
    const headers = signed(text, [fresh]);
    const upper = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]));
    const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
    for (const form of [headers, upper, lists, new Headers(headers)]) {
      for (const given of [text, Buffer.from(text), new TextEncoder().encode(text)]) {
        assert.equal(verifyWebhook(form, given, [fresh]).events.length, 1);
      }
    }
  });

  it('knows one of several signatures by one of several secrets, with or without its prefix', () => {
    for (const [signing, known] of [
      [[old, fresh], [fresh]],
      [[old, fresh], [old]],
      [[fresh], [old, fresh]],
      [[fresh], [fresh.slice('whsec_'.length)]],
    ] as const) {
      assert.equal(verifyWebhook(signed(body, signing), body, known).events.length, 1);
    }
    const headers = signed(body, [fresh]);
    const others = `v1a,${'A'.repeat(86)} v1, v1,short garbage ${headers['webhook-signature']}`;
    assert.equal(verifyWebhook({ ...headers, 'webhook-signature': others }, body, fresh).events.length, 1);
  });

  it('says why it does not believe a call', () => {
    const headers = signed(body, [fresh]);
    const at = (seconds: number) => signed(body, [fresh], new Date(Date.now() + seconds * 1_000));
    for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature']) {
      assert.equal(
        faultOf(() => verifyWebhook({ ...headers, [name]: undefined }, body, fresh)),
        'missing_header',
      );
      assert.equal(
        faultOf(() => verifyWebhook({ ...headers, [name]: '' }, body, fresh)),
        'missing_header',
      );
    }
    for (const timestamp of ['soon', '12abc', '-5', '1e9', '9'.repeat(13)]) {
      const given = { ...headers, 'webhook-timestamp': timestamp };
      assert.equal(
        faultOf(() => verifyWebhook(given, body, fresh)),
        'invalid_header',
        timestamp,
      );
    }
    assert.equal(
      faultOf(() => verifyWebhook(at(-302), body, fresh)),
      'too_old',
    );
    assert.equal(
      faultOf(() => verifyWebhook(at(302), body, fresh)),
      'too_new',
    );
    assert.equal(
      faultOf(() => verifyWebhook(headers, `${body} `, fresh)),
      'no_matching_signature',
    );
    assert.equal(
      faultOf(() => verifyWebhook(headers, body, [old, strange])),
      'no_matching_signature',
    );
    const moved = { ...headers, 'webhook-id': 'whc_2' };
    assert.equal(
      faultOf(() => verifyWebhook(moved, body, fresh)),
      'no_matching_signature',
    );
    for (const other of ['{"type":"x"}', 'null', '[]', 'text', '']) {
      assert.equal(
        faultOf(() => verifyWebhook(signed(other, [fresh]), other, fresh)),
        'invalid_body',
        other,
      );
    }
  });

  it('allows clocks to differ by as much as it is told, to the second', () => {
    const now = () => 1_795_000_000_999;
    const at = (seconds: number) => signed(body, [fresh], new Date(1_795_000_000_000 + seconds * 1_000));
    for (const seconds of [-300, 300]) verifyWebhook(at(seconds), body, fresh, { now });
    assert.equal(
      faultOf(() => verifyWebhook(at(-301), body, fresh, { now })),
      'too_old',
    );
    assert.equal(
      faultOf(() => verifyWebhook(at(301), body, fresh, { now })),
      'too_new',
    );
    verifyWebhook(at(-10), body, fresh, { now, toleranceSeconds: 10 });
    assert.equal(
      faultOf(() => verifyWebhook(at(-11), body, fresh, { now, toleranceSeconds: 10 })),
      'too_old',
    );
  });

  it('says at once what can never work, without the secret in the text', () => {
    const headers = signed(body, [fresh]);
    for (const secrets of [[], '', 'whsec_', ['whsec_hunter 2'], [fresh, '']]) {
      assert.throws(
        () => verifyWebhook(headers, body, secrets),
        (error) => error instanceof TypeError && !/hunter/.test(error.message),
      );
    }
    const parsed = JSON.parse(body) as unknown as string; // as somebody does who has no types
    assert.throws(() => verifyWebhook(headers, parsed, fresh), /as it came/);
  });

  it('agrees with the library of the specification on every change of a byte', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('id', 'timestamp', 'signature', 'body'),
        fc.nat(),
        fc.integer({ min: 1, max: 127 }),
        (part, where, change) => {
          const headers: Record<string, string> = signed(body, [old, fresh]);
          const spoil = (text: string) => {
            const bytes = Buffer.from(text);
            const at = where % bytes.length;
            bytes[at] = (bytes[at] ?? 0) ^ change;
            return bytes.toString('latin1');
          };
          const sent = part === 'body' ? spoil(body) : body;
          const name = `webhook-${part}`;
          if (part !== 'body') headers[name] = spoil(headers[name] ?? '');
          let theirs = true;
          try {
            new Webhook(fresh).verify(sent, headers, { jsonParse: false });
          } catch {
            theirs = false;
          }
          let ours = true;
          try {
            verifyWebhook(headers, sent, fresh);
          } catch {
            ours = false;
          }
          // The library reads `12abc` as 12; nothing that ours believes is refused by it.
          assert.equal(ours && !theirs, false);
          if (theirs && !ours) assert.equal(part, 'timestamp');
        },
      ),
      { numRuns: 300 },
    );
  });
});
