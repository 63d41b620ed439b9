import { randomBytes } from 'node:crypto';
import { makeDataKey, parseDataKey } from '../../../src/domain/data-key.js';
import type { EventType } from '../../../src/domain/event.js';
import { AtRest } from '../../../src/store/at-rest.js';
import { EVENT_BLOCKS, EVENT_INTEREST } from '../../../src/store/mongo/documents/events.js';
import { type Database, openDatabase } from '../../../src/store/mongo/engine/database.js';
import type { StoredBlock } from '../../../src/store/mongo/events/event-writer.js';
import { type Ground, layGround } from '../../../src/store/mongo/ground.js';
import { migrateMongo } from '../../../src/store/mongo/migrate.js';
import { mongoPorts } from '../../../src/store/mongo/store.js';
import type { Store } from '../../../src/store/store.js';
import { sized } from '../../support/full.js';
import { freshMongo } from '../../support/mongo-server.js';
import type { Told } from '../store/scene.js';

/** In a full run a death before each command in turn; else before every third. */
export const NEXT_DEATH = sized(1, 3);
let begun = 0;

/** Each test begins behind the one before it, so that among those alike there is one for each command. */
export function firstDeath(): number {
  return begun++ % NEXT_DEATH;
}

/** A process: its ports, and what they stand on. */
export interface Party extends Store {
  readonly ground: Ground;
}

/** Several processes over one database, and some that die. */
export interface Parties {
  /** One that lives. */
  readonly party: Party;
  /** @param beforeCommand awaited before each of its commands */
  open(beforeCommand?: () => Promise<void>): Promise<Party>;
  /** Dies before its command number `n` (from 0): neither that one nor any later one is carried out. */
  openMortal(n: number): Promise<Party & { readonly isDead: boolean }>;
  /** Awaits `step` before its command number `n` (from 0). */
  openInterrupted(n: number, step: () => Promise<unknown>): Promise<Party & { readonly wasReached: boolean }>;
  wantEvents(app: string, types: readonly EventType[]): Promise<void>;
  /** What was told, with its places; `entry` is without what events share. */
  told(app: string): Promise<readonly (Told & { readonly seq: number; readonly entry: object })[]>;
  close(): Promise<void>;
}

export async function openParties(context: Mocha.Context): Promise<Parties> {
  const url = await freshMongo(context);
  const atRest = new AtRest(parseDataKey(makeDataKey(randomBytes)));
  const shared = await openDatabase({ url });

  /** Each has a name and a number of its own; connections they share. */
  async function over(beforeCommand?: () => Promise<void>): Promise<Party> {
    let calls = 0;
    const db: Database = {
      ...shared,
      part: randomBytes(6).toString('base64url'),
      nextCall: () => calls++,
      async run(command) {
        await beforeCommand?.();
        return shared.run(command);
      },
      close: async () => undefined,
    };
    const ground = layGround(db, atRest);
    return { ...mongoPorts(ground), ground };
  }

  const party = await over();
  await migrateMongo(party.ground.db);
  const { db } = party.ground;
  return {
    party,
    open: (beforeCommand) => over(beforeCommand),

    async openMortal(n) {
      let left = n;
      const mortal = await over(() => (left-- > 0 ? Promise.resolve() : Promise.reject(new Error('killed'))));
      return Object.defineProperty(mortal, 'isDead', { get: () => left < 0 }) as Party & { isDead: boolean };
    },

    async openInterrupted(n, step) {
      let left = n;
      const interrupted = await over(async () => {
        if (left-- === 0) await step();
      });
      return Object.defineProperty(interrupted, 'wasReached', { get: () => left < 0 }) as Party & {
        wasReached: boolean;
      };
    },

    async wantEvents(app, types) {
      const update = { $addToSet: { types: { $each: [...types] } } };
      await db.run(() => db.of(EVENT_INTEREST).updateOne({ _id: app }, update, { upsert: true }));
    },

    async told(app) {
      const found = await db.run(() => db.of(EVENT_BLOCKS).find({ app }).sort({ seq: 1 }).lean());
      return found.flatMap(({ seq, blocks }) => {
        const all = (JSON.parse(blocks) as StoredBlock[]).flatMap(({ type, at, common, entries }) =>
          entries.map((entry) => ({ type, at, entry, data: { ...common, ...entry } })),
        );
        return all.map((each, i) => ({ seq: seq + i, ...each }));
      });
    },

    async close() {
      await shared.close();
    },
  };
}
