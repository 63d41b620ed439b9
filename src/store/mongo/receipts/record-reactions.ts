import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../../domain/json.js';
import type { EpochMs } from '../../../domain/time.js';
import type { Reaction } from '../../../ports/reaction-store.js';
import type { Recorded } from '../../../ports/receipt-store.js';
import { feedbackPlace } from '../../shared/seal-places.js';
import { born } from '../documents/aggregate.js';
import { TOLD_EVENTS, type ToldEventDoc, toldEventId } from '../documents/reactions.js';
import type { Wanted } from '../events/event-writer.js';
import { type Ground, together } from '../ground.js';
import type { CountStep } from '../messages/count-writes.js';
import type { MessageFacts } from '../messages/message-facts.js';
import { insertNew } from '../writing/insert-new.js';
import type { Owed } from '../writing/outbox.js';
import { present } from '../writing/present.js';
import { stillOwing } from '../writing/still-owed.js';
import { keepFeedback, owedFeedback, type Said } from './feedback.js';
import { findRoads, type Road } from './reaction-roads.js';
import { claimBeside } from './told-ids.js';

/** Under which ids a reaction is known: by the first it is counted. */
interface Ids {
  readonly counting: string;
  /** Of the teller's own, where another one counts. */
  readonly own?: string;
}

interface Draft {
  readonly n: number;
  readonly reaction: Reaction;
  readonly road: Road;
  readonly ids: Ids;
}

/**
 * {@link ReactionStore.record}. The id under which a reaction is known is written together with what it counts and tells, and
 * only by one; so each is counted once, wherever somebody dies.
 */
export async function recordReactions(
  ground: Ground,
  reactions: readonly Reaction[],
  now: EpochMs,
): Promise<Recorded[]> {
  const roads = await findRoads(ground, reactions);
  const drafts = draftsOf(reactions, roads);
  const beside = drafts.flatMap(({ ids: { own, counting } }) => (own === undefined ? [] : [{ own, beside: counting }]));
  const others = await claimBeside(ground, beside, now);
  const fresh = drafts.filter(({ ids: { own } }) => own === undefined || !others.has(own));
  const changed = await count(ground, fresh, now);
  return reactions.map((_, n) => (changed.has(n) ? 'changed' : roads.has(n) ? 'known' : 'unknown'));
}

/** @returns places of those that nobody had counted */
async function count(ground: Ground, drafts: readonly Draft[], now: EpochMs): Promise<ReadonlySet<number>> {
  if (drafts.length === 0) return new Set();
  const { db, events, facts, outbox } = ground;
  const [wanted, known] = await Promise.all([
    events.wanted(drafts.map(({ reaction: { app } }) => app)),
    facts(drafts.flatMap(({ reaction: { message } }) => (message === undefined ? [] : [message]))),
  ]);
  const call = outbox.begin();
  const all = drafts.map((draft) => {
    const share = shareOf(ground, draft, wanted, known);
    const pending = outbox.pending(call, share.owed, now);
    const document: ToldEventDoc = { _id: draft.ids.counting, ...born(call.o, pending), at: now };
    return { ...draft, ...share, document };
  });
  const taken = new Set(
    await insertNew(
      db,
      db.of(TOLD_EVENTS),
      all.map(({ document }) => document),
    ),
  );
  const mine = all.filter(({ document }) => !taken.has(document._id));
  const owing = mine.filter(({ document }) => document.out !== undefined).map(({ document }) => document._id);
  const said = mine.flatMap((one) => (one.said === undefined ? [] : [{ id: one.document._id, said: one.said }]));
  const still = await stillOwing(
    db,
    TOLD_EVENTS,
    said.map(({ id }) => id),
    call,
  );
  await keepFeedback(
    ground,
    said.filter(({ id }) => still.has(id)).map((one) => one.said),
    now,
  );
  await outbox.settle(call, [{ spec: TOLD_EVENTS, ids: owing }], together(mine.map(({ owed }) => owed)), now);
  return new Set(mine.map(({ n }) => n));
}

/** Of what is said twice in one call the first stands. */
function draftsOf(reactions: readonly Reaction[], roads: ReadonlyMap<number, Road>): readonly Draft[] {
  const said = new Set<string>();
  return reactions.flatMap((reaction, n) => {
    const road = roads.get(n);
    if (road === undefined) return [];
    const ids = idsOf(reaction);
    const names = [ids.counting, ...(ids.own === undefined ? [] : [ids.own])];
    if (names.some((name) => said.has(name))) return [];
    for (const name of names) said.add(name);
    return [{ n, reaction, road, ids }];
  });
}

/** A message is dismissed once on a device, under whatever id. */
function idsOf({ app, device, told, ...reaction }: Reaction): Ids {
  const own = told === undefined ? undefined : toldEventId(told.app, told.teller, told.id);
  if (reaction.kind !== 'dismissed') return { counting: own ?? toldEventId(app, 'nobody', randomUUID()) };
  const counting = toldEventId(app, `dismissed|${reaction.message}`, device);
  return own === undefined ? { counting } : { counting, own };
}

function shareOf(
  ground: Ground,
  { reaction, road }: Draft,
  wanted: Wanted,
  known: ReadonlyMap<string, MessageFacts>,
): { readonly owed: Owed; readonly said?: Said } {
  const { app, kind, message } = reaction;
  const facts = message === undefined ? undefined : known.get(message);
  const steps = message === undefined || facts === undefined ? [] : [stepOf(kind, message, road, facts)];
  const type = `receipt.${kind}` as const;
  if (!wanted(app, type)) return { owed: { steps } };
  const said = reaction.kind === 'feedback' ? sayingOf(ground, reaction, road) : undefined;
  const common: JsonObject = message === undefined ? {} : { message };
  const events = [
    { app, type, common, entry: { ...(said === undefined ? {} : { id: said.id }), ...entryOf(reaction) } },
  ];
  return said === undefined ? { owed: { steps, events } } : { owed: { steps, events, work: owedFeedback(said) }, said };
}

function stepOf(kind: Reaction['kind'], message: string, road: Road, facts: MessageFacts): CountStep {
  const { app, class: lane, acceptedAt } = facts;
  const { provider, platform } = road;
  return {
    ...{ app, message, class: lane, acceptedAt, provider, platform, name: kind, n: 1 },
    kind: kind === 'feedback' ? 'reaction' : 'reached',
  };
}

function entryOf(reaction: Reaction): JsonObject {
  const { device, at } = reaction;
  if (reaction.kind !== 'converted') return { device, at };
  const { name, value, currency } = reaction;
  return { device, at, name, ...present({ value, currency }) };
}

/** Named by an id of its own; what it says is looked up when the log is read, so that it goes when its user goes. */
function sayingOf({ atRest }: Ground, { app, data }: Reaction & { readonly kind: 'feedback' }, { user }: Road): Said {
  const id = `fb_${randomUUID()}`;
  return { app, id, user, sealed: atRest.seal(JSON.stringify(data), feedbackPlace(app, id)).toString('base64') };
}
