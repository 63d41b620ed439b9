/** Places of changes, round by round: in a round no two share a key, and changes that share one keep their order. */
export function roundsOf<Change>(
  changes: readonly Change[],
  keysOf: (change: Change) => readonly string[],
): readonly (readonly number[])[] {
  const result: number[][] = [];
  const lastRoundOf = new Map<string, number>();
  for (const [i, change] of changes.entries()) {
    const keys = keysOf(change);
    const round = Math.max(-1, ...keys.map((key) => lastRoundOf.get(key) ?? -1)) + 1;
    for (const key of keys) lastRoundOf.set(key, round);
    const indexes = result[round] ?? [];
    indexes.push(i);
    result[round] = indexes;
  }
  return result;
}
