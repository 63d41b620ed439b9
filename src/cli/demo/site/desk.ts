import type { NewMessage, Pealbell } from '../../../../sdk/server/src/index.js';
import { callText } from '../json-call.js';
import { GUEST, type Guest } from './guests.js';

/** Beyond what people would wait for in front of a screen. */
const ACK_TIMEOUT_SECONDS_MAX = 60;
const TEXT_MAX = 500;
const MESSAGE_ID = /^msg_[a-z0-9]{1,40}$/;
const ROUTES = ['default', 'online_only', 'push_only', 'parallel'] as const;

/** What was asked of the desk cannot be done; the sentence is for the person in front of the page. */
export class DeskRefusal extends Error {
  override readonly name = 'DeskRefusal';
}

/** What the page asks for: it has no server key, the demonstration has one. */
export interface Desk {
  /** An access token for one of the page's own devices. @throws DeskRefusal for any other */
  token(body: unknown): Promise<{ readonly token: string }>;
  /** Sends to the person of the page. @throws DeskRefusal for a body that is none */
  send(body: unknown): Promise<{ readonly id: string }>;
}

export function createDesk(house: {
  readonly gateway: Pick<Pealbell, 'messages'>;
  readonly url: string;
  readonly key: string;
  readonly devices: readonly Guest[];
  readonly signal: AbortSignal;
}): Desk {
  const { gateway, url, key, devices, signal } = house;
  return {
    async token(body) {
      const { device } = readObject(body);
      if (!devices.some(({ id }) => id === device)) throw new DeskRefusal('the page has no such device');
      const call = {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ device }),
      };
      const { token } = JSON.parse(await callText(`${url}/v1/realtime/tokens`, call, signal)) as { token: string };
      return { token };
    },
    async send(body) {
      const { id } = await gateway.messages.send(readDraft(body), { signal });
      return { id };
    },
  };
}

function readDraft(body: unknown): NewMessage {
  const { title, body: text, route, ack_timeout_seconds: seconds } = readObject(body);
  if (typeof title !== 'string' || title.trim() === '' || title.length > TEXT_MAX) {
    throw new DeskRefusal(`a title has 1 to ${TEXT_MAX} characters`);
  }
  if (typeof text !== 'string' || text.length > TEXT_MAX)
    throw new DeskRefusal(`a text has at most ${TEXT_MAX} characters`);
  const named = ROUTES.find((one) => one === route);
  if (named === undefined) throw new DeskRefusal(`the route is one of ${ROUTES.join(', ')}`);
  const isPeriod = typeof seconds === 'number' && Number.isInteger(seconds);
  if (!isPeriod || seconds < 1 || seconds > ACK_TIMEOUT_SECONDS_MAX) {
    throw new DeskRefusal(`a device is waited for 1 to ${ACK_TIMEOUT_SECONDS_MAX} whole seconds`);
  }
  return {
    to: { users: [GUEST] },
    notification: { title, ...(text === '' ? {} : { body: text }) },
    delivery: { route: named, ttl: '10m', ack_timeout: `${seconds}s` },
  };
}

/** @throws DeskRefusal for what no message can be called */
export function readMessageId(body: unknown): string {
  const { message } = readObject(body);
  if (typeof message === 'string' && MESSAGE_ID.test(message)) return message;
  throw new DeskRefusal('a message is named by its id, msg_…');
}

function readObject(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new DeskRefusal('the body is a JSON object');
  return value as Readonly<Record<string, unknown>>;
}
