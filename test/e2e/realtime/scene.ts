/** A gateway whose app `demo` has the realtime road, and devices with access tokens of its key. */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Gateway, Variations } from '../../../src/compose.js';
import { signAccess } from '../../support/access-token.js';
import { type Caller, createCaller, openWorld, type World, type WorldOptions } from '../../support/world.js';
import { openPlain, type PlainClient } from './plain-client.js';

const SECRET = 'a secret of thirty-two bytes or more';

export interface RealtimeScene {
  readonly world: World;
  readonly gateway: Gateway;
  readonly url: string;
  readonly call: Caller;
  /** Registers devices without any push token. */
  register(devices: readonly string[], user?: (device: string) => string | null): Promise<void>;
  /** An access token as the app's server makes it. */
  token(device: string, claims?: Readonly<Record<string, unknown>>): string;
  /** Connects and says hello; resolves with what the client has, which may be a bye. */
  greet(
    device: string,
    hello?: Readonly<Record<string, unknown>>,
    claims?: Readonly<Record<string, unknown>>,
  ): Promise<PlainClient>;
  /** Connects, says hello, and has been welcomed. */
  connect(
    device: string,
    hello?: Readonly<Record<string, unknown>>,
    claims?: Readonly<Record<string, unknown>>,
  ): Promise<PlainClient>;
  /** Sends to one device over the realtime road alone. @returns the message's id */
  send(device: string, title?: string, more?: Readonly<Record<string, unknown>>): Promise<string>;
  close(): Promise<void>;
}

export async function openRealtimeScene(
  options: WorldOptions & {
    /** Lines of the app's realtime section. */
    readonly realtime?: readonly string[];
    readonly settings?: Record<string, string>;
    readonly variations?: Variations;
  } = {},
): Promise<RealtimeScene> {
  const world = await openWorld({ roads: 'apns', ...options });
  const lines = [
    'realtime:',
    '  issuer: demo',
    `  keys: [{ secret: ${SECRET} }]`,
    ...(options.realtime ?? []).map((line) => `  ${line}`),
  ];
  await appendFile(join(world.configDir, 'apps', 'demo.yaml'), `\n${lines.join('\n')}\n`);
  const gateway = await world.open({ settings: options.settings ?? {}, variations: options.variations ?? {} });
  const url = gateway.api?.url ?? '';
  const call = createCaller(url, await world.key(gateway));

  const token: RealtimeScene['token'] = (device, claims = {}) => {
    const iat = Math.floor(Date.now() / 1_000);
    return signAccess(
      { algorithm: 'HS256', secret: SECRET },
      { iss: 'demo', aud: 'demo', device, scope: 'receive events register upstream', iat, exp: iat + 3_600, ...claims },
    );
  };
  const greet: RealtimeScene['greet'] = async (device, hello = {}, claims = {}) => {
    const client = await openPlain(url);
    client.say({ t: 'hello', token: token(device, claims), ...hello });
    return client;
  };

  return {
    world,
    gateway,
    url,
    call,
    token,
    greet,
    async register(devices, user = () => null) {
      for (const device of devices) {
        const answer = await call('PUT', `/v1/devices/${device}`, { user: user(device), platform: 'ios' });
        if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
      }
    },
    async connect(device, hello = {}, claims = {}) {
      const client = await greet(device, hello, claims);
      await client.next('welcome');
      return client;
    },
    async send(device, title = 'hello', more = {}) {
      const body = { to: { devices: [device] }, notification: { title }, delivery: { route: 'online_only' }, ...more };
      const answer = await call<{ id: string }>('POST', '/v1/messages', body);
      if (answer.status !== 202) throw new Error(JSON.stringify(answer.body));
      return answer.body.id;
    },
    close: () => world.close(),
  };
}
