import type { Access } from '../usecases/access-tokens.js';
import type { Session } from './session.js';

/** The newest connection of each device that is connected here, and how many each user has. */
export class SessionTable {
  readonly #apps = new Map<string, Map<string, Session>>();
  readonly #users = new Map<string, Map<string, number>>();

  /** @returns the connection that had the place before */
  put(access: Access, session: Session): Session | undefined {
    const devices = this.#apps.get(access.app) ?? new Map<string, Session>();
    this.#apps.set(access.app, devices);
    const before = devices.get(access.device);
    if (before !== undefined) this.remove(before);
    this.#apps.set(access.app, devices.set(access.device, session));
    if (access.user !== null) this.#count(access.app, access.user, 1);
    return before;
  }

  /** @returns false where a newer connection of the device has its place, or it never had one */
  remove(session: Session): boolean {
    const { access } = session;
    const devices = access === undefined ? undefined : this.#apps.get(access.app);
    if (access === undefined || devices?.get(access.device) !== session) return false;
    devices.delete(access.device);
    if (devices.size === 0) this.#apps.delete(access.app);
    if (access.user !== null) this.#count(access.app, access.user, -1);
    return true;
  }

  get(app: string, device: string): Session | undefined {
    return this.#apps.get(app)?.get(device);
  }

  ofApp(app: string): Iterable<Session> {
    return this.#apps.get(app)?.values() ?? [];
  }

  /** Connections of this user, over all devices. */
  ofUser(app: string, user: string): number {
    return this.#users.get(app)?.get(user) ?? 0;
  }

  #count(app: string, user: string, by: number): void {
    const users = this.#users.get(app) ?? new Map<string, number>();
    const count = (users.get(user) ?? 0) + by;
    if (count > 0) users.set(user, count);
    else users.delete(user);
    if (users.size > 0) this.#users.set(app, users);
    else this.#users.delete(app);
  }
}
