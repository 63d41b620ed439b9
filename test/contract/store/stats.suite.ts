import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { MessageClass, Track } from '../../../src/domain/accepted-message.js';
import type { Delivery, SettledState } from '../../../src/domain/delivery.js';
import type { Platform } from '../../../src/domain/device.js';
import {
  COUNTED,
  COUNTED_ENDS,
  COUNTED_STEPS,
  type Counted,
  DAY_MS,
  emptyStats,
  HOUR_MS,
  type StatCounts,
  type StatRow,
  sumStats,
} from '../../../src/domain/stats.js';
import { RECEIPT_STATES, type ReceiptState } from '../../../src/ports/receipt-store.js';
import { runs } from '../../support/full.js';
import { advanceOf, type OpenedStore, Scene } from './scene.js';

const PER_CHUNK = 3;
const SETTLED: readonly SettledState[] = ['sent', 'sent', 'delivered', 'failed', 'expired', 'suppressed', 'canceled'];

/** `StatsStore`: hours hold what became of deliveries, exactly, whatever happens in whatever order. */
export function statsSuite(get: () => OpenedStore): void {
  describe('stats', () => {
    recountSuite(get);
    crowdSuite(get);
    everyoneSuite(get);
    spanSuite(get);
  });
}

interface Plan {
  readonly provider: string;
  readonly platform: Platform | undefined;
  readonly class: MessageClass;
  readonly track: Track;
  /** Hours before the scene's time. */
  readonly age: number;
}

/** One delivery, in plain words. */
interface Known {
  readonly plan: Plan;
  readonly message: string;
  readonly key: string;
  /** Over which it ended. */
  provider: string;
  end?: SettledState | 'recalled';
  /** 0 to 3: nothing, delivered, displayed, opened. */
  told: number;
  wasSent: boolean;
  hasRow: boolean;
}

async function send(opened: OpenedStore, scene: Scene, plan: Plan, count = 2 * PER_CHUNK): Promise<Known[]> {
  const keys = Array.from({ length: count }, (_, i) => `d${String(i).padStart(4, '0')}`);
  await opened.devices.change(
    keys.map((id) => ({
      app: scene.app,
      id,
      fields: { platform: plan.platform ?? ('ios' as const), user: `user of ${id}` },
      registrations: [],
      mode: 'upsert' as const,
    })),
    scene.now,
  );
  const at = scene.now - plan.age * HOUR_MS;
  const drafts = Array.from({ length: Math.ceil(count / PER_CHUNK) }, (_, n) => {
    return [plan.provider, keys.slice(n * PER_CHUNK, (n + 1) * PER_CHUNK)] as const;
  });
  const message = scene.message({ at, class: plan.class, track: plan.track, chunks: drafts });
  const chunks = message.chunks.map((chunk) => ({
    ...chunk,
    ...(plan.platform === undefined ? {} : { platform: plan.platform }),
  }));
  await opened.messages.accept([{ ...message, chunks }], at);
  const { provider } = plan;
  return keys.map((key) => {
    return { plan, message: message.accepted.id, key, provider, told: 0, wasSent: false, hasRow: false };
  });
}

/** Ends one delivery as its chunk's holder does; `isLive`: over the connection, whatever the chunk's provider. */
async function settle(opened: OpenedStore, scene: Scene, known: Known, end: SettledState, isLive: boolean) {
  const index = Number(known.key.slice(1)) % PER_CHUNK;
  const id = `${known.message}.${Math.floor(Number(known.key.slice(1)) / PER_CHUNK)}`;
  const [chunk] = await opened.chunks.claim([id], 'w', scene.now, scene.now + 50);
  assert.ok(chunk, `${id} is to be had`);
  const open = [...chunk.progress.marks].filter((mark) => mark === '.').length - 1;
  const plain = advanceOf(chunk, {
    ends: [{ index, state: end }],
    next: open > 0 ? { kind: 'release', dueAt: scene.now, blocked: false } : { kind: 'done' },
    at: scene.now + 7,
    track: known.plan.track,
  });
  const isMoved = isLive && known.plan.provider !== 'realtime' && (end === 'sent' || end === 'delivered');
  const live = { ...chunk.progress.live };
  if (isMoved) live[end] = (live[end] ?? 0) + 1;
  const over = <D extends Delivery>(deliveries: readonly D[]): readonly D[] =>
    isMoved ? deliveries.map((delivery) => ({ ...delivery, provider: 'realtime' })) : deliveries;
  const change = {
    ...plain,
    progress: { ...plain.progress, live },
    deliveries: over(plain.deliveries),
    unkept: over(plain.unkept),
  };
  for (let n = 0; n < 2; n++) assert.deepEqual(await opened.chunks.advance([change], scene.now), [], 'or repeated');
  known.end = end;
  if (isMoved) known.provider = 'realtime';
  known.wasSent = end === 'sent' || end === 'delivered';
  if (end === 'delivered') known.told = Math.max(known.told, 1);
  known.hasRow ||= known.plan.track === 'all' || (known.plan.track === 'failures' && !known.wasSent);
}

/** What `known` adds to each count. */
function countsOf(known: Known): StatCounts {
  const counts = emptyStats();
  if (known.end === undefined) return counts;
  const reached = Math.max(known.wasSent ? 1 : 0, known.told === 0 ? 0 : known.told + 1);
  for (const [i, step] of (['sent', 'delivered', 'displayed', 'opened'] as const).entries()) {
    counts[step] = reached > i ? 1 : 0;
  }
  const end = COUNTED_ENDS.find((each) => each === known.end);
  if (end !== undefined) counts[end] = 1;
  return counts;
}

function recount(all: readonly Known[], by: 'hour' | 'day', now: number): StatRow[] {
  const step = by === 'hour' ? HOUR_MS : DAY_MS;
  const rows = new Map<string, { row: Omit<StatRow, 'counts'>; counts: StatCounts[] }>();
  for (const known of all) {
    const at = now - known.plan.age * HOUR_MS;
    const row = {
      start: at - (at % step),
      class: known.plan.class,
      provider: known.provider,
      platform: known.plan.platform ?? null,
    };
    const key = JSON.stringify([row.start, row.class, row.provider, row.platform ?? '']);
    const group = rows.get(key) ?? { row, counts: [] };
    rows.set(key, group);
    group.counts.push(countsOf(known));
  }
  return [...rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { row, counts }]) => ({ ...row, counts: sumStats(counts) }))
    .filter(({ counts }) => COUNTED.some((name) => counts[name] > 0));
}

async function read(opened: OpenedStore, scene: Scene, by: 'hour' | 'day' = 'hour') {
  const from = scene.now - (scene.now % DAY_MS) - 3 * DAY_MS;
  const rows = await opened.stats.read({ app: scene.app, from, to: from + 10 * DAY_MS, by });
  return rows.filter(({ counts }) => COUNTED.some((name) => counts[name] > 0));
}

function recountSuite(get: () => OpenedStore): void {
  const target = fc.nat(99);
  const plan = fc.record({
    provider: fc.constantFrom('realtime', 'realtime', 'apns'),
    platform: fc.constantFrom<Platform | undefined>('ios', 'web', undefined),
    class: fc.constantFrom<MessageClass>('transactional', 'marketing'),
    track: fc.constantFrom<Track>('all', 'all', 'failures', 'none'),
    age: fc.constantFrom(0, 1, 30),
  });
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('settle' as const), target, live: fc.boolean(), end: fc.nat(6) }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('tell' as const), target, state: fc.nat(2) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('takeOut' as const), target }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('merge' as const, 'sweep' as const), target }) },
  );

  it('are a plain recount of all deliveries, in whatever order they settle, are told, taken back, merged and swept', async function () {
    this.timeout(90_000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(plan, { minLength: 2, maxLength: 3 }),
        fc.array(step, { minLength: 6, maxLength: 40 }),
        async (plans, steps) => {
          const opened = get();
          const scene = new Scene();
          const all: Known[] = [];
          const swept = new Set<string>();
          for (const each of plans) all.push(...(await send(opened, scene, each)));
          for (const [n, each] of steps.entries()) {
            const known = all[each.target % all.length];
            if (known === undefined || swept.has(known.message)) continue;
            if (each.kind === 'merge') await opened.stats.merge(scene.now + DAY_MS, 1 + (n % 4));
            if (each.kind === 'settle' && known.end === undefined) {
              await settle(opened, scene, known, SETTLED[each.end] ?? 'sent', each.live);
            }
            if (each.kind === 'tell') await tell(opened, scene, known, RECEIPT_STATES[each.state] ?? 'delivered', n);
            if (each.kind === 'takeOut') await takeOut(opened, scene, known);
            if (each.kind === 'sweep') await sweepIfOver(opened, scene, all, known.message, swept);
          }
          assert.deepEqual(await read(opened, scene), recount(all, 'hour', scene.now));
          assert.deepEqual(await read(opened, scene, 'day'), recount(all, 'day', scene.now));
          for (const message of new Set(all.map((known) => known.message))) {
            if (!swept.has(message))
              await compareRoads(
                opened,
                scene,
                all.filter((known) => known.message === message),
              );
          }
          while ((await opened.stats.merge(scene.now + DAY_MS, 5)) > 0);
          assert.deepEqual(await read(opened, scene), recount(all, 'hour', scene.now), 'brought together');
        },
      ),
      { numRuns: runs(25) },
    );
  });

  async function tell(opened: OpenedStore, scene: Scene, known: Known, state: ReceiptState, n: number) {
    const receipt = { app: scene.app, message: known.message, key: known.key, state, at: scene.now + n };
    const [told] = await opened.receipts.record([receipt], scene.now);
    const isForgotten = !known.hasRow && known.plan.track === 'none' && known.end !== undefined && !known.wasSent;
    assert.equal(told === 'unknown', isForgotten);
    if (isForgotten) return;
    known.hasRow = true;
    known.told = Math.max(known.told, RECEIPT_STATES.indexOf(state) + 1);
  }

  async function takeOut(opened: OpenedStore, scene: Scene, known: Known) {
    await opened.recalls.takenOut(scene.app, known.message, [known.key], scene.now);
    if (known.end !== 'sent' || known.told > 0 || known.provider !== 'realtime') return;
    known.end = 'recalled';
    known.hasRow = true;
  }

  async function sweepIfOver(opened: OpenedStore, scene: Scene, all: readonly Known[], id: string, swept: Set<string>) {
    const mine = all.filter((known) => known.message === id);
    if (mine.some(({ end }) => end === undefined)) return;
    await opened.messages.complete([id], scene.now);
    const after = scene.now - (mine[0]?.plan.age ?? 0) * HOUR_MS + 1;
    while ((await opened.messages.sweep({ content: after, messages: after, deliveries: after }, 100)) > 0);
    for (const { message, plan } of all) {
      const isOver = all.every((known) => known.message !== message || known.end !== undefined);
      if (isOver && (await opened.messages.view(scene.app, message)) === undefined) swept.add(message);
      else assert.ok(plan.age < (mine[0]?.plan.age ?? 0) || !isOver || message !== id);
    }
  }
}

/** The message tells the same of each road as the hours do, and its counts are the sums over its roads. */
async function compareRoads(opened: OpenedStore, scene: Scene, deliveries: readonly Known[]) {
  const view = await opened.messages.view(scene.app, deliveries[0]?.message ?? '');
  assert.ok(view);
  const by = new Map<string, StatCounts>();
  for (const known of deliveries) {
    by.set(known.provider, sumStats([by.get(known.provider) ?? emptyStats(), countsOf(known)]));
  }
  const roads = view.roads.filter(({ counts }) => COUNTED.some((name) => counts[name] > 0));
  const counted = [...by].filter(([, counts]) => COUNTED.some((name) => counts[name] > 0));
  assert.deepEqual(
    roads.map(({ provider, counts }) => [provider, counts]),
    counted.sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const sum = sumStats(roads.map(({ counts }) => counts));
  for (const end of COUNTED_ENDS) assert.equal(sum[end], view.counts[end]);
  for (const state of ['sent', 'delivered', 'displayed', 'opened'] as const)
    assert.equal(sum[state], view.reached[state]);
}

function crowdSuite(get: () => OpenedStore): void {
  it('lose nothing and count nothing twice while many settle, tell and merge at the same moment', async () => {
    const opened = get();
    const scene = new Scene();
    const plan: Plan = { provider: 'realtime', platform: 'web', class: 'marketing', track: 'none', age: 0 };
    const all = (await Promise.all(Array.from({ length: 4 }, () => send(opened, scene, plan, 8 * PER_CHUNK)))).flat();
    const merging = (async () => {
      for (let n = 0; n < 50; n++) await opened.stats.merge(scene.now + DAY_MS, 3);
    })();
    const chunks = new Map<string, Known[]>();
    for (const known of all) {
      const chunk = `${known.message}.${Math.floor(Number(known.key.slice(1)) / PER_CHUNK)}`;
      chunks.set(chunk, [...(chunks.get(chunk) ?? []), known]);
    }
    await Promise.all(
      [...chunks.values()].map(async (deliveries) => {
        for (const known of deliveries) await settle(opened, scene, known, 'sent', false);
        const receipts = deliveries.map(({ message, key }) => {
          return { app: scene.app, message, key, state: 'opened' as const, at: scene.now };
        });
        await Promise.all([opened.receipts.record(receipts, scene.now), opened.receipts.record(receipts, scene.now)]);
        for (const known of deliveries) known.told = 3;
      }),
    );
    await merging;
    assert.deepEqual(await read(opened, scene), recount(all, 'hour', scene.now));
  });
}

function everyoneSuite(get: () => OpenedStore): void {
  for (const state of ['expired', 'canceled'] as const) {
    it(`of a message to everyone, count who said nothing as ${state} once, over the connection`, async () => {
      const { messages, stats } = get();
      const scene = new Scene();
      const message = scene.message({ planned: false });
      const { id } = message.accepted;
      await messages.accept([message], scene.now);
      assert.ok(await messages.announced(id, { reached: 5, unreached: 2 }));
      assert.deepEqual(await sums(stats), { failed: 2 });
      if (state === 'canceled') {
        for (let n = 0; n < 2; n++) await messages.cancel(scene.app, id, scene.now + 9);
        assert.deepEqual(await sums(stats), { failed: 2, canceled: 5 });
      }
      for (let n = 0; n < 2; n++) await messages.complete([id], message.expiresAt);
      assert.deepEqual(await sums(stats), { failed: 2, [state]: 5 });
      const view = await messages.view(scene.app, id);
      assert.deepEqual(
        view?.roads.map(({ provider, counts }) => [provider, counts.failed, counts[state]]),
        [
          [null, 2, 0],
          ['realtime', 0, 5],
        ],
      );

      async function sums(store: typeof stats): Promise<Partial<Record<Counted, number>>> {
        const from = scene.now - (scene.now % HOUR_MS);
        const rows = await store.read({ app: scene.app, from, to: from + HOUR_MS, by: 'hour' });
        const sum = sumStats(rows.map(({ counts }) => counts));
        return Object.fromEntries(Object.entries(sum).filter(([, n]) => n !== 0));
      }
    });
  }
}

function spanSuite(get: () => OpenedStore): void {
  it('hold hours of one app alone, from the first asked for to before the last, until they are swept', async () => {
    const opened = get();
    const [scene, other] = [new Scene(), new Scene()];
    const plan: Plan = { provider: 'apns', platform: 'ios', class: 'transactional', track: 'all', age: 0 };
    for (const age of [0, 1, 2]) {
      for (const known of await send(opened, scene, { ...plan, age }, 1)) {
        await settle(opened, scene, known, 'failed', false);
      }
    }
    const hour = scene.now - (scene.now % HOUR_MS);
    const starts = async (app: string, from: number, to: number) =>
      (await opened.stats.read({ app, from, to, by: 'hour' })).map(({ start }) => (start - hour) / HOUR_MS);
    assert.deepEqual(await starts(scene.app, hour - 9 * HOUR_MS, hour + HOUR_MS), [-2, -1, 0]);
    assert.deepEqual(await starts(scene.app, hour - HOUR_MS, hour), [-1]);
    assert.deepEqual(await starts(other.app, hour - 9 * HOUR_MS, hour + HOUR_MS), []);
    assert.equal(COUNTED_STEPS.length + COUNTED_ENDS.length, COUNTED.length);
    while ((await opened.stats.sweep(hour, 1)) > 0);
    assert.deepEqual(await starts(scene.app, hour - 9 * HOUR_MS, hour + HOUR_MS), [0]);
  });
}
