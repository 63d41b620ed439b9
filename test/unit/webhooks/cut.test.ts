import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EventBlock } from '../../../src/domain/event-block.js';
import { WEBHOOK_BODY_BYTES_MAX } from '../../../src/domain/webhook.js';
import { callBody } from '../../../src/webhooks/call-body.js';
import { cutCalls } from '../../../src/webhooks/cut.js';
import { type Unit, unitsOf } from '../../../src/webhooks/units.js';
import { eventJson } from '../../../src/webhooks/wire-event.js';

const unit = (seq: number, bytes = 10): Unit => ({ seq, through: seq, at: seq, json: 'x'.repeat(bytes) });
const units = (count: number, bytes = 10) => Array.from({ length: count }, (_, n) => unit(n + 1, bytes));
const rules = { maxEvents: 100, callsMax: 8, isRipe: () => true };
const seqs = (calls: readonly (readonly Unit[])[]) => calls.map((call) => call.map(({ seq }) => seq));

describe('cutting events into calls', () => {
  it('fills each call, and lets the last one go when it is ripe', () => {
    const cut = cutCalls(units(250), rules);
    assert.deepEqual(
      cut.calls.map(({ length }) => length),
      [100, 100, 50],
    );
    assert.equal(cut.isAll, true);
  });

  it('lets the last one wait where it is not', () => {
    const cut = cutCalls(units(250), { ...rules, isRipe: () => false });
    assert.deepEqual(
      cut.calls.map(({ length }) => length),
      [100, 100],
    );
    assert.equal(cut.waiting?.seq, 201);
    assert.equal(cut.isAll, false);
    assert.equal(cutCalls(units(200), { ...rules, isRipe: () => false }).isAll, true);
  });

  it('makes no more calls than may be', () => {
    const cut = cutCalls(units(250), { ...rules, callsMax: 2 });
    assert.equal(cut.calls.length, 2);
    assert.equal(cut.isAll, false);
    assert.equal(cutCalls(units(200), { ...rules, callsMax: 2 }).isAll, true);
  });

  it('keeps every body under its size, but for an event that is larger by itself', () => {
    const cut = cutCalls(units(10, 60_000), rules);
    assert.deepEqual(
      cut.calls.map(({ length }) => length),
      [4, 4, 2],
    );
    assert.deepEqual(seqs(cutCalls([unit(1), unit(2, 300_000), unit(3)], rules).calls), [[1], [2], [3]]);
  });

  it('neither loses nor repeats nor reorders, and keeps all bounds, whatever there is', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 90_000 }), { maxLength: 60 });
    fc.assert(
      fc.property(
        sizes,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        (given, maxEvents, callsMax, ripe) => {
          const all = given.map((bytes, n) => unit(n + 1, bytes));
          const cut = cutCalls(all, { maxEvents, callsMax, isRipe: () => ripe });
          const told = seqs(cut.calls).flat();
          assert.deepEqual(
            told,
            all.slice(0, told.length).map(({ seq }) => seq),
          );
          assert.equal(cut.isAll, told.length === all.length);
          assert.ok(cut.calls.length <= callsMax);
          for (const call of cut.calls) {
            const body = callBody(
              { seq: 1_000_000, createdAt: 1e12 },
              call.map(({ json }) => json),
            );
            assert.ok(call.length >= 1 && call.length <= maxEvents);
            assert.ok(Buffer.byteLength(body) <= WEBHOOK_BODY_BYTES_MAX);
          }
          if (cut.waiting !== undefined) assert.equal(cut.waiting.seq, told.length + 1);
          else assert.ok(cut.isAll || cut.calls.length === callsMax);
        },
      ),
    );
  });
});

function block(seq: number, devices: readonly string[], more: Partial<EventBlock> = {}): EventBlock {
  const common = { message: 'msg_1', state: 'failed', provider: 'apns', metadata: { at: 5 }, tags: ['a'] };
  const entries = devices.map((device) => ({ device, reason: device < 'd5' ? 'token_invalid' : 'expired' }));
  return { app: 'shop', seq, mark: 'abc', type: 'delivery.failed', at: 1_000, common, entries, ...more };
}
const parsed = (list: readonly Unit[]) => list.map(({ json }) => JSON.parse(json) as Record<string, unknown>);

describe('what an endpoint is told of the log', () => {
  it('is each event with what its block shares, at the level events', () => {
    const [first, second, ...rest] = parsed(unitsOf([block(7, ['d1', 'd9'])], 'events', 'whe_1'));
    assert.equal(rest.length, 0);
    assert.deepEqual([first?.seq, second?.seq, first?.id], [7, 8, 'evt_abc_7']);
    const data = { message: 'msg_1', state: 'failed', provider: 'apns', metadata: { at: 5 }, tags: ['a'] };
    assert.deepEqual(second?.data, { ...data, device: 'd9', reason: 'expired' });
  });

  it('is how many, and why, at the level summary: the same wherever the reading cut the block', () => {
    const devices = Array.from({ length: 9 }, (_, n) => `d${n + 1}`);
    const whole = unitsOf([block(7, devices)], 'summary', 'whe_1');
    assert.deepEqual(parsed(whole)[0]?.data, {
      ...{ message: 'msg_1', state: 'failed', provider: 'apns', metadata: { at: 5 }, tags: ['a'] },
      ...{ count: 9, reasons: { expired: 5, token_invalid: 4 } },
    });
    assert.equal(whole[0]?.through, 15);
    const sliced = [block(7, devices.slice(0, 2)), block(9, devices.slice(2, 3)), block(10, devices.slice(3))];
    assert.deepEqual(unitsOf(sliced, 'summary', 'whe_1'), whole);
  });

  it('keeps apart in a summary what differs or does not follow', () => {
    const other = block(9, ['d3'], { common: { message: 'msg_2', state: 'failed' } });
    assert.equal(unitsOf([block(7, ['d1', 'd2']), other], 'summary', 'whe_1').length, 2);
    assert.equal(unitsOf([block(7, ['d1']), block(9, ['d2'])], 'summary', 'whe_1').length, 2);
  });

  it('leaves single what is no delivery in a summary', () => {
    const devices = block(1, ['d1', 'd2'], { type: 'device.registered', common: {} });
    assert.equal(unitsOf([devices], 'summary', 'whe_1').length, 2);
  });

  it('is nothing of itself', () => {
    const about = block(1, [], {
      type: 'webhook.failing',
      common: {},
      entries: [{ endpoint: 'whe_1' }, { endpoint: 'whe_2' }],
    });
    for (const level of ['events', 'summary'] as const) {
      assert.deepEqual(
        parsed(unitsOf([about], level, 'whe_1')).map(({ seq }) => seq),
        [2],
      );
    }
  });

  it('has its times as people write them, and leaves what callers gave as it is', () => {
    const data = { at: 0, since: 1_000, expires_at: 2_000, value: 3_000, data: { at: 4_000 } };
    const json = eventJson({ app: 'shop', seq: 1, id: 'evt_1', type: 'client.upstream', at: 5_000, data });
    assert.deepEqual(JSON.parse(json), {
      ...{ id: 'evt_1', seq: 1, type: 'client.upstream', at: '1970-01-01T00:00:05.000Z', app: 'shop' },
      data: {
        ...{
          at: '1970-01-01T00:00:00.000Z',
          since: '1970-01-01T00:00:01.000Z',
          expires_at: '1970-01-01T00:00:02.000Z',
        },
        ...{ value: 3_000, data: { at: 4_000 } },
      },
    });
  });
});
