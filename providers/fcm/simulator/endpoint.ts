import type { Fault } from '../../simulation.js';
import type { Answer } from './answers.js';

/** A request that arrived whole. */
export interface WholeRequest {
  /** Without pseudo headers; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** `undefined` when it was too large to keep. */
  readonly body: string | undefined;
  readonly nowMs: number;
}

/** What an endpoint makes of a request: what the ledger tells of it, and what is answered. */
export interface Reading {
  /** Whom faults and ledger call it: `fcm`, or `fcm_oauth` for the token endpoint. */
  readonly provider: string;
  /** The ledger's; `null` when the request named none. */
  readonly token: string | null;
  readonly id: string;
  readonly payloadJson: string | null;
  readonly verdict: Verdict;
}

export type Verdict =
  /** The vendor would refuse this request itself; it takes no fault. */
  | { readonly kind: 'refused'; readonly answer: Answer }
  | {
      readonly kind: 'served';
      /** What faults for single tokens are matched with. */
      readonly address: string;
      /** The answer without a fault; called at most once. */
      answer(): Answer;
      /** The answer that a fault with a status asks for. */
      asked(fault: Fault & { readonly kind: 'answer' }, status: number): Answer;
      /** A success means that a device would show something. */
      readonly isShown: boolean;
    };

export function refused(answer: Answer): Verdict {
  return { kind: 'refused', answer };
}
