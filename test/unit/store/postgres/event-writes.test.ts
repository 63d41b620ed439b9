import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openPglite } from '../../../../src/store/postgres/engine/pglite.js';
import { appendEvents } from '../../../../src/store/postgres/events/event-writes.js';
import { migrateStore } from '../../../../src/store/postgres/migrations.js';
import { migratedDataDirectory } from '../../../support/pglite-template.js';

describe('events in the log', () => {
  it('are written in order where an endpoint wants them, and numbered without holes', async () => {
    const sql = await openPglite({
      directory: join(await migratedDataDirectory(), 'pg'),
      onFatal: (sentence) => assert.fail(sentence),
    });
    try {
      await migrateStore(sql);
      await sql.query(
        `INSERT INTO pealbell.event_interest (app, type) VALUES ('shop', 'device.updated'), ('shop', 'device.removed')`,
      );
      const of = (type: 'device.updated' | 'device.removed' | 'device.registered', device: string) => ({
        ...{ app: 'shop', type, data: { device } },
      });
      await appendEvents(sql, [of('device.updated', 'a'), of('device.updated', 'b'), of('device.removed', 'a')], 7);
      await appendEvents(sql, [of('device.registered', 'c'), of('device.updated', 'd')], 8);
      const { rows } = await sql.query('SELECT seq, type, entries FROM pealbell.events ORDER BY seq');
      assert.deepEqual(rows, [
        { seq: 1, type: 'device.updated', entries: [{ device: 'a' }, { device: 'b' }] },
        { seq: 3, type: 'device.removed', entries: [{ device: 'a' }] },
        { seq: 4, type: 'device.updated', entries: [{ device: 'd' }] },
      ]);
    } finally {
      await sql.close();
    }
  });
});
