import type { Clock, EpochMs } from '../domain/time.js';
import type { DeviceStore } from '../ports/device-store.js';
import type { LiveBus } from '../ports/live-bus.js';
import type { RevocationStore, RevokedPart } from '../ports/revocation-store.js';

/** Devices told by one call. */
const PAGE = 500;
/** Pages at most; what is connected beyond them ends when its process reads the revocations again. */
const PAGES_MAX = 20;

export interface RevokeAccess {
  /**
   * Takes access away: tokens issued up to now are refused at once by every process, and open connections end, at the
   * latest when their process reads the revocations again. Durable once it resolves; repeating is harmless.
   *
   * @returns the time up to which tokens are refused
   */
  revoke(app: string, part: RevokedPart, subject: string): Promise<EpochMs>;
}

export function createRevokeAccess(house: {
  readonly revocations: Pick<RevocationStore, 'add'>;
  readonly devices: Pick<DeviceStore, 'list'>;
  readonly bus: Pick<LiveBus, 'tell'>;
  readonly clock: Clock;
}): RevokeAccess {
  const { revocations, devices, bus, clock } = house;
  const end = (app: string, names: readonly string[]) => bus.tell(app, names, { kind: 'end', why: 'access_revoked' });

  async function endOfUser(app: string, user: string): Promise<void> {
    let cursor: string | undefined;
    for (let pages = 0; pages < PAGES_MAX; pages++) {
      const page = await devices.list(app, { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) }, user);
      await end(
        app,
        page.items.map(({ id }) => id),
      );
      if (page.nextCursor === undefined) return;
      cursor = page.nextCursor;
    }
  }

  return {
    async revoke(app, part, subject) {
      const now = clock.now();
      await revocations.add([{ app, part, subject, upTo: now }], now);
      // Whose a single token is no store knows: the connections do.
      if (part === 'device') await end(app, [subject]);
      if (part === 'user') await endOfUser(app, subject);
      return now;
    },
  };
}
