/** What a call that wants to go out is known for. */
export interface Candidate {
  /** Its receiver fails, or was slow. */
  readonly isSuspect: boolean;
  /** Another call of the same endpoint is under way. */
  readonly isFurther: boolean;
}

/** The calls under way in this process, over all endpoints. */
export interface Places {
  /** Whether there is a place for it now. */
  has(candidate: Candidate): boolean;
  /** @returns what gives the place back; undefined where there is none for it now */
  take(candidate: Candidate): (() => void) | undefined;
  underWay(): number;
}

/** Of all places: what suspects may hold between them, and how full it may be for more than one of an endpoint. */
const SUSPECTS_PART = 0.25;
const FURTHER_PART = 0.5;

/**
 * Bounds calls so that no kind of endpoint can take the places of another: receivers that hang share a quarter between them,
 * however many they are, and the last half is for endpoints that have no call under way.
 */
export function createPlaces(total: number): Places {
  let taken = 0;
  let suspects = 0;
  const has = ({ isSuspect, isFurther }: Candidate) =>
    taken < total &&
    !(isSuspect && suspects >= Math.max(1, total * SUSPECTS_PART)) &&
    !(isFurther && taken >= total * FURTHER_PART);
  return {
    has,
    take(candidate) {
      if (!has(candidate)) return undefined;
      const { isSuspect } = candidate;
      taken += 1;
      if (isSuspect) suspects += 1;
      let isBack = false;
      return () => {
        if (isBack) return;
        isBack = true;
        taken -= 1;
        if (isSuspect) suspects -= 1;
      };
    },
    underWay: () => taken,
  };
}
