import assert from 'node:assert/strict';
import { compile } from '../../../../providers/apns/payload.js';
import { PUSH_TYPES, pushTypesFor } from '../../../../providers/apns/push-types.js';
import type { JsonObject, Message } from '../../../../providers/contract.js';

const now = 1_700_000_000_000;
const UPDATE = { event: 'update', timestamp: 1_700_000_000, 'content-state': { home: 1, away: 0 } };
const START = {
  ...UPDATE,
  event: 'start',
  'attributes-type': 'Match',
  attributes: { id: '7' },
  alert: { title: 'Go' },
};

function silent(part: Partial<Message> = {}): Message {
  return { id: 'msg_1', app: 'shop', ttlSeconds: 60, priority: 'high', ...part };
}

function aps(keys: JsonObject): Message {
  return silent({ override: { payload: { aps: keys } } });
}

function compiled(message: Message, purpose: string) {
  const result = compile(message, now, purpose);
  assert.ok(result.compiled, JSON.stringify(result.misfits));
  const { pushType, headers, body } = result.compiled;
  return { pushType, headers, json: JSON.parse(body.toString()) as JsonObject };
}

function faults(message: Message, purpose: string): [string, string | undefined][] {
  const result = compile(message, now, purpose);
  assert.equal(result.compiled, undefined);
  return result.misfits.filter(({ severity }) => severity === 'error').map(({ code, pointer }) => [code, pointer]);
}

describe('APNs push types', () => {
  it('have a default priority that they allow', () => {
    for (const [name, { priorities, priorityDefault }] of Object.entries(PUSH_TYPES)) {
      assert.ok((priorities as readonly string[]).includes(priorityDefault), name);
    }
  });

  it('belong to one purpose each, and an unknown purpose has none', () => {
    assert.deepEqual(pushTypesFor('alert'), ['alert', 'background']);
    assert.deepEqual(pushTypesFor('live_activity'), ['liveactivity']);
    assert.deepEqual(pushTypesFor('smoke_signal'), []);
  });

  const bodies: [string, string, Message, unknown][] = [
    ['voip', 'voip', silent({ data: { call: '7' } }), { aps: {}, call: '7', pealbell: { id: 'msg_1' } }],
    ['push_to_talk', 'pushtotalk', silent(), { aps: {}, pealbell: { id: 'msg_1' } }],
    ['location', 'location', silent(), { aps: {}, pealbell: { id: 'msg_1' } }],
    ['complication', 'complication', silent({ data: { t: '21' } }), { aps: {}, t: '21', pealbell: { id: 'msg_1' } }],
    ['file_provider', 'fileprovider', silent(), { aps: {}, pealbell: { id: 'msg_1' } }],
    ['widget', 'widgets', silent(), { aps: { 'content-changed': true }, pealbell: { id: 'msg_1' } }],
    ['control', 'controls', silent(), { aps: { 'content-changed': true }, pealbell: { id: 'msg_1' } }],
    ['mdm', 'mdm', silent({ data: { mdm: 'MAGIC' } }), { mdm: 'MAGIC' }],
    ['mdm', 'mdm', silent({ override: { payload: { mdm: 'MAGIC' } } }), { mdm: 'MAGIC' }],
    ['live_activity', 'liveactivity', aps(UPDATE), { aps: UPDATE, pealbell: { id: 'msg_1' } }],
    ['live_activity', 'liveactivity', aps(START), { aps: START, pealbell: { id: 'msg_1' } }],
  ];
  for (const [purpose, type, message, body] of bodies) {
    it(`${type} is what a registration of purpose ${purpose} gets, with its own body`, () => {
      const { pushType, headers, json } = compiled(message, purpose);
      assert.equal(pushType, type);
      assert.equal(headers['apns-push-type'], type);
      assert.deepEqual(json, body);
    });
  }

  it('can be named by the override for an address of purpose alert', () => {
    const named = silent({ override: { headers: { 'apns-push-type': 'widgets' } } });
    assert.equal(compiled(named, 'alert').pushType, 'widgets');
    assert.equal(compiled(named, 'widget').pushType, 'widgets');
  });

  it('are refused by an override that contradicts the purpose', () => {
    const named = silent({ override: { headers: { 'apns-push-type': 'widgets' } } });
    assert.deepEqual(faults(named, 'voip'), [['push_type_mismatch', '/overrides/apns/headers/apns-push-type']]);
  });

  it('take the title of a notification into a VoIP push and into the start of a Live Activity', () => {
    const notification = { title: 'Anna calls' };
    assert.deepEqual(compiled(silent({ notification }), 'voip').json.aps, { alert: { title: 'Anna calls' } });
    const { alert: _, ...unannounced } = START;
    const start = { ...aps(unannounced), notification };
    assert.deepEqual(compiled(start, 'live_activity').json.aps, { ...unannounced, alert: { title: 'Anna calls' } });
  });

  const priorities: [string, Message, readonly string[]][] = [
    ['voip', silent(), ['10', '10', '10']],
    ['push_to_talk', silent(), ['10', '10', '10']],
    ['live_activity', aps(UPDATE), ['10', '5', '5']],
    ['location', silent(), ['10', '5', '5']],
    ['widget', silent(), ['10', '5', '1']],
  ];
  for (const [purpose, message, expected] of priorities) {
    it(`map high, normal and low to ${expected.join(', ')} for ${purpose}`, () => {
      const got = (['high', 'normal', 'low'] as const).map(
        (priority) => compiled({ ...message, priority }, purpose).headers['apns-priority'],
      );
      assert.deepEqual(got, expected);
    });
  }

  it('refuse a priority of the override that they do not allow', () => {
    const message = silent({ override: { headers: { 'apns-priority': '5' } } });
    assert.deepEqual(faults(message, 'voip'), [['priority_invalid', '/overrides/apns/headers/apns-priority']]);
  });

  it('hold 5120 bytes for voip and 4096 for others', () => {
    const bytesOf = (length: number) => silent({ data: { blob: 'x'.repeat(length) } });
    const empty = compile(bytesOf(0), now, 'voip').compiled?.body.length ?? 0;
    assert.equal(compile(bytesOf(5120 - empty), now, 'voip').compiled?.body.length, 5120);
    assert.deepEqual(faults(bytesOf(5121 - empty), 'voip'), [['payload_too_large', undefined]]);
    assert.equal(compile(bytesOf(4096 - empty), now, 'push_to_talk').compiled?.body.length, 4096);
    assert.deepEqual(faults(bytesOf(4097 - empty), 'push_to_talk'), [['payload_too_large', undefined]]);
  });

  for (const purpose of ['widget', 'control', 'location', 'complication', 'file_provider']) {
    it(`show nothing for ${purpose}: a notification is refused`, () => {
      const seen = silent({ notification: { title: 'T' } });
      assert.equal(faults(seen, purpose)[0]?.[0], 'push_type_mismatch');
      assert.equal(faults(aps({ badge: 1 }), purpose)[0]?.[0], 'push_type_mismatch');
    });
  }

  it('refuse a widget push that says that nothing changed', () => {
    assert.deepEqual(faults(aps({ 'content-changed': false }), 'widget'), [
      ['content_changed_missing', '/overrides/apns/payload/aps'],
    ]);
  });

  const APS = '/overrides/apns/payload/aps';
  const incomplete: [string, Message, string[]][] = [
    ['nothing', silent(), ['event', 'timestamp', 'content-state']],
    ['another event', aps({ ...UPDATE, event: 'pause' }), ['event']],
    ['a timestamp in milliseconds', aps({ ...UPDATE, timestamp: now }), ['timestamp']],
    ['a timestamp as text', aps({ ...UPDATE, timestamp: '1700000000' }), ['timestamp']],
    ['a state that is no object', aps({ ...UPDATE, event: 'end', 'content-state': 'x' }), ['content-state']],
    ['a start without attributes', aps({ ...UPDATE, event: 'start' }), ['attributes-type', 'attributes', 'alert']],
  ];
  for (const [what, message, keys] of incomplete) {
    it(`refuse a Live Activity push with ${what}`, () => {
      assert.deepEqual(
        faults(message, 'live_activity'),
        keys.map((key) => ['live_activity_incomplete', `${APS}/${key}`]),
      );
    });
  }

  it('let a Live Activity end without a last state', () => {
    const { json } = compiled(aps({ event: 'end', timestamp: 1_700_000_000 }), 'live_activity');
    assert.deepEqual(json.aps, { event: 'end', timestamp: 1_700_000_000 });
  });

  it('refuse an MDM push that carries anything but its PushMagic', () => {
    for (const message of [
      silent(),
      silent({ data: { mdm: '' } }),
      silent({ data: { mdm: 'MAGIC', other: '1' } }),
      silent({ override: { payload: { mdm: 7 } } }),
      silent({ data: { mdm: 'MAGIC' }, notification: { title: 'T' } }),
    ]) {
      assert.deepEqual(faults(message, 'mdm'), [['mdm_body_invalid', '/overrides/apns/payload']]);
    }
  });
});
