/** What a vendor's simulator makes of one request, apart from how it came. */

/** A request whose body arrived whole. */
export interface VendorCall {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case; of one that came more than once the values, joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** UTF-8; `undefined` where there was more than the simulator keeps. */
  readonly body: string | undefined;
  /** When it had arrived, epoch milliseconds. */
  readonly now: number;
}

export interface VendorAnswer {
  readonly status: number;
  readonly body: string;
  /** `application/json; charset=UTF-8` when absent. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Refused by a strict check, as the vendor would; takes no fault. */
export interface Refused {
  readonly kind: 'refused';
  /** As ledger and fault plan name this part of the vendor: `huawei`, `huawei_oauth`. */
  readonly provider: string;
  /** Addresses it named, as far as they could be read. */
  readonly targets?: readonly string[];
  /** A JSON value; what was sent, as far as it could be read. */
  readonly payload?: unknown;
  readonly answer: VendorAnswer;
  /** The vendor's code. */
  readonly reason: string;
}

/** It passed the strict checks: the fault plan is asked about each of its targets. */
export interface Served {
  readonly kind: 'served';
  readonly provider: string;
  /** Push tokens, or one name for a request that has none, such as the client id at a token endpoint. At least one. */
  readonly targets: readonly string[];
  /** The vendor's id of this request. */
  readonly id: string;
  /** A JSON value: what the vendor was sent, without the addresses. */
  readonly payload: unknown;
  /** Whether it brings a notification to its targets: otherwise it counts as none in the ledger. */
  readonly isNotification: boolean;
  /** Whether the vendor can say this code of one target of many. */
  isTargetCode(code: string): boolean;
  /**
   * @param asked code by target, for those that the fault plan has one for
   * @returns the answer, and the code of each target that was refused in it; all others were taken
   */
  serve(asked: ReadonlyMap<string, string>): {
    readonly answer: VendorAnswer;
    readonly refused: ReadonlyMap<string, string>;
  };
  /** The vendor's answer to the whole request with this status, this code of its own, or both. */
  answerWith(asked: { readonly status?: number; readonly code?: string }): VendorAnswer;
  /** Told of the targets that were taken, once the answer has left. */
  taken?(targets: readonly string[]): void;
}

export type Reading = Refused | Served;

export function jsonAnswer(status: number, value: unknown): VendorAnswer {
  return { status, body: JSON.stringify(value) };
}

/** What stands in front of a vendor when the vendor itself is away. */
export function htmlAnswer(status: number): VendorAnswer {
  const title = `${status} from the proxy`;
  return {
    status,
    type: 'text/html',
    body: `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
  };
}
