/** The usual way: a row for each device with a copy of what it is to be sent, on the same embedded database. */
import { deviceId } from '../harness/devices.js';
import { heapBytes, openEmbeddedDatabase } from '../harness/embedded-database.js';
import { DRAIN_DEVICES, letterBody, type MailOrder, type MailTold, PUT_DEVICES, parts } from '../harness/mail-order.js';
import { serveRival } from '../harness/rival.js';

const TABLES = ['waiting'];

serveRival<{ readonly dir: string; readonly devices: number }, MailOrder, MailTold>(async ({ dir }) => {
  const sql = await openEmbeddedDatabase(dir);
  await sql.query(
    `CREATE TABLE waiting (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, device text NOT NULL, message text NOT NULL,
       payload jsonb NOT NULL, expires_at bigint NOT NULL, UNIQUE (device, message))`,
  );
  let round = 0;
  return {
    ready: {},
    async answer(order) {
      return order.kind === 'put' ? put(order.devices, order.letters) : drain(order.devices);
    },
  };

  async function put(count: number, letters: number): Promise<MailTold> {
    round += 1;
    const before = await heapBytes(sql, TABLES);
    let arrivals = 0;
    for (let letter = 0; letter < letters; letter += 1) {
      for (const some of parts(count, PUT_DEVICES)) {
        const made = await sql.query(
          `INSERT INTO waiting (device, message, payload, expires_at)
           SELECT d, $2, $3::jsonb, $4 FROM unnest($1::text[]) AS d ON CONFLICT DO NOTHING RETURNING id`,
          [some.map(deviceId), `msg_${round}_${letter}`, letterBody(letter), Date.now() + 3_600_000],
        );
        arrivals += made.rows.length;
      }
    }
    return { arrivals, distinct: arrivals, bytes: (await heapBytes(sql, TABLES)) - before };
  }

  async function drain(count: number): Promise<MailTold> {
    const seen = new Set<string>();
    let arrivals = 0;
    for (const some of parts(count, DRAIN_DEVICES)) {
      const devices = some.map(deviceId);
      const found = await sql.query<{ id: number; device: string; message: string; payload: unknown }>(
        'SELECT id, device, message, payload FROM waiting WHERE device = ANY($1::text[]) AND expires_at > $2 ORDER BY id',
        [devices, Date.now()],
      );
      for (const { device, message } of found.rows) seen.add(`${device}|${message}`);
      arrivals += found.rows.length;
      await sql.query('DELETE FROM waiting WHERE id = ANY($1::bigint[])', [found.rows.map(({ id }) => id)]);
    }
    await sql.query('VACUUM FULL waiting');
    return { arrivals, distinct: seen.size, bytes: 0 };
  }
});
