import { randomBytes } from 'node:crypto';
import type { EpochMs } from '../../../domain/time.js';
import type { WebhookSecret, WebhookSettings } from '../../../domain/webhook.js';
import { born } from '../documents/aggregate.js';
import { ENDPOINTS, type EndpointDoc, NEVER } from '../documents/webhooks.js';
import { readLogEnd } from '../events/log-ends.js';
import type { Ground } from '../ground.js';
import { insertNew } from '../writing/insert-new.js';
import { settingFields } from './webhook-docs.js';
import type { Interest } from './webhook-interest.js';
import { sealSecrets } from './webhook-secrets.js';

export interface NewEndpoint {
  readonly id: string;
  readonly app: string;
  /** In the app's file. */
  readonly name?: string;
  readonly settings: WebhookSettings;
  readonly secret: WebhookSecret;
}

/**
 * Makes an endpoint: first its events are written, then its cursor is the end of the log as it is now, then it is there.
 *
 * @returns `taken` where one with this id or name is there, or not quite gone; `full` where the app has as many as it may have
 */
export async function makeEndpoint(
  { db, atRest, outbox }: Ground,
  interest: Interest,
  given: NewEndpoint,
  now: EpochMs,
): Promise<EndpointDoc | 'taken' | 'full'> {
  const { id, app, name, settings, secret } = given;
  if (!(await interest.announce(app, id, settings.types, name === undefined))) return 'full';
  const document: EndpointDoc = {
    _id: id,
    ...born(outbox.begin().o),
    key: `${id}.${randomBytes(6).toString('base64url')}`,
    claim: name === undefined ? `api|${id}` : `file|${app}|${name}`,
    app,
    source: name === undefined ? 'api' : 'file',
    ...(name === undefined ? {} : { name }),
    ...settingFields(settings).set,
    ...{ isRemoved: false, secrets: sealSecrets(atRest, id, [secret]), state: 'active' },
    ...{ createdAt: now, updatedAt: now, lostEvents: 0, lostTo: 0, callSeq: 0, cursor: await readLogEnd(db, app) },
    ...{ fence: 0, claimedAt: 0, leaseUntil: 0, wakeAt: NEVER, testAt: NEVER },
  };
  const taken = await insertNew(db, db.of(ENDPOINTS), [document]);
  await interest.settle(app, id);
  return taken.length === 0 ? document : 'taken';
}
