import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Track } from '../../../src/domain/accepted-message.js';
import type { ChunkTarget } from '../../../src/domain/chunk.js';
import { DELIVERY_STATES } from '../../../src/domain/delivery.js';
import type { Reason } from '../../../src/domain/reason.js';
import { runs } from '../../support/full.js';
import { advanceOf, allPages, bareTarget, type ChunkDraft, type End, type OpenedStore, Scene } from './scene.js';

const ENDS: readonly Omit<End, 'index'>[] = [
  { state: 'sent' },
  { state: 'delivered' },
  { state: 'failed', reason: 'token_invalid' },
  { state: 'failed', reason: 'no_registration' },
  { state: 'expired', reason: 'expired' },
  { state: 'suppressed', reason: 'user_changed' },
  { state: 'canceled', reason: 'canceled' },
];

/** Many, so that more chunks overlap than one look of the listing reads. `bare`: a bare push token. */
const PROVIDERS = ['bare', null, ...Array.from({ length: 12 }, (_, i) => `provider${i}`)];

/** Per target, what becomes of it: how many looks it waits, then how it ends; `wait` is tried once and postponed. */
interface Fate {
  readonly provider: number;
  readonly round: number;
  readonly end: number;
  readonly wait: boolean;
}

const fates = fc.array(
  fc.record({
    provider: fc.nat(PROVIDERS.length - 1),
    round: fc.nat(3),
    end: fc.nat(ENDS.length - 1),
    wait: fc.boolean(),
  }),
  { minLength: 1, maxLength: 60, size: 'max' },
);
/** Targets of the last round stay open. */
const ROUNDS = 3;

/** Exact counts, statuses, and deliveries in key order: against a naive model. */
export function deliveriesSuite(get: () => OpenedStore): void {
  describe('counts and deliveries', () => {
    /** Stores a message of these fates, its chunks overlapping in keys; answers with the key of each target. */
    async function store(scene: Scene, targets: readonly Fate[], track: Track) {
      const opened = get();
      const byProvider = new Map<string | null, { target: ChunkTarget; fate: Fate }[]>();
      for (const [i, fate] of targets.entries()) {
        const name = PROVIDERS[fate.provider] ?? null;
        const target =
          name === 'bare'
            ? bareTarget(opened, scene.app, 'fcm', `token ${i}`)
            : { key: `d${String(i).padStart(3, '0')}`, user: i % 3 === 0 ? null : `u${i}` };
        const list = byProvider.get(name) ?? [];
        byProvider.set(name, list);
        list.push({ target, fate });
      }
      const drafts: (readonly [ChunkDraft[0], { target: ChunkTarget; fate: Fate }[]])[] = [];
      for (const [name, list] of byProvider) {
        list.sort((a, b) => (a.target.key < b.target.key ? -1 : 1));
        // Small chunks, so that a page spans several and several overlap.
        for (let from = 0; from < list.length; from += 3)
          drafts.push([name === 'bare' ? 'fcm' : name, list.slice(from, from + 3)]);
      }
      const message = scene.message({
        track,
        chunks: drafts.map(([name, list]) => [name, list.map(({ target }) => target)]),
      });
      await opened.messages.accept([message], scene.now);
      return { message, plan: message.chunks.map((chunk, i) => ({ id: chunk.id, list: drafts[i]?.[1] ?? [] })) };
    }

    /** Works on every chunk for one round. */
    async function work(scene: Scene, stored: Awaited<ReturnType<typeof store>>, round: number, track: Track) {
      const { chunks } = get();
      const now = scene.now + round * 100;
      const claimed = await chunks.claim(
        stored.plan.map(({ id }) => id),
        'w',
        now,
        now + 50,
      );
      const changes = claimed.map((chunk) => {
        const list = stored.plan.find(({ id }) => id === chunk.id)?.list ?? [];
        const indexes = list.map((entry, index) => ({ ...entry.fate, index }));
        const left = indexes.some((fate) => fate.round > round);
        return advanceOf(chunk, {
          ends: indexes
            .filter((fate) => fate.round === round)
            .map(({ index, end }) => ({ index, ...(ENDS[end] as (typeof ENDS)[0]) })),
          waits: indexes
            .filter((fate) => fate.round > round && fate.wait)
            .map(({ index }) => ({ index, dueAt: now + 100 })),
          next: left ? { kind: 'release', dueAt: now + 100, blocked: false } : { kind: 'done' },
          at: now,
          track,
        });
      });
      assert.deepEqual(await chunks.advance(changes, now), []);
    }

    it('count exactly, whatever ended how and when: states sum to devices, reasons to what ended for a reason', async function () {
      this.timeout(60_000);
      await fc.assert(
        fc.asyncProperty(fates, fc.constantFrom<Track>('all', 'failures', 'none'), async (targets, track) => {
          const { messages } = get();
          const scene = new Scene();
          const stored = await store(scene, targets, track);
          const { id } = stored.message.accepted;
          for (let round = 0; round < ROUNDS; round++) {
            await work(scene, stored, round, track);
            const view = await messages.view(scene.app, id);
            const ended = targets.filter((fate) => fate.round <= round).map((fate) => ENDS[fate.end]);
            const counts = Object.fromEntries(
              DELIVERY_STATES.map((state) => [state, ended.filter((end) => end?.state === state).length]),
            );
            counts.queued = targets.length - ended.length;
            const reasons: Partial<Record<Reason, number>> = {};
            for (const end of ended) if (end?.reason) reasons[end.reason] = (reasons[end.reason] ?? 0) + 1;
            assert.deepEqual({ ...view?.counts }, counts);
            assert.deepEqual(view?.reasons, reasons);
            assert.equal(view?.devices, targets.length);
            assert.equal(view?.status, ended.length === 0 ? 'queued' : 'sending');
          }
          const open = targets.some((fate) => fate.round === ROUNDS);
          assert.deepEqual(await messages.complete([id], scene.now), open ? [] : [id]);
          assert.equal((await messages.view(scene.app, id))?.status === 'completed', !open);
        }),
        { numRuns: runs(10) },
      );
    });

    it('are listed in key order with settled and waiting ones merged, at every limit, as the model says', async function () {
      this.timeout(60_000);
      await fc.assert(
        fc.asyncProperty(
          fates,
          fc.constantFrom<Track>('all', 'all', 'failures', 'none'),
          fc.nat(ROUNDS),
          async (targets, track, rounds) => {
            const { messages } = get();
            const scene = new Scene();
            const stored = await store(scene, targets, track);
            for (let round = 0; round < rounds; round++) await work(scene, stored, round, track);
            const expected = stored.plan
              .flatMap(({ list }) => list)
              .map(({ target, fate }) => [
                target.key,
                target.user,
                target.bare?.tokenHash,
                fate.round < rounds ? ENDS[fate.end]?.state : 'queued',
                fate.round < rounds ? (ENDS[fate.end]?.reason ?? null) : null,
              ])
              .filter(
                ([, , , state]) =>
                  track === 'all' || (track === 'failures' && !['sent', 'delivered', 'queued'].includes(state ?? '')),
              )
              .sort(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1));
            for (const limit of [1, 2, 3, 5, 9, expected.length, expected.length + 1]) {
              if (limit === 0) continue;
              const { items, pages } = await allPages(
                (page) => messages.deliveries(scene.app, stored.message.accepted.id, page),
                limit,
              );
              assert.deepEqual(
                items.map(({ key, user, tokenHash, state, reason }) => [key, user, tokenHash, state, reason]),
                expected,
              );
              assert.equal(pages, Math.max(1, Math.ceil(expected.length / limit)), 'no cursor on the last page');
              for (const item of items) assert.equal(item.device, item.key.startsWith('~') ? null : item.key);
            }
          },
        ),
        { numRuns: runs(10) },
      );
    });

    it('do not lose one that settles while they are read', async () => {
      const opened = get();
      for (let access = 0; access < 5; access++) {
        const scene = new Scene();
        const message = scene.message({
          chunks: [
            ['apns', ['d1', 'd3', 'd5']],
            ['fcm', ['d2', 'd4']],
          ],
        });
        await opened.messages.accept([message], scene.now);
        const ids = message.chunks.map(({ id }) => id);
        const door = opened.interrupted(access, async () => {
          const held = await opened.chunks.claim(ids, 'w', scene.now, scene.now + 10);
          const changes = held.map((chunk) => {
            const ends = chunk.targets.map((_, index) => ({ index, state: 'sent' as const }));
            return advanceOf(chunk, { ends, next: { kind: 'done' }, at: scene.now });
          });
          await opened.chunks.advance(changes, scene.now);
        });
        const { items } = await door.messages.deliveries(scene.app, message.accepted.id, { limit: 10 });
        assert.deepEqual(
          items.map(({ key }) => key),
          ['d1', 'd2', 'd3', 'd4', 'd5'],
          `settled before access ${access}`,
        );
      }
    });

    it('show what waits for a stopped account, and the message as blocked when nothing else is left', async () => {
      const { messages, chunks, accounts } = get();
      const scene = new Scene();
      const message = scene.message({
        chunks: [
          ['apns', ['d1', 'd2', 'd3']],
          ['fcm', ['d4', 'd5']],
        ],
      });
      const { id } = message.accepted;
      await messages.accept([message], scene.now);
      const [apns, fcm] = await chunks.claim([`${id}.0`, `${id}.1`], 'w', scene.now, scene.now + 10);
      assert.ok(apns?.provider === 'apns' && fcm?.provider === 'fcm');
      const blocked = { kind: 'release', dueAt: scene.now + 20, blocked: true } as const;
      const stopped = advanceOf(apns, { ends: [{ index: 0, state: 'sent' }], next: blocked, at: scene.now });
      await chunks.advance([stopped], scene.now);
      const pause = { reason: 'credential_rejected', failures: 1, until: scene.now + 9, since: scene.now - 3 } as const;
      await accounts.pause({ app: scene.app, provider: 'apns', ...pause }, scene.now);
      await accounts.pause({ app: new Scene().app, provider: 'apns', ...pause, since: 1 }, scene.now);
      const waits = { provider: 'apns', reason: 'credential_rejected', devices: 2, since: scene.now - 3 };
      const before = await messages.view(scene.app, id);
      assert.deepEqual([before?.status, before?.blocked], ['sending', [waits]]);
      const ends = [0, 1].map((index) => ({ index, state: 'sent' as const }));
      await chunks.advance([advanceOf(fcm, { ends, next: { kind: 'done' }, at: scene.now })], scene.now);
      const after = await messages.view(scene.app, id);
      assert.deepEqual([after?.status, after?.blocked], ['blocked', [waits]]);
      const [resumed] = await chunks.claim([`${id}.0`], 'w', scene.now + 20, scene.now + 30);
      assert.ok(resumed);
      const rest = [1, 2].map((index) => ({ index, state: 'sent' as const }));
      await chunks.advance([advanceOf(resumed, { ends: rest, next: { kind: 'done' }, at: scene.now })], scene.now);
      await messages.complete([id], scene.now);
      const last = await messages.view(scene.app, id);
      assert.deepEqual([last?.status, last?.blocked, last?.counts.sent], ['completed', [], 5]);
    });
  });
}
