import type { IncomingMessage } from 'node:http';
import type { AccessScope } from '../domain/realtime.js';
import type { Clock } from '../domain/time.js';
import type { AccessTickets } from '../usecases/access-tickets.js';
import type { Access, AccessTokens } from '../usecases/access-tokens.js';
import type { DeviceOwners } from '../usecases/device-owners.js';
import { bearerOf } from './authenticate.js';
import { type AllowedOrigins, checkOrigin } from './cross-origin.js';
import type { KeyLimit } from './key-limit.js';
import type { DeviceOperation } from './operation.js';
import type { Query } from './paging.js';
import { Refusal } from './refusal.js';

/** What stands before operations that devices call themselves. */
export interface DeviceDoor extends AllowedOrigins {
  readonly tokens: AccessTokens;
  readonly tickets: AccessTickets;
  readonly owners: DeviceOwners;
  /** Of each device, counted by this process alone. */
  readonly limit: KeyLimit;
}

/**
 * Finds out which device calls. The same tokens as on the realtime road, judged by the same function.
 *
 * @throws Refusal 401 `token_refused` or `token_expired`, 403 `access_revoked`, `missing_scope`, `not_theirs` or
 * `foreign_origin`, 404 `no_realtime` or `unknown_device`, 429 `rate_limited`
 */
export async function admitDevice(
  door: DeviceDoor,
  clock: Clock,
  req: IncomingMessage,
  query: Query,
  { access: scope, tickets, makesDevice }: Pick<DeviceOperation, 'access' | 'tickets' | 'makesDevice'>,
): Promise<Access> {
  const access = await accessOf(door, clock, req, tickets === true ? query.ticket : undefined);
  checkOrigin(door, access.app, req);
  assertAccess(access, scope);
  await chargeDevice(door.limit, access);
  await assertOwner(door.owners, access, makesDevice === true);
  return access;
}

async function accessOf(door: DeviceDoor, clock: Clock, req: IncomingMessage, ticket: unknown): Promise<Access> {
  if (typeof ticket === 'string') {
    const access = door.tickets.redeem(ticket);
    if (access === undefined)
      throw refused('token_refused', 'this ticket is not known here: it is good for 30 s and once');
    const fault = door.tokens.check(access, clock.now());
    if (fault !== undefined) throw refused(fault.code, fault.detail);
    return access;
  }
  const token = bearerOf(req);
  if (token === undefined) throw refused('token_refused', 'send the access token as Authorization: Bearer …');
  if (token.startsWith('pealbell_')) {
    throw refused('token_refused', 'this is a server key, and here a device calls, with its access token');
  }
  const access = await door.tokens.verify(token, clock.now());
  if (access.kind === 'refused') throw refused(access.code, access.detail);
  return access;
}

function assertAccess(access: Access, scope: AccessScope | undefined): void {
  if (scope === undefined || access.scopes.has(scope)) return;
  throw new Refusal('missing_scope', `this needs an access token with the scope '${scope}'`, {
    headers: { 'WWW-Authenticate': `Bearer realm="pealbell", error="insufficient_scope", scope="${scope}"` },
  });
}

async function chargeDevice(limit: KeyLimit, { app, device }: Access): Promise<void> {
  const seconds = (await limit.take(`${app}|${device}`, 1))?.refusedFor;
  if (seconds === undefined) return;
  throw new Refusal('rate_limited', 'this device asks too often; nothing of this call was done', {
    headers: { 'Retry-After': String(seconds) },
  });
}

/** Whose a device is may have changed since its token was made. */
async function assertOwner(owners: DeviceOwners, access: Access, mayBeNew: boolean): Promise<void> {
  switch (await owners.ask(access)) {
    case 'theirs':
      return;
    case 'unknown_device':
      if (mayBeNew) return;
      throw new Refusal('unknown_device', 'this device is not registered: PUT /v1/devices/me first');
    case 'not_theirs':
      throw notTheirs();
  }
}

export function notTheirs(): Refusal {
  return new Refusal('not_theirs', 'the device belongs to another user now: get an access token of theirs');
}

function refused(code: 'token_refused' | 'token_expired' | 'no_realtime' | 'access_revoked', detail: string): Refusal {
  const challenge = { 'WWW-Authenticate': 'Bearer realm="pealbell", error="invalid_token"' };
  return new Refusal(code, detail, code.startsWith('token_') ? { headers: challenge } : {});
}
