/** Pealbell's mailboxes over the embedded database: a letter stands once, and a small row for each device. */
import { randomBytes } from 'node:crypto';
import { makeDataKey, parseDataKey } from '../../src/domain/data-key.js';
import { AtRest } from '../../src/store/at-rest.js';
import { openPostgresStore } from '../../src/store/postgres/store.js';
import { deviceId } from '../harness/devices.js';
import { heapBytes, openEmbeddedDatabase } from '../harness/embedded-database.js';
import { DRAIN_DEVICES, letterBody, type MailOrder, type MailTold, PUT_DEVICES, parts } from '../harness/mail-order.js';
import { serveRival } from '../harness/rival.js';

const APP = 'bench';
const TABLES = ['pealbell.inbox', 'pealbell.mail_letters'];

serveRival<{ readonly dir: string; readonly devices: number }, MailOrder, MailTold>(async ({ dir, devices }) => {
  const sql = await openEmbeddedDatabase(dir);
  const store = await openPostgresStore(sql, new AtRest(parseDataKey(makeDataKey(randomBytes))));
  for (const some of parts(devices, PUT_DEVICES)) {
    const ids = some.map(deviceId);
    await store.devices.change(
      ids.map((id) => ({ app: APP, id, fields: { platform: 'ios', user: id }, registrations: [], mode: 'upsert' })),
      Date.now(),
    );
    await store.mailboxes.open(
      ids.map((device) => ({ app: APP, device, user: device })),
      Date.now(),
    );
  }
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
      const now = Date.now();
      const message = `msg_${round}_${letter}`;
      const shared = { app: APP, message, body: letterBody(letter), show: true, expiresAt: now + 3_600_000 };
      for (const some of parts(count, PUT_DEVICES)) {
        const to = some.map((n) => ({ device: deviceId(n), user: deviceId(n) }));
        const [posted = []] = await store.mailboxes.put([{ ...shared, to }], now);
        arrivals += posted.filter(({ kind }) => kind === 'put').length;
      }
    }
    return { arrivals, distinct: arrivals, bytes: (await heapBytes(sql, TABLES)) - before };
  }

  async function drain(count: number): Promise<MailTold> {
    const seen = new Set<string>();
    let arrivals = 0;
    for (const some of parts(count, DRAIN_DEVICES)) {
      const requests = some.map((n) => ({ app: APP, device: deviceId(n), except: [], limit: 32 }));
      const waiting = await store.mailboxes.read(requests, Date.now());
      const finished = requests.map(({ app, device }, i) => {
        const messages = (waiting[i] ?? []).flatMap((item) => ('message' in item ? [item.message] : []));
        for (const message of messages) seen.add(`${device}|${message}`);
        arrivals += messages.length;
        return { app, device, messages };
      });
      await store.mailboxes.done(finished, Date.now());
    }
    await sql.query('VACUUM FULL pealbell.inbox');
    return { arrivals, distinct: seen.size, bytes: 0 };
  }
});
