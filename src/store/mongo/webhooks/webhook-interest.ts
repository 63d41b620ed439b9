import { EVENT_TYPES, type EventType } from '../../../domain/event.js';
import { WEBHOOK_ENDPOINTS_MAX } from '../../../ports/webhook-store.js';
import { EVENT_INTEREST, type EventInterestDoc } from '../documents/events.js';
import { ENDPOINTS } from '../documents/webhooks.js';
import type { Ground } from '../ground.js';
import { makeOrChangeEach, type Plan } from '../writing/make-or-change.js';

/** An endpoint that is being made, or given other types. */
interface Coming {
  readonly id: string;
  readonly types: readonly EventType[];
  /** When it began, on the clock of its process. */
  readonly at: number;
}

/** Whoever takes longer to make an endpoint has died; or finds out, and asks for its events again. */
const COMING_MS = 60_000;

type Present = Pick<Coming, 'id' | 'types'>;

/**
 * Which events of an app are written: those that endpoints want, whatever their state, and those of endpoints that are being made.
 * One is first named here, then made, and then taken away from those that are coming; each is a change of this one document, so
 * that whoever takes away what nobody wants sees it here or there. Whoever dies between leaves too much, until the next look.
 */
export interface Interest {
  /**
   * Names an endpoint that is to be made, or changed to want these types too.
   *
   * @param isBounded whether it counts among {@link WEBHOOK_ENDPOINTS_MAX}
   * @returns false where the app has as many as it may have
   */
  announce(app: string, id: string, types: readonly EventType[], isBounded: boolean): Promise<boolean>;
  /** It is made, or will not be: has exactly those events written that are wanted. */
  settle(app: string, id?: string): Promise<void>;
  /** Puts right what was left behind. */
  repair(): Promise<void>;
}

export function createInterest({ db, outbox }: Ground): Interest {
  const model = db.of(EVENT_INTEREST);
  const endpoints = db.of(ENDPOINTS);

  async function readPresent(app: string): Promise<readonly Present[]> {
    const found = await db.run(() => endpoints.find({ app, isRemoved: false }).select({ types: 1 }).lean());
    return found.map(({ _id, types }) => ({ id: _id, types }));
  }

  /** What is read here is read after the document, and written only where that is as it was. */
  async function renew(app: string, without?: string): Promise<void> {
    const plan = (present: readonly Present[]): Plan<EventInterestDoc> => ({
      decide({ types: before, coming: json }) {
        const isOver = ({ id, at }: Coming) => id === without || Date.now() - at > COMING_MS;
        const all = comingIn(json);
        const coming = all.filter((one) => !isOver(one));
        const types = typesOf([...present, ...coming]);
        const isSame = coming.length === all.length && types.join() === before.join();
        // Whoever is made was looked for before: it is written again, so that a look from before is not believed.
        return isSame && without === undefined ? undefined : { set: { types, coming: JSON.stringify(coming) } };
      },
      make: () => ({ fields: { types: typesOf(present), coming: '[]' } }),
    });
    await makeOrChangeEach(db, model, [app], outbox.begin(), async () => plan(await readPresent(app)));
  }

  return {
    async announce(app, id, types, isBounded) {
      let isFull = false;
      const named = (present: readonly Present[], coming: readonly Coming[]) => {
        const others = coming.filter((one) => one.id !== id);
        const all = new Set([...present, ...others].map((one) => one.id));
        isFull = isBounded && !all.has(id) && all.size >= WEBHOOK_ENDPOINTS_MAX;
        return [...others, { id, types, at: Date.now() }];
      };
      const plan = (present: readonly Present[]): Plan<EventInterestDoc> => ({
        decide({ types: before, coming: json }) {
          const coming = named(
            present,
            comingIn(json).filter(({ at }) => Date.now() - at <= COMING_MS),
          );
          if (isFull) return undefined;
          return { set: { types: typesOf([{ types: before }, ...coming]), coming: JSON.stringify(coming) } };
        },
        make: () => ({ fields: { types: typesOf([{ types }]), coming: JSON.stringify(named(present, [])) } }),
      });
      await makeOrChangeEach(db, model, [app], outbox.begin(), async () =>
        plan(isBounded ? await readPresent(app) : []),
      );
      return !isFull;
    },

    settle: (app, id) => renew(app, id),

    async repair() {
      const [known, wanted] = await Promise.all([
        db.run(() => model.find().lean()),
        db.run(() => endpoints.find({ isRemoved: false }).select({ app: 1, types: 1 }).lean()),
      ]);
      const apps = new Map<string, { types: readonly EventType[] }[]>(known.map(({ _id }) => [_id, []]));
      for (const { app, types } of wanted) apps.set(app, [...(apps.get(app) ?? []), { types }]);
      for (const [app, present] of apps) {
        const document = known.find(({ _id }) => _id === app);
        const isRight = document?.coming === '[]' && document.types.join() === typesOf(present).join();
        if (!isRight) await renew(app);
      }
    },
  };
}

function comingIn(json: string): readonly Coming[] {
  return JSON.parse(json) as readonly Coming[]; // written here
}

function typesOf(all: readonly { readonly types: readonly EventType[] }[]): readonly EventType[] {
  const wanted = new Set(all.flatMap(({ types }) => types));
  return EVENT_TYPES.filter((type) => wanted.has(type));
}
