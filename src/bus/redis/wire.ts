import type { DeviceNotice, LetterOffer, LetterState, LiveClear, LogAnnouncement } from '../../ports/live-bus.js';

/** What a seat is told over its channel. */
export type ToSeat =
  | {
      readonly kind: 'offer';
      readonly id: number;
      readonly from: string;
      readonly waitMs: number;
      readonly offer: LetterOffer;
    }
  | { readonly kind: 'tell'; readonly app: string; readonly devices: readonly string[]; readonly notice: DeviceNotice }
  | { readonly kind: 'replaced'; readonly app: string; readonly device: string; readonly fence: string };

/** What every process with seats is told. */
export type ToAll =
  | { readonly kind: 'clear'; readonly app: string; readonly clear: LiveClear }
  | { readonly kind: 'announce'; readonly entry: LogAnnouncement };

/** The answer to an offer, to who asked. */
export interface Answer {
  readonly id: number;
  readonly states: readonly LetterState[];
}

/** Names of keys and channels. Channels know no database of Redis, so that its number is in their names. */
export interface Names {
  /** Hash of the places of an app: device → `<fence> <name>`. */
  places(app: string): string;
  /** Sorted set of names by the end of their lease, ms of the server's clock. */
  readonly leases: string;
  /** Start of the channels of seats; the seat's id follows. */
  readonly seats: string;
  /** Channel of a process that waits for answers. */
  answers(end: string): string;
  readonly all: string;
}

export function namesIn(database: number): Names {
  const start = `pealbell.bus.${database}`;
  return {
    places: (app) => `{${start}.places.${app}}`,
    leases: `{${start}.leases}`,
    seats: `${start}.seat.`,
    answers: (end) => `${start}.answers.${end}`,
    all: `${start}.all`,
  };
}

/** The id of the seat that has, or had, this name. */
export function seatOf(name: string): string {
  return name.slice(0, name.indexOf('.'));
}
