import type { Ledger } from '../../src/simulators/ledger.js';

export interface Arrivals {
  /** Epoch milliseconds of every acceptance, in order. */
  readonly at: readonly number[];
  /** Different push tokens among them. */
  readonly distinct: number;
}

/** What the simulator took. By token and not by id: not every client sends an id of its own. */
export function readArrivals(ledger: Ledger): Arrivals {
  const at: number[] = [];
  const tokens = new Set<string>();
  for (const chunk of ledger.chunks()) {
    for (const line of chunk.toString('utf8').split('\n')) {
      if (line === '') continue;
      const entry = JSON.parse(line) as { token: string | null; accepted: boolean; at: number };
      if (!entry.accepted) continue;
      at.push(entry.at);
      tokens.add(String(entry.token));
    }
  }
  return { at, distinct: tokens.size };
}
