import assert from 'node:assert/strict';
import type { DataKey } from '../../src/domain/data-key.js';
import { AtRest, createTokenHasher } from '../../src/store/at-rest.js';
import { EVENT_BLOCKS, EVENT_INTEREST } from '../../src/store/mongo/documents/events.js';
import { type Database, openDatabase } from '../../src/store/mongo/engine/database.js';
import type { StoredBlock } from '../../src/store/mongo/events/event-writer.js';
import { layGround } from '../../src/store/mongo/ground.js';
import { createMailboxStore } from '../../src/store/mongo/mailbox/mailbox-store.js';
import { migrateMongo } from '../../src/store/mongo/migrate.js';
import { mongoPorts } from '../../src/store/mongo/store.js';
import type { Store } from '../../src/store/store.js';
import type { OpenedStore } from '../contract/store/scene.js';

/** A store under test in an empty database of a MongoDB-compatible server. */
export async function openMongoUnderTest(url: string, key: DataKey): Promise<OpenedStore> {
  let interruption: (() => Promise<void>) | undefined;
  const db = await openDatabase({ url });
  // A door of its own, whose accesses are counted.
  const watched = await openDatabase({ url, beforeCommand: async () => interruption?.() });
  await migrateMongo(db);
  const portsOver = (database: Database, dataKey: DataKey): Store =>
    mongoPorts(layGround(database, new AtRest(dataKey)));
  return {
    ...portsOver(db, key),
    hasher: createTokenHasher(key),
    withDataKey: (other) => portsOver(db, other),
    interrupted(n, step) {
      let left = n;
      interruption = async () => {
        if (left-- === 0) await step();
      };
      return portsOver(watched, key);
    },
    boundedMailboxes: (bounds) => createMailboxStore(layGround(db, new AtRest(key)), { bounds, spare: 0 }),
    async wantEvents(app, types) {
      const update = {
        $addToSet: { types: { $each: [...types] } },
        $inc: { rev: 1 },
        $push: { w: 'a test' },
        $setOnInsert: { coming: '[]' },
      };
      await db.run(() => db.of(EVENT_INTEREST).updateOne({ _id: app }, update, { upsert: true }));
    },
    async told(app) {
      const found = await db.run(() => db.of(EVENT_BLOCKS).find({ app }).sort({ seq: 1 }).lean());
      let next = 1;
      return found.flatMap(({ seq, n, blocks }) => {
        assert.equal(seq, next, 'events are numbered without holes');
        next += n;
        return (JSON.parse(blocks) as StoredBlock[]).flatMap(({ type, at, common, entries }) =>
          entries.map((entry) => ({ type, at, data: { ...common, ...entry } })),
        );
      });
    },
    everythingStored: () => dump(db),
    async close() {
      await watched.close();
      await db.close();
    },
  };
}

/** Every value of every document, bytes as Latin-1, so that plain text inside them shows. */
async function dump(db: Database): Promise<string> {
  const parts: string[] = [];
  const visit = (value: unknown): void => {
    if (value instanceof Uint8Array) parts.push(Buffer.from(value).toString('latin1'));
    else if (value !== null && typeof value === 'object' && 'buffer' in value && value.buffer instanceof Uint8Array) {
      parts.push(Buffer.from(value.buffer).toString('latin1'));
    } else if (value !== null && typeof value === 'object') for (const each of Object.values(value)) visit(each);
    else parts.push(JSON.stringify(value));
  };
  for (const { name } of await db.native.listCollections().toArray()) {
    for await (const document of db.native.collection(name).find()) visit(document);
  }
  return parts.join('\n');
}
