import type { Clock, EpochMs } from '../domain/time.js';
import type { Revocation, RevocationStore } from '../ports/revocation-store.js';
import type { Access, AccessTokens, Refused } from './access-tokens.js';

/** Read again each time: a process may take so long to write a revocation, or its clock be off by as much. */
const OVERLAP_MS = 60_000;
const PAGE = 1_000;
/** How often connections are looked at, so that none outlives its access by 5 s. */
export const ACCESS_WATCH_EVERY_MS = 2_000;

/** A connection that is open in this process. */
export interface OpenAccess {
  readonly access: Access;
  /** Ends it. */
  end(refused: Refused): void;
}

export interface AccessWatch {
  /** Ends every connection whose access was revoked, whose key was taken away, or whose time is up. */
  run(): Promise<void>;
}

/** @param open the connections of this process; read without anything awaited in between */
export function createAccessWatch(house: {
  readonly tokens: Pick<AccessTokens, 'check'>;
  readonly revocations: Pick<RevocationStore, 'since'>;
  readonly open: () => Iterable<OpenAccess>;
  readonly clock: Clock;
}): AccessWatch {
  const { tokens, revocations, open, clock } = house;
  let from: EpochMs = clock.now() - OVERLAP_MS;

  async function recent(now: EpochMs): Promise<ReadonlyMap<string, EpochMs>> {
    const found = new Map<string, EpochMs>();
    for (let after: Revocation | undefined; ; ) {
      const page = await revocations.since(from, PAGE, after);
      for (const { app, part, subject, upTo } of page) found.set(keyOf(app, part, subject), upTo);
      after = page.at(-1);
      if (page.length < PAGE) break;
    }
    from = now - OVERLAP_MS;
    return found;
  }

  return {
    async run() {
      const now = clock.now();
      // What needs nobody comes first: a store that is away keeps no connection open beyond its time.
      for (const { access, end } of [...open()]) {
        const refused = tokens.check(access, now);
        if (refused !== undefined) end(refused);
      }
      const revoked = await recent(now);
      if (revoked.size === 0) return;
      for (const { access, end } of [...open()]) {
        if (isAmong(revoked, access)) end({ kind: 'refused', code: 'access_revoked', detail: 'it was revoked' });
      }
    },
  };
}

function isAmong(revoked: ReadonlyMap<string, EpochMs>, access: Access): boolean {
  const { app, device, user, jti, issuedAt } = access;
  const isBefore = (upTo: EpochMs | undefined) => upTo !== undefined && Math.floor(issuedAt) <= upTo;
  return (
    isBefore(revoked.get(keyOf(app, 'device', device))) ||
    (user !== null && isBefore(revoked.get(keyOf(app, 'user', user)))) ||
    (jti !== undefined && revoked.has(keyOf(app, 'jti', jti)))
  );
}

function keyOf(app: string, part: Revocation['part'], subject: string): string {
  return `${app}\n${part}\n${subject}`; // no app has a line end
}
