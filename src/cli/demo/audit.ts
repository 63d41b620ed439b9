/** One request that reached the simulator. */
export interface LedgerLine {
  readonly provider: string;
  /** A push token, or for Web Push the endpoint. */
  readonly token: string | null;
  /** The notification id; the same at every attempt to reach one device with one message. */
  readonly id: string;
  readonly accepted: boolean;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The HTTP status of the answer; absent where none was given. */
  readonly status?: number;
  /** The gateway's message id, read from the payload. */
  readonly message: string | undefined;
  /** The title that a person would see, read from the payload; for Web Push from what was decrypted. */
  readonly title?: string;
  readonly body?: string;
}

/** What the ledger says of one message. */
export interface Audit {
  /** Expected push tokens that were accepted at least once. */
  readonly arrived: number;
  /** Expected push tokens that no accepted line names. */
  readonly lost: readonly string[];
  /** Acceptances of expected push tokens beyond the first of each. */
  readonly repeated: number;
  /** Repeats under another notification id than the first: a device would show those twice. */
  readonly repeatedUnderOtherId: number;
}

/** Holds a message against the ledger; the gateway's word plays no part in it. */
export function audit(lines: readonly LedgerLine[], message: string, expected: readonly string[]): Audit {
  const ids = new Map<string, string[]>();
  for (const { token, id, accepted, message: of } of lines) {
    if (token === null || !accepted || of !== message) continue;
    const known = ids.get(token);
    if (known === undefined) ids.set(token, [id]);
    else known.push(id);
  }
  const tokens = [...new Set(expected)];
  const lost = tokens.filter((token) => !ids.has(token));
  let repeated = 0;
  let repeatedUnderOtherId = 0;
  for (const token of tokens) {
    const [first, ...more] = ids.get(token) ?? [];
    repeated += more.length;
    repeatedUnderOtherId += more.filter((id) => id !== first).length;
  }
  return { arrived: tokens.length - lost.length, lost, repeated, repeatedUnderOtherId };
}
