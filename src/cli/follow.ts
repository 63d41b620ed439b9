import type { Message } from '../../sdk/server/src/index.js';
import type { Desk } from './client-command.js';
import { EXIT } from './io.js';
import { deliveriesText, deliveryNote, messageText, paintState } from './message-text.js';
import { createPaint } from './terminal/paint.js';
import { createProgress } from './terminal/progress.js';
import { plain, table } from './terminal/table.js';

/** Up to so many devices are shown one by one. */
export const SHOWN_DEVICES_MAX = 25;
/** Somebody is looking. */
const LOOK_EVERY_MS = 1_000;

/**
 * Follows a message to its end: a line per device for a few, a bar for many, then the whole account. Ctrl-C stops the
 * looking, not the message.
 *
 * @returns the exit code: 3 when it did not reach every device
 */
export async function followMessage(desk: Desk, id: string): Promise<number> {
  try {
    const message = desk.json ? await followAsJson(desk, id) : await followAsText(desk, id);
    return isReached(message) ? EXIT.done : EXIT.unreached;
  } catch (error) {
    if (!desk.io.signal.aborted) throw error;
    desk.io.stderr.write(`\nNo longer followed; the message goes on. Look again: pealbell message ${id} --follow\n`);
    return EXIT.interrupted;
  }
}

/** A message for nobody has reached nobody. */
export function isReached({ counts, devices }: Message): boolean {
  const { sent, delivered, displayed, opened } = counts;
  return devices > 0 && sent + delivered + displayed + opened === devices;
}

/** Every change as a line of JSON; the last is how it ended. */
async function followAsJson({ client, io }: Desk, id: string): Promise<Message> {
  return lastOf(client.messages.follow(id, { signal: io.signal, maxIntervalMs: LOOK_EVERY_MS }), async (message) => {
    io.stdout.write(`${JSON.stringify(message)}\n`);
  });
}

async function followAsText(desk: Desk, id: string): Promise<Message> {
  const { client, io, paint } = desk;
  const progress = createProgress(io.stderr, createPaint(io.stderr, io.env));
  const told = new Set<string>();
  try {
    const message = await lastOf(
      client.messages.follow(id, { signal: io.signal, maxIntervalMs: LOOK_EVERY_MS }),
      async (now) => {
        if (now.devices > SHOWN_DEVICES_MAX) progress.show(now.settled, now.devices, noteOf(now));
        else await tellSettled(desk, id, told);
      },
    );
    progress.clear();
    if (told.size > 0) io.stdout.write('\n');
    io.stdout.write(messageText(message, paint));
    return message;
  } finally {
    progress.clear();
  }
}

/** A line for each device that has settled since it was last looked. */
async function tellSettled({ client, io, paint }: Desk, id: string, told: Set<string>): Promise<void> {
  const deliveries = await client.messages.deliveries(id, { signal: io.signal }).take(SHOWN_DEVICES_MAX);
  const rows: string[][] = [];
  for (const delivery of deliveries) {
    const name = delivery.device ?? delivery.token_hash ?? '';
    if (delivery.state === 'queued' || told.has(name)) continue;
    told.add(name);
    rows.push([plain(name), paintState(delivery.state, paint), plain(delivery.provider ?? ''), deliveryNote(delivery)]);
  }
  if (rows.length > 0) io.stdout.write(table(['', '', '', ''], rows).replace(/^.*\n/, ''));
}

function noteOf({ counts, blocked }: Message): string {
  const failed = counts.failed + counts.expired + counts.suppressed;
  const parts = [failed > 0 ? `${failed} not reached` : '', ...blocked.map(({ provider }) => `${provider} is stopped`)];
  return parts.filter(Boolean).join(', ');
}

async function lastOf(messages: AsyncIterable<Message>, look: (message: Message) => Promise<void>): Promise<Message> {
  let last: Message | undefined;
  for await (const message of messages) {
    last = message;
    await look(message);
  }
  if (last === undefined) throw new Error('a message was followed without being seen');
  return last;
}

/** Whole lines about each of a few devices. */
export async function showDeliveries({ client, io, paint }: Desk, id: string): Promise<void> {
  const deliveries = await client.messages.deliveries(id, { signal: io.signal }).take(SHOWN_DEVICES_MAX);
  if (deliveries.length > 0) io.stdout.write(`\n${deliveriesText(deliveries, paint)}`);
}
