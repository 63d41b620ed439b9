import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Attempt, type Delivery, emptyCounts } from '../../../src/domain/delivery.js';
import { isGatewayError } from '../../../src/domain/errors.js';
import type { MessageView } from '../../../src/ports/message-store.js';
import { createMessageTimeline, type TimelineEntry } from '../../../src/usecases/message-timeline.js';

const APP = 'shop';
const ID = 'msg_1';
const T = 1_000;

function view(change: Partial<MessageView> = {}): MessageView {
  return {
    id: ID,
    app: APP,
    class: 'transactional',
    status: 'sending',
    createdAt: T,
    expiresAt: T + 100_000,
    devices: 1,
    planned: true,
    counts: emptyCounts(),
    reached: { sent: 0, delivered: 0, displayed: 0, opened: 0 },
    roads: [],
    reasons: {},
    blocked: [],
    ...change,
  };
}

const at = (ms: number): Attempt => ({ provider: 'apns', at: T + ms, outcome: 'deferred', reason: 'timeout' });

/** Attempts at these milliseconds after the acceptance; ended at `end`, or waiting. */
function delivery(key: string, attempts: readonly number[], end?: number): Delivery {
  return {
    message: ID,
    key,
    device: key,
    user: null,
    state: end === undefined ? 'queued' : 'failed',
    reason: end === undefined ? null : 'timeout',
    provider: 'apns',
    attempts: attempts.map(at),
    queuedAt: T,
    ...(end === undefined ? {} : { settledAt: T + end }),
  };
}

/** A timeline over deliveries that may change between the pages. */
function timelineOf(state: { view: MessageView; deliveries: readonly Delivery[] }) {
  return createMessageTimeline({
    messages: { view: async (app, id) => (app === APP && id === ID ? state.view : undefined) },
    history: {
      after: async (_app, _id, after, limit) => state.deliveries.filter(({ key }) => key > after).slice(0, limit),
      delivery: async (_app, _id, key) => state.deliveries.find((one) => one.key === key),
    },
  });
}

function short({ at: time, event, delivery: of }: TimelineEntry): string {
  return `${time - T} ${of === undefined ? '' : `${of.key} `}${event}`;
}

async function read(
  timeline: ReturnType<typeof timelineOf>,
  limit: number,
  between: () => void = () => {},
  device?: string,
): Promise<string[]> {
  const told: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const request = { limit, ...(cursor === undefined ? {} : { cursor }), ...(device === undefined ? {} : { device }) };
    const page = await timeline.page(APP, ID, request);
    assert.ok(page && page.items.length <= limit);
    told.push(...page.items.map(short));
    if (page.nextCursor === undefined) return told;
    assert.equal(page.items.length, limit);
    cursor = page.nextCursor;
    between();
  }
}

const small = {
  view: view({ devices: 2, canceledAt: T + 40, completedAt: T + 50, status: 'canceled' }),
  deliveries: [delivery('a', [0, 30], 50), delivery('b', [20])],
};

describe('the timeline of a message', () => {
  it('is told in order of time; in one millisecond the message begins and ends around its devices', async () => {
    const expected = [
      '0 message.accepted',
      '0 a delivery.queued',
      '0 a delivery.attempted',
      '0 b delivery.queued',
      '20 b delivery.attempted',
      '30 a delivery.attempted',
      '40 message.canceled',
      '50 a delivery.failed',
      '50 message.completed',
    ];
    for (const limit of [1, 2, 4, 100]) assert.deepEqual(await read(timelineOf(small), limit), expected);
  });

  it('tells what devices said, each at its time, also of what had ended', async () => {
    const sent = { ...delivery('a', []), state: 'opened' as const, reason: null, sentAt: T + 10, settledAt: T + 10 };
    const deliveries: readonly Delivery[] = [
      { ...sent, deliveredAt: T + 12, openedAt: T + 30, action: 'track' },
      { ...sent, key: 'b', state: 'expired', reason: 'expired', settledAt: T + 20, displayedAt: T + 40 },
      { ...sent, key: 'c', state: 'sent' },
      { ...delivery('d', []), state: 'recalled', reason: null, sentAt: T + 10, settledAt: T + 50 },
      { ...delivery('e', []), deliveredAt: T + 5 },
    ];
    const told = await read(timelineOf({ view: view({ devices: 5 }), deliveries }), 100);
    assert.deepEqual(
      told.filter((line) => !line.endsWith('queued')),
      [
        '0 message.accepted',
        '5 e delivery.delivered',
        '10 a delivery.sent',
        '10 b delivery.sent',
        '10 c delivery.sent',
        '10 d delivery.sent',
        '12 a delivery.delivered',
        '20 b delivery.expired',
        '30 a delivery.opened',
        '40 b delivery.displayed',
        '50 d delivery.recalled',
      ],
    );
  });

  it('is told of one device alone, and of the message itself for an unknown one', async () => {
    assert.deepEqual(await read(timelineOf(small), 2, undefined, 'b'), [
      '0 message.accepted',
      '0 b delivery.queued',
      '20 b delivery.attempted',
      '40 message.canceled',
      '50 message.completed',
    ]);
    assert.equal((await read(timelineOf(small), 2, undefined, 'nobody')).length, 3);
  });

  for (const [why, change] of [
    ['of more than 1,000 devices', { devices: 1_001 }],
    ['that is still being planned', { planned: false }],
  ] as const) {
    it(`${why} is told device by device, each by time, its own end last`, async () => {
      const expected = [
        '0 message.accepted',
        '0 a delivery.queued',
        '0 a delivery.attempted',
        '30 a delivery.attempted',
        '50 a delivery.failed',
        '0 b delivery.queued',
        '20 b delivery.attempted',
        '40 message.canceled',
        '50 message.completed',
      ];
      const timeline = timelineOf({ ...small, view: { ...small.view, ...change } });
      for (const limit of [1, 2, 4, 100]) assert.deepEqual(await read(timeline, limit), expected, `limit ${limit}`);
    });
  }

  it('goes on in the order in which it began, also when the planning has ended meanwhile', async () => {
    const state = { ...small, view: view({ planned: false, devices: 2 }) };
    const told = await read(timelineOf(state), 2, () => {
      state.view = view({ devices: 2 });
    });
    assert.deepEqual(told.slice(-2), ['0 b delivery.queued', '20 b delivery.attempted']);
    assert.equal(told.length, 7);
  });

  it('gives what stood there at the beginning exactly once, while attempts are added and all settle', async () => {
    const times = fc.array(fc.nat(30), { maxLength: 22 }).map((list) => list.sort((a, b) => a - b));
    await fc.assert(
      fc.asyncProperty(
        fc.array(times, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (histories, limit, isLarge) => {
          const keys = histories.map((_, n) => `d${n}`);
          const state = {
            view: view({ devices: isLarge ? 5_000 : histories.length }),
            deliveries: histories.map((attempts, n) => delivery(keys[n] ?? '', attempts.slice(-20))),
          };
          const before = await read(timelineOf(state), 1_000);
          let later = 31;
          const told = await read(timelineOf(state), limit, () => {
            // One more attempt each, as a worker would keep it; then the end.
            later++;
            state.deliveries = state.deliveries.map((one) =>
              later > 40 ? { ...one, state: 'failed', reason: 'timeout', settledAt: one.settledAt ?? T + later } : one,
            );
            if (later <= 40 && histories.every((list) => list.length < 10)) {
              state.deliveries = state.deliveries.map((one) => ({ ...one, attempts: [...one.attempts, at(later)] }));
            }
          });
          assert.equal(new Set(told).size >= new Set(before).size, true);
          for (const entry of new Set(before)) {
            const count = (list: readonly string[]) => list.filter((each) => each === entry).length;
            assert.equal(count(told), count(before), entry);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is unknown for an unknown message, and for another app', async () => {
    const timeline = timelineOf(small);
    assert.equal(await timeline.page(APP, 'msg_2', { limit: 1 }), undefined);
    assert.equal(await timeline.page('news', ID, { limit: 1 }), undefined);
  });

  it('refuses a cursor of another list, of another device, and one that somebody wrote themselves', async () => {
    const timeline = timelineOf(small);
    const { nextCursor = '' } = (await timeline.page(APP, ID, { limit: 1 })) ?? {};
    const list = `message_timeline.${ID}.`;
    const wrote = (key: unknown) => Buffer.from(JSON.stringify([list, key])).toString('base64url');
    const refused = (error: unknown) => isGatewayError(error, 'validation_failed');
    await assert.rejects(timeline.page(APP, ID, { limit: 1, cursor: nextCursor, device: 'a' }), refused);
    for (const key of [
      'no json',
      '[]',
      '{}',
      'null',
      JSON.stringify(['random', '', [0, 0, '', 0]]),
      JSON.stringify(['time', '\0', [0, 0, '', 0]]),
      JSON.stringify(['device', '\ud800', [0, 0, '', 0]]),
      JSON.stringify(['time', '', [0, 0, {}, 0]]),
      JSON.stringify(['time', '', [0]]),
      7,
    ]) {
      await assert.rejects(timeline.page(APP, ID, { limit: 1, cursor: wrote(key) }), refused, String(key));
    }
    const odd = JSON.stringify(['device', 'zzz', ['x', 1, 'y', '2']]);
    assert.ok(
      await timeline.page(APP, ID, { limit: 1, cursor: wrote(odd) }),
      'nonsense in the right form finds something',
    );
  });
});
