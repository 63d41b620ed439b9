import { ACCESS_SCOPES } from '../domain/realtime.js';
import { faultsOf } from './faults.js';
import type { ApiHouse } from './house.js';
import { json, type KeyedCall, type KeyedOperation, type Reply } from './operation.js';
import { invalid, Refusal } from './refusal.js';
import { revocationAnswer, tokenAnswer } from './schemas/access-answer.js';
import { revocationRequest, tokenRequest } from './schemas/access-request.js';
import { secondsOf } from './schemas/words.js';
import { toTime } from './times.js';

const TTL_DEFAULT = '1h';

/** Access tokens of devices, as the app's server asks for them and takes them away. */
export function accessOperations(
  house: Pick<ApiHouse, 'access' | 'devices' | 'clock' | 'publicUrl'>,
): readonly KeyedOperation[] {
  const { access, devices, clock } = house;

  async function issue({ body, caller }: KeyedCall): Promise<Reply> {
    const parsed = tokenRequest.safeParse(body);
    if (!parsed.success) throw invalid(faultsOf(tokenRequest, parsed.error.issues, body));
    const { device, scopes = ACCESS_SCOPES, ttl = TTL_DEFAULT } = parsed.data;
    assertRealtime(caller.app);
    const found = (await devices.owners([{ app: caller.app, device }])).get(`${caller.app}|${device}`);
    if (found === undefined) {
      const detail = `this app has no device '${device}': register it first, with PUT /v1/devices/${device}`;
      throw new Refusal('device_not_found', detail);
    }
    const wanted = {
      app: caller.app,
      device,
      user: found,
      scopes: [...new Set(scopes)],
      ttlMs: (secondsOf(ttl) ?? 0) * 1_000,
    };
    const { token, expiresAt } = await access.issuer.issue(wanted, clock.now());
    return json(
      201,
      { token, expires_at: toTime(expiresAt), urls: urlsOf(house.publicUrl ?? '') },
      {
        'Cache-Control': 'no-store',
      },
    );
  }

  async function revoke({ body, caller }: KeyedCall): Promise<Reply> {
    const parsed = revocationRequest.safeParse(body);
    if (!parsed.success) throw invalid(faultsOf(revocationRequest, parsed.error.issues, body));
    const { device, user, jti } = parsed.data;
    const [part, subject] =
      device !== undefined
        ? (['device', device] as const)
        : user !== undefined
          ? (['user', user] as const)
          : (['jti', jti ?? ''] as const); // the schema sees to one of them being there
    const upTo = await access.revoke.revoke(caller.app, part, subject);
    return json(200, { revoked: parsed.data, up_to: toTime(upTo) });
  }

  /** @throws Refusal 404 where no access token would be of use */
  function assertRealtime(app: string): void {
    if (access.apps.realtime(app) !== undefined) return;
    throw new Refusal('no_realtime', `this app has no realtime: write realtime: {} into its file`);
  }

  return [
    {
      method: 'post',
      path: '/v1/realtime/tokens',
      operationId: 'createAccessToken',
      summary: 'Make an access token for a device, as the device of the user it has now',
      description:
        'For apps whose own server signs none. Ask anew before it ends; the device may change it on its open connection.',
      tag: 'realtime',
      scopes: ['devices:token'],
      body: { schema: tokenRequest },
      answers: [{ status: 201, description: 'The token, shown once', schema: tokenAnswer }],
      problems: ['device_not_found', 'no_realtime', 'store_unavailable'],
      handle: issue,
    },
    {
      method: 'post',
      path: '/v1/realtime/revocations',
      operationId: 'revokeAccess',
      summary: 'Take access away from a device, from all devices of a user, or of one token',
      description:
        'Tokens issued up to now, by whoever, are refused at once, and open connections end within 5 s. New tokens are good.',
      tag: 'realtime',
      scopes: ['devices:token'],
      body: { schema: revocationRequest },
      answers: [{ status: 200, description: 'Revoked; repeating is harmless', schema: revocationAnswer }],
      problems: ['store_unavailable'],
      handle: revoke,
    },
  ];
}

/** Where devices connect. */
function urlsOf(publicUrl: string) {
  const base = publicUrl.replace(/\/$/, '');
  return {
    ws: `${base.replace(/^http/, 'ws')}/v1/realtime/ws`,
    sse: `${base}/v1/realtime/sse`,
    poll: `${base}/v1/realtime/poll`,
  };
}
