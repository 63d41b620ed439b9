/** What a device shows, told apart by message: pure, so that "shown once" is a matter of this file alone. */

/** One way in which a message came to a device. */
export interface Arrival {
  readonly message: string;
  /** `realtime`, or the vendor's name. */
  readonly road: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** False: data only, the system shows it or has. */
  readonly show: boolean;
  /** Under which the system knows the notification; one with the same tag takes its place. */
  readonly tag: string;
  readonly title?: string;
  readonly body?: string;
}

export interface Card {
  readonly message: string;
  readonly tag: string;
  readonly title: string;
  readonly body: string;
  /** How it came, in order; the first one made it show. */
  readonly arrivals: readonly Arrival[];
}

/** Newest first. */
export type Screen = readonly Card[];

const CARDS_MAX = 20;

/** Takes in what came. What has nothing to show and belongs to nothing that shows leaves the screen as it is. */
export function arrive(screen: Screen, arrival: Arrival): Screen {
  const known = screen.find(({ message }) => message === arrival.message);
  if (known !== undefined) {
    const more = { ...known, arrivals: [...known.arrivals, arrival] };
    return screen.map((card) => (card === known ? more : card));
  }
  if (!arrival.show) return screen;
  const { message, tag, title = '', body = '' } = arrival;
  const others = screen.filter((card) => card.tag !== tag);
  return [{ message, tag, title, body, arrivals: [arrival] }, ...others].slice(0, CARDS_MAX);
}

/** Takes off the screen what was recalled, replaced or read elsewhere. */
export function clear(screen: Screen, ids: readonly string[], tags: readonly string[]): Screen {
  return screen.filter(({ message, tag }) => !ids.includes(message) && !tags.includes(tag));
}
