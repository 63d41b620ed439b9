/** One store call that writes. Whatever it writes has its name. */
export interface Call {
  /** `<part>.<number>`: unique. */
  readonly o: string;
  /** When it began, on the clock of `performance.now()`. */
  readonly since: number;
}

/** Stands beside a call's name where others have begun to do its duties: it leaves the rest to them. */
export function takenOver(o: string): string {
  return `${o}!`;
}
