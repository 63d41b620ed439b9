import assert from 'node:assert/strict';
import { compile as compileApns } from '../../../providers/apns/payload.js';
import type { JsonObject, Message, MessageChannel } from '../../../providers/contract.js';
import { compile as compileFcm } from '../../../providers/fcm/payload.js';
import { compile as compileWebPush } from '../../../providers/webpush/payload.js';

const NOW = 1_700_000_000_000;

function message(channel: MessageChannel, more: Partial<Message> = {}): Message {
  return {
    id: 'msg_1',
    app: 'shop',
    notification: { title: 'Hi' },
    ttlSeconds: 60,
    priority: 'normal',
    channel,
    ...more,
  };
}

function aps(from: Message): JsonObject {
  const { compiled, misfits } = compileApns(from, NOW);
  assert.ok(compiled, JSON.stringify(misfits));
  return (JSON.parse(compiled.body.toString()) as { aps: JsonObject }).aps;
}

function fcm(from: Message): { android: JsonObject; aps: JsonObject } {
  const { compiled, misfits } = compileFcm(from, NOW);
  assert.ok(compiled, JSON.stringify(misfits));
  const { android, apns } = compiled.message as unknown as {
    android: { notification?: JsonObject };
    apns: { payload: { aps: JsonObject } };
  };
  return { android: android.notification ?? {}, aps: apns.payload.aps };
}

function web(from: Message): { urgency: unknown; notification: JsonObject } {
  const { compiled, misfits } = compileWebPush(from);
  assert.ok(compiled, JSON.stringify(misfits));
  const json = JSON.parse(compiled.plaintext.toString());
  return { urgency: compiled.headers.urgency, notification: json.notification };
}

describe('what a channel makes of a message', () => {
  it('is, for APNs, interruption level, category, sound and relevance', () => {
    const settings = { interruption_level: 'time-sensitive', category: 'ORDER', sound: 'a.caf', relevance_score: 0.5 };
    assert.deepEqual(aps(message({ name: 'orders', sound: 'default', settings })), {
      alert: { title: 'Hi' },
      sound: 'a.caf',
      category: 'ORDER',
      'interruption-level': 'time-sensitive',
      'relevance-score': 0.5,
    });
  });

  it('is, for FCM, the Android channel and its looks, and Apple’s words for devices behind it', () => {
    const settings = {
      ...{ channel_id: 'orders', icon: 'ic', color: '#112233', visibility: 'SECRET', sound: 'ding' },
      ...{ notification_priority: 'PRIORITY_MAX', interruption_level: 'active', category: 'ORDER' },
    };
    const made = fcm(message({ name: 'orders', settings }));
    const { interruption_level: _, category: __, ...android } = settings;
    assert.deepEqual(made.android, { ...android, tag: 'msg_1' });
    assert.deepEqual(made.aps, { 'interruption-level': 'active', category: 'ORDER', sound: 'ding' });
  });

  it('is, for Web Push, urgency and members of the notification', () => {
    const settings = {
      urgency: 'very-low',
      icon: 'https://shop.example/i.png',
      require_interaction: true,
      silent: true,
    };
    assert.deepEqual(web(message({ name: 'orders', sound: 'ding', settings })), {
      urgency: 'very-low',
      notification: {
        ...{ icon: 'https://shop.example/i.png', requireInteraction: true, silent: true },
        ...{ sound: 'ding', title: 'Hi' },
      },
    });
  });

  it('gives way to what the message says, and that to overrides', () => {
    const channel = { name: 'orders', sound: 'of the channel', settings: { sound: 'of the entry', category: 'A' } };
    const own = { notification: { title: 'Hi', sound: 'own' } };
    assert.equal(aps(message(channel, own)).sound, 'own');
    assert.equal(fcm(message(channel, own)).android.sound, 'own');
    assert.equal(web(message({ name: 'x', sound: 'of the channel' }, own)).notification.sound, 'own');
    const override = { payload: { aps: { category: 'B' } } };
    assert.equal(aps(message(channel, { override })).category, 'B');
    const urgent = message({ name: 'x', settings: { urgency: 'low' } }, { isPriorityOwn: true, priority: 'high' });
    assert.equal(web(urgent).urgency, 'high');
    const header = { override: { headers: { urgency: 'normal' } } };
    assert.equal(web(message({ name: 'x', settings: { urgency: 'low' } }, header)).urgency, 'normal');
  });

  it('uses the sound of the channel where the entry has none, and none where nothing is shown', () => {
    const channel = { name: 'orders', sound: 'ding' };
    assert.equal(aps(message(channel)).sound, 'ding');
    assert.deepEqual([fcm(message(channel)).android.sound, fcm(message(channel)).aps.sound], ['ding', 'ding']);
    const { notification: _, ...silent } = message({ ...channel, settings: { category: 'A' } }, { data: { a: 'b' } });
    assert.deepEqual(aps(silent), { 'content-available': 1 });
    assert.deepEqual(fcm(silent), { android: {}, aps: { 'content-available': 1 } });
  });

  it('names the buttons that iOS wants declared', () => {
    const actions = [{ id: 'track', title: 'Track' }];
    const codes = (channel: MessageChannel) =>
      compileApns(message(channel, { notification: { title: 'Hi', actions } }), NOW).misfits.map(({ code }) => code);
    assert.deepEqual(codes({ name: 'orders' }), ['actions_unmapped']);
    assert.deepEqual(codes({ name: 'orders', settings: { category: 'ORDER' } }), []);
  });
});
