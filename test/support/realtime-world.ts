/** A world whose app `demo` has the realtime road, with access tokens of its own server. */
import { randomBytes } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { type Caller, createCaller, openWorld, type World, type WorldOptions } from './world.js';

const ISSUER = 'demo-server';
const SCOPES = 'receive events register upstream';

export interface RealtimeWorld extends World {
  /** An access token that lives for an hour, unless `expiresIn` (seconds) says otherwise. */
  accessToken(
    device: string,
    user: string | null,
    more?: { readonly scope?: string; readonly expiresIn?: number },
  ): Promise<string>;
}

/** @param realtime lines of the section beside keys and issuer, such as `origins: [https://shop.example]` */
export async function openRealtimeWorld({
  realtime = [],
  ...options
}: WorldOptions & { readonly realtime?: readonly string[] } = {}): Promise<RealtimeWorld> {
  const world = await openWorld(options);
  const secret = randomBytes(32);
  const section = [
    'realtime:',
    `  issuer: ${ISSUER}`,
    '  keys:',
    `    - secret: base64:${secret.toString('base64url')}`,
    ...realtime.map((line) => `  ${line}`),
  ];
  await appendFile(join(world.configDir, 'apps', 'demo.yaml'), `\n${section.join('\n')}\n`);
  return {
    ...world,
    accessToken(device, user, { scope = SCOPES, expiresIn = 3_600 } = {}) {
      const now = Math.floor(Date.now() / 1_000);
      const token = new SignJWT({ device, scope })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer(ISSUER)
        .setAudience('demo')
        .setIssuedAt(now)
        .setExpirationTime(now + expiresIn)
        .setJti(randomBytes(9).toString('base64url'));
      if (user !== null) token.setSubject(user);
      return token.sign(secret);
    },
  };
}

/** Registers devices that have no other road, as an app's server does. */
export async function putDevices(
  url: string,
  key: string,
  devices: readonly { readonly id: string; readonly user: string | null }[],
): Promise<Caller> {
  const call = createCaller(url, key);
  const lines = devices.map(({ id, user }) =>
    JSON.stringify({ id, platform: 'web', ...(user === null ? {} : { user }) }),
  );
  const answer = await fetch(`${url}/v1/devices/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
    body: `${lines.join('\n')}\n`,
  });
  const text = await answer.text();
  const bad = text
    .trim()
    .split('\n')
    .filter((line) => (JSON.parse(line) as { readonly status: number }).status !== 201);
  if (bad.length > 0) throw new Error(`import: ${bad.length} of ${devices.length} were not taken, such as ${bad[0]}`);
  return call;
}
