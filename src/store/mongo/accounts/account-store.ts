import type { MessageClass } from '../../../domain/message.js';
import type { EpochMs } from '../../../domain/time.js';
import type { AccountAcceptance, AccountPause, AccountStore } from '../../../ports/account-store.js';
import { ACCEPTANCES, ACCOUNTS, type AccountDoc } from '../documents/accounts.js';
import { op } from '../engine/collection.js';
import { beginTellings, type Tellings } from '../events/telling-changes.js';
import type { Ground } from '../ground.js';
import { changeEach } from '../writing/change.js';
import { makeOrChangeEach, type Plan } from '../writing/make-or-change.js';
import { upsertEach } from '../writing/upsert-each.js';
import { type AccountStep, FORGOTTEN, pausedStep, recoveredStep } from './account-changes.js';
import { tellExpiring } from './credential-tellings.js';

export function createAccountStore(ground: Ground): AccountStore {
  const { db, events } = ground;
  const accounts = db.of(ACCOUNTS);
  const acceptances = db.of(ACCEPTANCES);
  const idOf = (app: string, provider: string, of: MessageClass | undefined) => `${app}|${provider}|${of ?? ''}`;
  const written = (told: Tellings, id: string, { tellings, ...change }: AccountStep) => ({
    ...change,
    out: told.owe(id, tellings),
  });

  /** What `step` makes of each of them; undefined: it stays as it is. */
  async function change(
    ids: readonly string[],
    apps: readonly string[],
    now: EpochMs,
    step: (document: AccountDoc, wanted: Awaited<ReturnType<typeof events.wanted>>) => AccountStep | undefined,
  ): Promise<void> {
    const wanted = await events.wanted(apps);
    const told = beginTellings(ground, ACCOUNTS, now);
    await changeEach<AccountDoc>(db, accounts, ids, told.call, () => (document) => {
      const next = step(document, wanted);
      if (next !== undefined) return written(told, document._id, next);
      told.drop(document._id);
      return undefined;
    });
    await told.tell();
  }

  return {
    async pauses() {
      const found = await db.run(() =>
        accounts.find({ isPaused: true }).sort({ app: 1, provider: 1, class: 1 }).lean(),
      );
      return found.map(toPause);
    },

    async pause(pause, now) {
      const wanted = await events.wanted([pause.app]);
      const told = beginTellings(ground, ACCOUNTS, now);
      const plan: Plan<AccountDoc> = {
        decide: (document) => written(told, document._id, pausedStep(document, pause, wanted)),
        make(id) {
          const { set, out } = written(told, id, pausedStep(undefined, pause, wanted));
          // A pause names every field.
          return { fields: set as Omit<AccountDoc, '_id' | 'rev' | 'w' | 'out'>, out };
        },
      };
      const ids = [idOf(pause.app, pause.provider, pause.class)];
      await makeOrChangeEach(db, accounts, ids, told.call, () => plan);
      await told.tell();
    },

    resume: (app, provider, now, of) =>
      change([idOf(app, provider, of)], [app], now, (document, wanted) =>
        document.isPaused || document.told !== undefined ? recoveredStep(document, wanted) : undefined,
      ),

    forget: (app, provider, of) =>
      change([idOf(app, provider, of)], [], 0, ({ isPaused }) => (isPaused ? FORGOTTEN : undefined)),

    async accepted(these, now) {
      if (these.length === 0) return;
      await upsertEach(
        db,
        acceptances,
        [...latestOf(these)].map(([id, { app, provider, at }]) => ({
          id,
          update: { $max: { at }, $setOnInsert: { app, provider } },
        })),
      );
      const names = [...new Set(these.map(({ app, provider }) => `${app}|${provider}`))];
      const known = await db.run(() => accounts.find({ account: op({ $in: names }) }).lean());
      const ids = known.filter((document) => isWellBy(document, these)).map(({ _id }) => _id);
      if (ids.length === 0) return;
      await change(
        ids,
        these.map(({ app }) => app),
        now,
        (document, wanted) => (isWellBy(document, these) ? recoveredStep(document, wanted) : undefined),
      );
    },

    expiring: (these, now) => tellExpiring(ground, these, now),

    async acceptances(app) {
      const found = await db.run(() => acceptances.find({ app }).sort({ provider: 1 }).lean());
      return found.map(({ provider, at }) => ({ app, provider, at }));
    },
  };
}

/**
 * An account whose block was forgotten, or a class whose park was, is well again when something of it passes; one that is
 * paused has a probe to tell that. What passed of another class proves nothing of one that is in trouble, nor what passed before it was.
 */
function isWellBy(document: AccountDoc, these: readonly AccountAcceptance[]): boolean {
  if (document.isPaused || document.told === undefined) return false;
  return these.some(
    (one) =>
      one.app === document.app &&
      one.provider === document.provider &&
      (document.class === '' || (one.class === document.class && one.at > (document.troubledSince ?? 0))),
  );
}

function latestOf(these: readonly AccountAcceptance[]): ReadonlyMap<string, AccountAcceptance> {
  const latest = new Map<string, AccountAcceptance>();
  for (const one of these) {
    const id = `${one.app}|${one.provider}`;
    const known = latest.get(id);
    if (known === undefined || known.at < one.at) latest.set(id, one);
  }
  return latest;
}

function toPause(document: AccountDoc): AccountPause {
  const { app, provider, class: of, until = 0, reason = 'provider_unavailable', failures = 0, since = 0 } = document;
  return { app, provider, ...(of === '' ? {} : { class: of }), until, reason, failures, since };
}
