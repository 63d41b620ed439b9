import { eventsOf } from '../../../domain/event-block.js';
import type { EventLog } from '../../../ports/event-log.js';
import type { AtRest } from '../../at-rest.js';
import { joinRecords } from '../../shared/event-joins.js';
import type { Sql } from '../engine/sql.js';
import { retryConflicts } from '../writing/conflict.js';
import { readEventRows } from './event-read.js';
import { sweepEvents } from './event-sweep.js';
import { appendEvents } from './event-writes.js';
import { joinReads } from './join-reads.js';

export function createEventLog(sql: Sql, atRest: AtRest): EventLog {
  const readBlocks: EventLog['readBlocks'] = async (app, range, types, limit) => {
    const { blocks, scanned } = await readEventRows(sql, app, range, types, limit);
    return { blocks: await joinRecords(joinReads(sql, atRest, app), blocks), scanned };
  };

  return {
    async append(events, now) {
      if (events.length === 0) return;
      await retryConflicts(() => sql.transaction((tx) => appendEvents(tx, events, now)));
    },

    async heads() {
      const { rows } = await sql.query<{ app: string; seq: number }>(
        'SELECT app, last AS seq FROM pealbell.event_heads WHERE last > 0 ORDER BY app',
      );
      return rows;
    },

    readBlocks,

    async read(app, range, types, limit) {
      const { blocks, scanned } = await readBlocks(app, range, types, limit);
      return { events: blocks.flatMap(eventsOf), scanned };
    },

    sweep: (before, limit, now) => sweepEvents(sql, before, limit, now),
  };
}
