import assert from 'node:assert/strict';
import { roadsOf } from '../../../../src/cli/demo/page/roads.js';
import { type Arrival, arrive, clear, type Screen } from '../../../../src/cli/demo/page/screen.js';
import type { GuestDevice, StoryEvent } from '../../../../src/cli/demo/page/told.js';

const PHONE: GuestDevice = { id: 'alice-phone', pane: 'phone', vendor: 'Apple' };

function arrival(changes: Partial<Arrival> = {}): Arrival {
  return { message: 'msg_1', road: 'realtime', at: 1_004, show: true, tag: 'msg_1', title: 'Order', ...changes };
}

function showing(...arrivals: readonly Arrival[]): Screen {
  return arrivals.reduce(arrive, [] as Screen);
}

describe('the screen of a device on the demonstration page', () => {
  it('shows a message once, whatever roads it came by, and tells them in order', () => {
    const screen = showing(arrival({ road: 'Apple' }), arrival({ show: false }));
    assert.equal(screen.length, 1);
    assert.deepEqual(
      screen[0]?.arrivals.map(({ road, show }) => [road, show]),
      [
        ['Apple', true],
        ['realtime', false],
      ],
    );
  });

  it('shows the newest first, and twenty at most', () => {
    const screen = showing(...Array.from({ length: 25 }, (_, i) => arrival({ message: `m${i}`, tag: `m${i}` })));
    assert.equal(screen.length, 20);
    assert.equal(screen[0]?.message, 'm24');
  });

  it('shows nothing for data that no notification belongs to', () => {
    assert.deepEqual(showing(arrival({ show: false })), []);
  });

  it('puts a newer message with the same tag in the place of the older one', () => {
    const screen = showing(arrival({ tag: 'match' }), arrival({ message: 'msg_2', tag: 'match', title: '2 : 0' }));
    assert.deepEqual(
      screen.map(({ title }) => title),
      ['2 : 0'],
    );
  });

  it('takes off what is cleared, by message or by tag', () => {
    const screen = showing(
      arrival(),
      arrival({ message: 'msg_2', tag: 'match' }),
      arrival({ message: 'm3', tag: 'm3' }),
    );
    assert.deepEqual(
      clear(screen, ['msg_1'], ['match']).map(({ message }) => message),
      ['m3'],
    );
  });
});

describe('the roads of a device on the demonstration page', () => {
  const attempt = (changes: Partial<StoryEvent>): StoryEvent => ({
    ...{ at: '2026-01-01T00:00:00Z', event: 'delivery.attempted', device: PHONE.id, provider: 'realtime' },
    ...changes,
  });

  it('are both unused before anything happened', () => {
    const { realtime, vendor } = roadsOf(PHONE, [], [], [], 1_000);
    assert.deepEqual([realtime.text, vendor.text], ['not used', 'not called']);
  });

  it('tell when the own connection brought it, and that no vendor was called', () => {
    const { realtime, vendor } = roadsOf(PHONE, [attempt({ outcome: 'accepted' })], [], [arrival()], 1_000);
    assert.deepEqual([realtime.text, vendor.text], ['there in 4 ms', 'not called']);
  });

  it('tell that the vendor was called when the device did not answer', () => {
    const calls = [{ device: PHONE.id, vendor: 'Apple', message: 'msg_1', accepted: true, at: 4_020 }];
    const events = [attempt({ outcome: 'awaited' }), attempt({ outcome: 'away', reason: 'no_ack' })];
    const { realtime, vendor } = roadsOf(PHONE, events, calls, [], 1_000);
    assert.deepEqual([realtime.text, vendor.text], ['no answer', 'called after 3.02 s']);
  });

  it('tell that what came late over the own connection was not shown again', () => {
    const calls = [{ device: PHONE.id, vendor: 'Apple', message: 'msg_1', accepted: true, at: 4_020 }];
    const late = arrival({ show: false, at: 9_000 });
    const { realtime } = roadsOf(PHONE, [attempt({ outcome: 'awaited' })], calls, [late], 1_000);
    assert.equal(realtime.text, 'data only after 8.00 s: shown already');
  });

  it("leave out other devices' calls and attempts", () => {
    const calls = [{ device: 'alice-browser', vendor: 'Web Push', message: 'msg_1', accepted: true, at: 4_020 }];
    const events = [attempt({ device: 'alice-browser', outcome: 'away', reason: 'offline' })];
    const { realtime, vendor } = roadsOf(PHONE, events, calls, [], 1_000);
    assert.deepEqual([realtime.text, vendor.text], ['not used', 'not called']);
  });
});
