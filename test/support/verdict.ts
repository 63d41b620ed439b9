import type { Ledger } from '../../src/simulators/ledger.js';

/** What the simulator's ledger alone says of one send; the gateway is not asked. */
export interface Verdict {
  readonly accepted: number;
  readonly distinct: number;
  /** Accepted again under the same id at the same token. */
  readonly repeated: number;
  /** Wanted tokens that no accepted line names. */
  readonly lost: number;
  /** Accepted at tokens that nobody asked for. */
  readonly unexpected: number;
}

interface Line {
  readonly token: string;
  readonly id: string;
  readonly accepted: boolean;
}

export function readLedger(ledger: Pick<Ledger, 'chunks'>): Line[] {
  return Buffer.concat(ledger.chunks())
    .toString('utf8')
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => JSON.parse(text) as Line);
}

/** Judges a history of ledger lines against the tokens that were to be reached. */
export function judge(lines: readonly Line[], wanted: ReadonlySet<string>): Verdict {
  const seen = new Set<string>();
  const reached = new Set<string>();
  let accepted = 0;
  for (const line of lines) {
    if (!line.accepted) continue;
    accepted++;
    seen.add(`${line.token} ${line.id}`);
    reached.add(line.token);
  }
  const lost = [...wanted].filter((token) => !reached.has(token)).length;
  const unexpected = [...reached].filter((token) => !wanted.has(token)).length;
  return { accepted, distinct: seen.size, repeated: accepted - seen.size, lost, unexpected };
}
