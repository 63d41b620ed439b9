import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compile } from '../../../../providers/apns/payload.js';
import type { Json, JsonObject, Message } from '../../../../providers/contract.js';
import { mergePatch } from '../../../../providers/shared/merge-patch.js';

const now = 1_700_000_000_500;

function message(part: Partial<Message> = {}): Message {
  return {
    id: 'msg_1',
    app: 'shop',
    notification: { title: 'Hi', body: 'Your order left' },
    ttlSeconds: 3600,
    priority: 'high',
    ...part,
  };
}

function silent(part: Partial<Message> = {}): Message {
  const { notification: _, ...rest } = message(part);
  return rest;
}

function compiled(from: Message) {
  const result = compile(from, now);
  assert.ok(result.compiled, JSON.stringify(result.misfits));
  return {
    ...result.compiled,
    json: JSON.parse(result.compiled.body.toString()) as JsonObject,
    misfits: result.misfits,
  };
}

function errors(from: Message): [string, string | undefined][] {
  const { compiled: done, misfits } = compile(from, now);
  assert.equal(done, undefined);
  return misfits.filter((misfit) => misfit.severity === 'error').map((misfit) => [misfit.code, misfit.pointer]);
}

describe('APNs payload', () => {
  it('puts title and body into alert, and our block beside aps', () => {
    assert.deepEqual(compiled(message()).json, {
      aps: { alert: { title: 'Hi', body: 'Your order left' } },
      pealbell: { id: 'msg_1' },
    });
  });

  it('maps every field of a notification', () => {
    const { json, headers, pushType } = compiled(
      message({
        notification: {
          title: 'T',
          sound: 'bell.caf',
          badge: 0,
          thread: 'orders',
          image: 'https://cdn.example/a.png',
          media: [{ url: 'https://cdn.example/b.mp4', type: 'video' }],
          click: { url: 'https://shop.example/1', deepLink: 'shop://1' },
        },
        data: { order: '8812' },
        collapseKey: 'order-8812',
      }),
    );
    assert.deepEqual(json, {
      aps: { alert: { title: 'T' }, sound: 'bell.caf', badge: 0, 'thread-id': 'orders', 'mutable-content': 1 },
      order: '8812',
      pealbell: {
        id: 'msg_1',
        click: { url: 'https://shop.example/1', deep_link: 'shop://1' },
        media: [
          { url: 'https://cdn.example/a.png', type: 'image' },
          { url: 'https://cdn.example/b.mp4', type: 'video' },
        ],
      },
    });
    assert.equal(pushType, 'alert');
    assert.deepEqual(headers, {
      'apns-push-type': 'alert',
      'apns-priority': '10',
      'apns-expiration': '1700003600',
      'apns-collapse-id': 'order-8812',
    });
  });

  it('makes a message without a notification a background push of priority 5', () => {
    for (const priority of ['high', 'normal', 'low'] as const) {
      const { json, headers } = compiled(silent({ data: { sync: '1' }, priority }));
      assert.deepEqual(json, { aps: { 'content-available': 1 }, sync: '1', pealbell: { id: 'msg_1' } });
      assert.equal(headers['apns-push-type'], 'background');
      assert.equal(headers['apns-priority'], '5');
    }
  });

  const priorities = { high: '10', normal: '5', low: '1' } as const;
  for (const priority of ['high', 'normal', 'low'] as const) {
    it(`gives a visible message of ${priority} priority ${priorities[priority]}`, () => {
      assert.equal(compiled(message({ priority })).headers['apns-priority'], priorities[priority]);
    });
  }

  it('turns the TTL into a time, 0 into now or never, and more than 30 days into 30 days with a warning', () => {
    assert.equal(compiled(message({ ttlSeconds: 0 })).headers['apns-expiration'], '0');
    assert.equal(compiled(message({ ttlSeconds: 60 })).headers['apns-expiration'], '1700000060');
    const long = compiled(message({ ttlSeconds: 40 * 86_400 }));
    assert.equal(long.headers['apns-expiration'], String(1_700_000_000 + 30 * 86_400));
    assert.deepEqual(
      long.misfits.map(({ severity, code }) => [severity, code]),
      [['warning', 'ttl_shortened']],
    );
  });

  it('takes 4096 bytes and refuses 4097, counted in UTF-8', () => {
    const empty = compiled(message({ notification: { body: '' } })).body.length;
    for (const letter of ['a', 'é', '日', '🔔']) {
      const size = Buffer.byteLength(letter);
      const count = Math.floor((4096 - empty) / size);
      const pad = 'a'.repeat(4096 - empty - count * size);
      const full = letter.repeat(count) + pad;
      assert.equal(compiled(message({ notification: { body: full } })).body.length, 4096);
      const over = compile(message({ notification: { body: `${full}a` } }), now);
      assert.equal(over.compiled, undefined);
      assert.equal(over.misfits[0]?.code, 'payload_too_large');
      assert.match(over.misfits[0]?.detail ?? '', /4097 bytes/);
    }
  });

  it('refuses data keys that are taken', () => {
    assert.deepEqual(errors(message({ data: { aps: 'x', pealbell: 'y' } })), [
      ['data_key_reserved', '/data/aps'],
      ['data_key_reserved', '/data/pealbell'],
    ]);
  });

  it('names what is shown by the message where no key collapses it, and nothing that is not shown', () => {
    assert.equal(compiled(message()).headers['apns-collapse-id'], 'msg_1');
    assert.equal(compiled(silent({ data: { sync: '1' } })).headers['apns-collapse-id'], undefined);
  });

  it('refuses a collapse key that cannot be a header of 64 bytes', () => {
    for (const collapseKey of ['', 'x'.repeat(65), 'größe', 'a\nb', ' a']) {
      assert.deepEqual(errors(message({ collapseKey })), [['collapse_key_invalid', '/collapse_key']]);
    }
    assert.equal(compiled(message({ collapseKey: 'x'.repeat(64) })).headers['apns-collapse-id']?.length, 64);
  });

  it('refuses a badge that would be dropped and a notification that shows nothing', () => {
    assert.deepEqual(errors(message({ notification: { title: 'T', badge: -1 } })), [
      ['badge_invalid', '/notification/badge'],
    ]);
    assert.deepEqual(errors(message({ notification: { title: 'T', badge: Number.NaN } }))[0], [
      'badge_invalid',
      '/notification/badge',
    ]);
    assert.deepEqual(errors(message({ notification: {} })), [['notification_empty', '/notification']]);
    assert.deepEqual(compiled(message({ notification: { badge: 0 } })).json.aps, { badge: 0 });
  });

  it('warns that actions need a category, unless the override names one', () => {
    const actions = [{ id: 'track', title: 'Track' }];
    const plain = compiled(message({ notification: { title: 'T', actions } }));
    assert.deepEqual(
      plain.misfits.map(({ severity, code, pointer }) => [severity, code, pointer]),
      [['warning', 'actions_unmapped', '/notification/actions']],
    );
    const override = { payload: { aps: { category: 'ORDER' } } };
    assert.deepEqual(compiled(message({ notification: { title: 'T', actions }, override })).misfits, []);
  });

  it('keeps odd data keys as they are', () => {
    const data = JSON.parse('{"__proto__":"p","toJSON":"t","constructor":"c","a/b":"~"}') as Record<string, string>;
    const text = compile(message({ data }), now).compiled?.body.toString() ?? '';
    for (const part of ['"__proto__":"p"', '"toJSON":"t"', '"constructor":"c"', '"a/b":"~"'])
      assert.ok(text.includes(part), part);
  });
});

describe('APNs override', () => {
  it('merges its payload into the body: objects merge, null removes, all else replaces', () => {
    const override = {
      payload: {
        aps: {
          alert: { body: null, 'loc-key': 'LEFT', 'loc-args': ['8812'] },
          sound: { critical: 1, name: 'a', volume: 1 },
        },
        extra: [1],
      },
    };
    assert.deepEqual(compiled(message({ override })).json, {
      aps: {
        alert: { title: 'Hi', 'loc-key': 'LEFT', 'loc-args': ['8812'] },
        sound: { critical: 1, name: 'a', volume: 1 },
      },
      extra: [1],
      pealbell: { id: 'msg_1' },
    });
  });

  it('sets priority, push type and collapse id', () => {
    const override = { headers: { 'apns-priority': 5, 'apns-collapse-id': 'c', 'apns-push-type': 'alert' } };
    const { headers } = compiled(message({ override, collapseKey: 'other' }));
    assert.equal(headers['apns-priority'], '5');
    assert.equal(headers['apns-collapse-id'], 'c');
    assert.equal(headers['apns-push-type'], 'alert');
  });

  it('makes a silent message visible by an alert, and then it is an alert push', () => {
    const { headers } = compiled(silent({ override: { payload: { aps: { alert: 'Hi' } } } }));
    assert.equal(headers['apns-push-type'], 'alert');
    assert.equal(headers['apns-priority'], '10');
  });

  const refused: [JsonObject, string, string][] = [
    [{ headers: { 'apns-id': 'x' } }, 'override_refused', '/overrides/apns/headers/apns-id'],
    [{ headers: { 'apns-topic': 'x' } }, 'override_refused', '/overrides/apns/headers/apns-topic'],
    [{ headers: { authorization: 'x' } }, 'override_refused', '/overrides/apns/headers/authorization'],
    [{ headers: { ':path': '/x' } }, 'override_refused', '/overrides/apns/headers/:path'],
    [{ headers: { 'a/b': '/x' } }, 'override_refused', '/overrides/apns/headers/a~1b'],
    [{ headers: { 'apns-expiration': 0 } }, 'override_refused', '/overrides/apns/headers/apns-expiration'],
    [{ headers: { 'apns-priority': 7 } }, 'priority_invalid', '/overrides/apns/headers/apns-priority'],
    [{ headers: { 'apns-push-type': 'toString' } }, 'push_type_unsupported', '/overrides/apns/headers/apns-push-type'],
    [{ headers: { 'apns-push-type': 'background' } }, 'push_type_mismatch', '/overrides/apns/headers/apns-push-type'],
    [{ headers: { 'apns-collapse-id': 'a\nb' } }, 'collapse_key_invalid', '/overrides/apns/headers/apns-collapse-id'],
    [{ payload: { pealbell: { id: 'x' } } }, 'override_refused', '/overrides/apns/payload/pealbell'],
    [{ payload: { aps: null } }, 'aps_missing', '/overrides/apns/payload/aps'],
    [{ payload: { aps: 'x' } }, 'aps_missing', '/overrides/apns/payload/aps'],
    [{ payload: 'x' }, 'override_invalid', '/overrides/apns/payload'],
    [{ path: '/x' }, 'override_invalid', '/overrides/apns/path'],
  ];
  for (const [override, code, pointer] of refused) {
    it(`refuses ${JSON.stringify(override)}`, () => {
      assert.ok(
        errors(message({ override })).some(([gotCode, gotPointer]) => gotCode === code && gotPointer === pointer),
      );
    });
  }

  it('refuses priority 10 for a background push', () => {
    assert.deepEqual(errors(silent({ override: { headers: { 'apns-priority': '10' } } })), [
      ['priority_invalid', '/overrides/apns/headers/apns-priority'],
    ]);
  });

  it('counts the size after the merge', () => {
    const override = { payload: { blob: 'x'.repeat(4096) } };
    assert.deepEqual(errors(message({ override })), [['payload_too_large', undefined]]);
  });

  it('never makes a body over the limit or a header that cannot be sent, whatever it is given', () => {
    const json = fc.jsonValue({ maxDepth: 3 }).map((value) => value as Json);
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('headers', 'payload', 'aps'), json),
        fc.string({ maxLength: 80 }),
        (override, collapseKey) => {
          const { compiled: done } = compile(message({ override, collapseKey }), now);
          if (done === undefined) return;
          assert.ok(done.body.length <= 4096);
          for (const value of Object.values(done.headers)) assert.match(value, /^[\x21-\x7e][\x20-\x7e]*$/);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('mergePatch', () => {
  // The test cases of RFC 7396, Appendix A.
  const cases: [string, string, string][] = [
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '["c","d"]', '["c","d"]'],
    ['{"a":"b"}', '["c"]', '["c"]'],
    ['{"a":"foo"}', 'null', 'null'],
    ['{"a":"foo"}', '"bar"', '"bar"'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ];
  for (const [target, patch, expected] of cases) {
    it(`${target} with ${patch} is ${expected}`, () => {
      assert.deepEqual(mergePatch(JSON.parse(target) as Json, JSON.parse(patch) as Json), JSON.parse(expected));
    });
  }

  it('keeps a key named __proto__ a key', () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__":{"polluted":true}}') as Json);
    assert.equal(JSON.stringify(merged), '{"__proto__":{"polluted":true}}');
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
  });
});
