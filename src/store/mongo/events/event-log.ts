import type { NewEvent } from '../../../domain/event.js';
import { eventsOf } from '../../../domain/event-block.js';
import type { EventHead, EventLog } from '../../../ports/event-log.js';
import { joinRecords } from '../../shared/event-joins.js';
import { EVENT_HEADS } from '../documents/events.js';
import type { Ground } from '../ground.js';
import { readEventBlocks } from './event-read.js';
import { sweepEvents } from './event-sweep.js';
import { joinReads } from './join-reads.js';
import { type LogEnds, readLogEnd } from './log-ends.js';
import type { Telling } from './telling.js';

export function createEventLog(ground: Ground, ends: LogEnds): EventLog {
  const { db, outbox, events: writer } = ground;
  const readBlocks: EventLog['readBlocks'] = async (app, range, types, limit) => {
    const { blocks, scanned } = await readEventBlocks(db, app, range, types, limit);
    return { blocks: await joinRecords(joinReads(ground, app), blocks), scanned };
  };

  return {
    async append(events, now) {
      const wanted = await writer.wanted(events.map(({ app }) => app));
      const told = events.filter(({ app, type }) => wanted(app, type));
      for (const group of inOrder(told)) await writer.write(outbox.begin(), group, now);
    },

    async heads() {
      const apps = await db.run(() => db.of(EVENT_HEADS).find().sort({ _id: 1 }).select({ _id: 1 }).lean());
      const heads: EventHead[] = [];
      for (const { _id: app } of apps) {
        const seq = await readLogEnd(db, app);
        if (seq > 0) heads.push({ app, seq });
      }
      return heads;
    },

    readBlocks,

    async read(app, range, types, limit) {
      const { blocks, scanned } = await readBlocks(app, range, types, limit);
      return { events: blocks.flatMap(eventsOf), scanned };
    },

    async sweep(before, limit, now) {
      const swept = await sweepEvents(ground, before, limit, now);
      if (swept.removed > 0) ends.forget();
      return swept;
    },
  };
}

/** One call orders by type: what must follow in another order goes in another call. */
function inOrder(events: readonly NewEvent[]): readonly (readonly Telling[])[] {
  const groups: Telling[][] = [];
  for (const { app, type, data } of events) {
    const group = groups.at(-1);
    const telling: Telling = { app, type, common: {}, entry: data };
    if (group === undefined || group[0]?.type !== type || group[0].app !== app) groups.push([telling]);
    else group.push(telling);
  }
  return groups;
}
