/** What a vendor's answers mean, as people are told. */
import type { VendorDetail } from '../../src/domain/outcome.js';
import type { Reading } from '../../src/domain/reading.js';
import type { Reason } from '../../src/domain/reason.js';

/** What a vendor said, with the word that the outcome made of it where it is known. */
export interface VendorAnswer extends VendorDetail {
  readonly reason?: Reason;
}

/** The ability of some kinds to tell people what their vendor's answers mean, and what to do about them. */
export interface Interpreting {
  /** Who answers, as a sentence names it: `Apple`, `the push service`. */
  readonly vendor: string;
  /**
   * Reads an answer by its code, or by its status where there is no code that is known. A code alone is enough. Pure.
   *
   * @returns undefined for an answer that says nothing to this kind, such as one that never came
   */
  interpret(answer: VendorAnswer): Reading | undefined;
}

export function isInterpreting(kind: object): kind is Interpreting {
  return 'interpret' in kind && typeof kind.interpret === 'function';
}
