/** Looks of which one goes on at a time. */
export interface Looks {
  /**
   * Looks once. Where a look is under way already, another follows, one for all who ask meanwhile, and this waits for that: not
   * for those that follow on it.
   */
  step(): Promise<void>;
  readonly isLooking: boolean;
}

/** @param look must not reject */
export function oneAtATime(look: () => Promise<void>): Looks {
  let looking: Promise<void> | undefined;
  let following: Promise<void> | undefined;

  function begin(): Promise<void> {
    looking = look().finally(() => {
      if (following === undefined) looking = undefined;
    });
    return looking;
  }

  return {
    step() {
      if (looking === undefined) return begin();
      following ??= looking.then(() => {
        following = undefined;
        return begin();
      });
      return following;
    },
    get isLooking() {
      return looking !== undefined;
    },
  };
}
