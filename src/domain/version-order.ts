/**
 * The numbers a version begins with, without zeros at the end: "5.2.0-rc.1" is 5, 2. What follows them does not count.
 *
 * @returns decimal digits without leading zeros; undefined for a text that begins with no number
 */
export function versionNumbers(version: string): readonly string[] | undefined {
  const dotted = /^[0-9]+(\.[0-9]+)*/.exec(version)?.[0];
  if (dotted === undefined) return undefined;
  const numbers = dotted.split('.').map((digits) => digits.replace(/^0+(?=[0-9])/, ''));
  while (numbers.length > 1 && numbers.at(-1) === '0') numbers.pop();
  return numbers;
}

/** Below 0 when `a` is the older version, 0 when they are the same, above 0 otherwise. */
export function compareVersions(a: readonly string[], b: readonly string[]): number {
  for (const [i, left] of a.entries()) {
    const right = b[i];
    if (right === undefined) return 1;
    // Without leading zeros the longer one is the larger one, however large they are.
    if (left.length !== right.length) return left.length - right.length;
    if (left !== right) return left < right ? -1 : 1;
  }
  return a.length - b.length;
}
