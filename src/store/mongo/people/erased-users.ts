import { createHash } from 'node:crypto';
import { ERASED_USER } from '../../../domain/chunk.js';
import type { EpochMs } from '../../../domain/time.js';
import type { AtRest } from '../../at-rest.js';
import { ERASED_USERS } from '../documents/counts.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';

/** Of whom something would be recorded. */
export interface Named {
  readonly app: string;
  readonly user?: string | null | undefined;
  /** When the message was accepted. */
  readonly queuedAt: EpochMs;
}

/** The `_id` under which an erased user is remembered. */
export function erasedId(pepper: string, app: string, user: string): string {
  return `${app}|${erasedHash(pepper, app, user)}`;
}

/** All that is kept of an erased user's name. */
export function erasedHash(pepper: string, app: string, user: string): string {
  return createHash('sha256').update(`${pepper}|${app}|${user}`).digest('hex');
}

export function erasurePepper(atRest: AtRest): string {
  return atRest.pepper('erased users');
}

/** Looks up who among these was erased since the message was accepted: of them nothing is recorded and nothing told. */
export async function readErased(
  db: Database,
  pepper: string,
  these: readonly Named[],
): Promise<(named: Named) => boolean> {
  const isNobody = ({ user }: Named) => user === undefined || user === null;
  const ids = new Set(these.flatMap(({ app, user }) => (user ? [erasedId(pepper, app, user)] : [])));
  const model = db.of(ERASED_USERS);
  const found = ids.size === 0 ? [] : await db.run(() => model.find({ _id: op({ $in: [...ids] }) }).lean());
  const erased = new Map(found.map(({ _id, at }) => [_id, at]));
  return (named) => {
    if (isNobody(named)) return false;
    const { app, user, queuedAt } = named;
    if (user === ERASED_USER || !user) return true;
    return (erased.get(erasedId(pepper, app, user)) ?? -Infinity) >= queuedAt;
  };
}
