/** A device's place at a seat. */
export interface Place {
  /** Undefined while the first claim is on its way. */
  fence: number | undefined;
  claims: number;
  /** The newest fence by which somebody else took the device meanwhile. */
  takenBy: number;
}

/**
 * What a seat knows of its own places. Answers to claims and news of newer claims elsewhere come over different
 * connections, in any order: only the fences say which is the newer.
 */
export class OwnPlaces {
  readonly #apps = new Map<string, Map<string, Place>>();

  /** A claim is on its way; what comes of it is told with the place that this returns. */
  claiming(app: string, device: string): Place {
    const devices = this.#apps.get(app) ?? new Map<string, Place>();
    this.#apps.set(app, devices);
    const place = devices.get(device) ?? { fence: undefined, claims: 0, takenBy: 0 };
    place.claims++;
    devices.set(device, place);
    return place;
  }

  /** @returns whether somebody else has the device by now */
  claimed(app: string, device: string, place: Place, fence: number): boolean {
    place.claims--;
    place.fence = Math.max(place.fence ?? 0, fence);
    return this.#find(app, device) === place && this.#settle(app, device, place);
  }

  claimFailed(app: string, device: string, place: Place): void {
    place.claims--;
    if (place.claims === 0 && place.fence === undefined && this.#find(app, device) === place) this.remove(app, device);
  }

  /** Somebody else took the device. @returns whether it was the seat's until then, and nothing newer is on its way */
  taken(app: string, device: string, fence: number): boolean {
    const place = this.#find(app, device);
    if (place === undefined) return false;
    place.takenBy = Math.max(place.takenBy, fence);
    return this.#settle(app, device, place);
  }

  remove(app: string, device: string): void {
    const devices = this.#apps.get(app);
    devices?.delete(device);
    if (devices?.size === 0) this.#apps.delete(app);
  }

  /** The devices of each app as they are now. */
  all(): readonly (readonly [app: string, devices: readonly string[]])[] {
    return [...this.#apps].map(([app, devices]) => [app, [...devices.keys()]] as const);
  }

  /** Undefined for a device that is not held, or not for certain yet. */
  fenceOf(app: string, device: string): number | undefined {
    return this.#find(app, device)?.fence;
  }

  #find(app: string, device: string): Place | undefined {
    return this.#apps.get(app)?.get(device);
  }

  #settle(app: string, device: string, place: Place): boolean {
    if (place.claims > 0 || place.takenBy <= (place.fence ?? 0)) return false;
    this.remove(app, device);
    return true;
  }
}
