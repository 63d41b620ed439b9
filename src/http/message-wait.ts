import type { ServerResponse } from 'node:http';
import type { AcceptedMessage } from '../domain/accepted-message.js';
import type { ApiHouse } from './house.js';
import { acceptedToJson, deliveryToJson } from './message-json.js';
import { json, type KeyedCall, type Reply } from './operation.js';
import { readWait } from './prefer.js';
import { describeError } from './refusal.js';
import type { SettledAnswer } from './schemas/message-answer.js';

/** A message for more devices is never waited for: its deliveries are read in pages. */
const DEVICES_MAX = 100;

type Headers = Readonly<Record<string, string>>;

/**
 * Answers a send: 202, or with `Prefer: wait` 200 with the deliveries when all settled in time. The preference is
 * left aside, and 202 comes at once, for more than 100 devices and when too many wait already.
 */
export async function answerSend(
  house: Pick<ApiHouse, 'messages' | 'settledWatch' | 'explain' | 'log'>,
  call: Pick<KeyedCall, 'header' | 'res' | 'requestId'>,
  accepted: AcceptedMessage,
  headers: Headers,
): Promise<Reply> {
  const plain = json(202, acceptedToJson(accepted), headers);
  const seconds = readWait(call.header('prefer'));
  const { state, devices = 0 } = accepted.audience;
  if (seconds === undefined || state !== 'resolved' || devices > DEVICES_MAX) return plain;
  const isOver = accepted.status === 'completed'; // nobody to send to
  const waited = isOver ? true : house.settledWatch.wait(accepted.id, seconds * 1_000, closeOf(call.res));
  if (waited === undefined) return plain;
  const applied = { ...headers, 'Preference-Applied': `wait=${seconds}` };
  const settled = (await waited) ? await readSettled(house, accepted, call.requestId) : undefined;
  return settled === undefined ? json(202, acceptedToJson(accepted), applied) : json(200, settled, applied);
}

/** The message is stored: a store that fails now must not look like a message that was not taken. */
async function readSettled(
  house: Pick<ApiHouse, 'messages' | 'explain' | 'log'>,
  accepted: AcceptedMessage,
  requestId: string,
): Promise<SettledAnswer | undefined> {
  const { app, id } = accepted;
  try {
    const view = await house.messages.view(app, id);
    if (view === undefined) return undefined;
    const { items } = await house.messages.deliveries(app, id, { limit: DEVICES_MAX });
    return {
      ...acceptedToJson(accepted),
      status: view.status,
      deliveries: items.map((item) => deliveryToJson(house.explain, app, item)),
    };
  } catch (error) {
    house.log.warn({ message: id, request_id: requestId, error: describeError(error) }, 'send.deliveries_unread');
    return undefined;
  }
}

/** Aborts when the caller goes away. */
function closeOf(res: ServerResponse): AbortSignal {
  const gone = new AbortController();
  if (res.destroyed) gone.abort();
  else res.once('close', () => gone.abort());
  return gone.signal;
}
