import assert from 'node:assert/strict';
import type { Track } from '../../../src/domain/accepted-message.js';
import { STATS } from '../../../src/store/mongo/documents/counts.js';
import type { Store } from '../../../src/store/store.js';
import { advanceOf, type End, Scene } from '../store/scene.js';
import type { Parties } from './mortal-ground.js';

/** A message to registered devices, in one chunk at a provider. */
export interface SentScene {
  readonly app: string;
  readonly now: number;
  readonly id: string;
  /** Ends the devices, in order, in the chunk. */
  settle(store: Store, ends: readonly Omit<End, 'index'>[]): Promise<void>;
  /** What the message counts, what was reached and its hour, without zeroes. */
  counted(): Promise<{ readonly counts: object; readonly reached: object; readonly hour: object }>;
}

export async function sendTo(parties: Parties, keys: readonly string[], track: Track): Promise<SentScene> {
  const { party } = parties;
  const scene = new Scene();
  const { app, now } = scene;
  const fields = (id: string) => ({ platform: 'ios' as const, user: `user of ${id}` });
  const devices = keys.map((id) => ({ app, id, fields: fields(id), registrations: [], mode: 'upsert' as const }));
  await party.devices.change(devices, now);
  const message = scene.message({ track, chunks: [['apns', keys]] });
  const { id } = message.accepted;
  await party.messages.accept([message], now);
  return {
    ...{ app, now, id },

    async settle(store, ends) {
      const [chunk] = await store.chunks.claim([`${id}.0`], 'w', now, now + 50);
      assert.ok(chunk, 'the chunk is to be had');
      const settled = ends.map((end, index) => ({ ...end, index }));
      await store.chunks.advance([advanceOf(chunk, { ends: settled, next: { kind: 'done' }, at: now, track })], now);
    },

    async counted() {
      const view = await party.messages.view(app, id);
      const parts = await party.ground.db.of(STATS).find({ app }).lean();
      const hour: Record<string, number> = {};
      for (const { n = {} } of parts)
        for (const [name, more] of Object.entries(n)) hour[name] = (hour[name] ?? 0) + more;
      return { counts: withoutZeroes(view?.counts), reached: withoutZeroes(view?.reached), hour: withoutZeroes(hour) };
    },
  };
}

function withoutZeroes(numbers: object = {}): object {
  return Object.fromEntries(Object.entries(numbers).filter(([, n]) => n !== 0));
}
