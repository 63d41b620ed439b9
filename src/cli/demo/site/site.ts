import { PealbellError } from '../../../../sdk/server/src/index.js';
import { DemoFailure } from '../failure.js';
import { type Desk, DeskRefusal, readMessageId } from './desk.js';
import type { Follower } from './follow.js';
import { GUEST, type Guest } from './guests.js';
import { type Answer, type Asked, type Listener, listen } from './listener.js';
import type { News } from './news.js';
import type { StaticFile } from './static-files.js';

const PAGE = 'src/cli/demo/page/index.html';
const FILES = '/demo/files/';
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

/** Serves the page at `/demo`, and what it asks for below that. */
export async function openSite(house: {
  readonly port: number;
  /** Base URL of the gateway's API, to which the page connects by itself. */
  readonly gatewayUrl: string;
  readonly devices: readonly Guest[];
  readonly files: ReadonlyMap<string, StaticFile>;
  readonly desk: Desk;
  readonly follower: Follower;
  readonly news: News;
}): Promise<Listener> {
  const { gatewayUrl, devices, files, desk, follower, news } = house;
  const page = { 'content-security-policy': policyFor(gatewayUrl) };
  const setup = {
    gateway: gatewayUrl,
    user: GUEST,
    devices: devices.map(({ id, pane, vendor }) => ({ id, pane, vendor })),
  };

  async function answer({ method, path, json }: Asked): Promise<Answer> {
    if (method === 'GET') {
      if (path === '/') return { status: 302, headers: { location: '/demo' } };
      if (path === '/demo/setup') return ok(setup);
      const file = files.get(path === '/demo' ? PAGE : path.startsWith(FILES) ? path.slice(FILES.length) : '');
      if (file === undefined) return { status: 404, body: 'Nothing is here; the page is /demo.' };
      return { status: 200, headers: { ...page, 'content-type': file.type }, body: file.bytes };
    }
    switch (path) {
      case '/demo/tokens':
        return said(() => desk.token(json));
      case '/demo/messages':
        return said(async () => {
          const sent = await desk.send(json);
          follower.add(sent.id);
          return sent;
        });
      case '/demo/stories':
        return said(async () => follower.add(readMessageId(json)));
      default:
        return { status: 404, body: 'Nothing is here; the page is /demo.' };
    }
  }

  return listen(house.port, answer, (path, response) => {
    if (path !== '/demo/news') return false;
    news.subscribe(response);
    return true;
  });
}

/** Only what this server gives, and the gateway to connect to: nothing inline, nothing from outside, no frame around it. */
function policyFor(gatewayUrl: string): string {
  const socket = gatewayUrl.replace(/^http/, 'ws');
  return [
    "default-src 'none'",
    ...["script-src 'self'", "style-src 'self'", "img-src 'self'"],
    `connect-src 'self' ${gatewayUrl} ${socket}`,
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ].join('; ');
}

/** What the house says for and against; the page shows the sentence. */
async function said(act: () => Promise<unknown>): Promise<Answer> {
  try {
    return ok(await act());
  } catch (error) {
    if (error instanceof DeskRefusal) return refusal(422, error.message);
    if (error instanceof PealbellError) return refusal(502, [error.message, ...faultsOf(error)].join('; '));
    if (error instanceof DemoFailure) return refusal(502, error.message);
    throw error;
  }
}

function faultsOf(error: PealbellError): readonly string[] {
  return error.errors.map(({ detail }) => detail);
}

function ok(body: unknown): Answer {
  return { status: 200, headers: JSON_TYPE, body: JSON.stringify(body ?? {}) };
}

function refusal(status: number, detail: string): Answer {
  return { status, headers: JSON_TYPE, body: JSON.stringify({ detail }) };
}
