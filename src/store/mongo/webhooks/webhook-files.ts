import { randomBytes } from 'node:crypto';
import { newId } from '../../../domain/ids.js';
import type { EpochMs } from '../../../domain/time.js';
import type { WebhookSettings } from '../../../domain/webhook.js';
import type { FileEndpoint } from '../../../ports/webhook-store.js';
import { ENDPOINTS, type EndpointDoc } from '../documents/webhooks.js';
import type { Ground } from '../ground.js';
import { type Change, changeEach } from '../writing/change.js';
import { changedAt, settingFields, toEndpoint } from './webhook-docs.js';
import { applied, type EndpointHouse, stateChange } from './webhook-endpoints.js';
import { makeEndpoint } from './webhook-making.js';
import { openSecrets, sealSecrets } from './webhook-secrets.js';

/** See `WebhookStore.syncFiles`. */
export async function syncFiles(
  ground: Ground,
  house: EndpointHouse,
  given: readonly FileEndpoint[],
  now: EpochMs,
): Promise<void> {
  const known = await readFileEndpoints(ground);
  for (const wanted of given) {
    const claim = claimOf(wanted);
    const there = known.get(claim);
    known.delete(claim);
    if (there !== undefined) await bringUp(ground, house, there, wanted, now);
    else await make(ground, house, wanted, now);
  }
  for (const { app, _id } of known.values()) await house.removal.remove(app, [_id]);
}

async function readFileEndpoints({ db }: Ground): Promise<Map<string, EndpointDoc>> {
  const found = await db.run(() => db.of(ENDPOINTS).find({ source: 'file', isRemoved: false }).lean());
  return new Map(found.map((document) => [document.claim, document]));
}

async function make(ground: Ground, house: EndpointHouse, wanted: FileEndpoint, now: EpochMs): Promise<void> {
  for (;;) {
    await house.removal.finish({ claim: claimOf(wanted) });
    const made = await makeEndpoint(ground, house.interest, { ...wanted, id: newId('whe', now, randomBytes) }, now);
    if (made !== 'taken') return;
    // Another process has the same files, and was first.
    const there = (await readFileEndpoints(ground)).get(claimOf(wanted));
    if (there !== undefined) return bringUp(ground, house, there, wanted, now);
  }
}

async function bringUp(
  ground: Ground,
  { interest, hasten }: EndpointHouse,
  { _id, app, types }: EndpointDoc,
  wanted: FileEndpoint,
  now: EpochMs,
): Promise<void> {
  const { db, outbox } = ground;
  const hasOtherTypes = types.join() !== wanted.settings.types.join();
  if (hasOtherTypes) await interest.announce(app, _id, wanted.settings.types, false);
  const call = outbox.begin();
  const before = await changeEach<EndpointDoc>(db, db.of(ENDPOINTS), [_id], call, () => (document) => {
    const change = document.isRemoved ? undefined : changeTo(ground, document, wanted, now);
    if (change === undefined) return undefined;
    return isTriedAgain(document, wanted) ? hasten.with(call, document, change, now) : change;
  });
  if (hasOtherTypes) await interest.settle(app, _id);
  const again = [...before.values()].filter((document) => isTriedAgain(document, wanted));
  await hasten.carryOut(call, again, now);
}

/** @returns undefined where there is nothing to change */
function changeTo(
  { atRest }: Ground,
  document: EndpointDoc,
  { settings, secret }: FileEndpoint,
  now: EpochMs,
): Change<EndpointDoc> | undefined {
  const [newest] = openSecrets(atRest, document, now);
  const hasOtherSecret = newest?.value !== secret.value;
  const hasOtherSettings = fingerprint(toEndpoint(document)) !== fingerprint(settings);
  if (!hasOtherSecret && !hasOtherSettings) return undefined;
  const { set, unset = [] } = settingFields(settings);
  const change = {
    set: {
      ...set,
      ...(hasOtherSecret ? { secrets: sealSecrets(atRest, document._id, [secret]) } : {}),
      updatedAt: changedAt(document, now),
    },
    unset,
  };
  if (!isTriedAgain(document, { settings })) return change;
  const state = stateChange(applied(document, change), 'active', undefined, now);
  return { set: { ...change.set, ...state.set }, unset: [...change.unset, ...(state.unset ?? [])] };
}

/** A disabled one that has another address is tried there. */
function isTriedAgain({ state, url }: EndpointDoc, { settings }: Pick<FileEndpoint, 'settings'>): boolean {
  return state === 'disabled' && url !== settings.url;
}

function fingerprint(settings: WebhookSettings): string {
  const { url, description, events, types, level, order, maxEvents, maxWaitMs } = settings;
  return JSON.stringify([url, description ?? '', events, types, level, order, maxEvents, maxWaitMs]);
}

function claimOf({ app, name }: FileEndpoint): string {
  return `file|${app}|${name}`;
}
