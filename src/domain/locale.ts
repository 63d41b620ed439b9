/** At most this many locales fit in one message. */
export const LOCALES_MAX = 50;

/**
 * Lookup of RFC 4647 §3.4: each wanted tag in turn is cut from its end, subtag by subtag, until one of `available` is
 * met; a single letter or digit goes together with what follows it. Case does not count, and `_` is read as `-`.
 *
 * @param wanted tags such as `zh-Hant-TW`, the most wanted first
 * @returns the entry of `available` as it is spelled there; undefined when none fits
 */
export function lookupLocale(available: readonly string[], wanted: readonly string[]): string | undefined {
  const known = new Map(available.map((tag) => [canonical(tag), tag]));
  for (const tag of wanted) {
    const subtags = canonical(tag).split('-');
    while (subtags.length > 0) {
      const found = known.get(subtags.join('-'));
      if (found !== undefined) return found;
      subtags.pop();
      if (subtags.at(-1)?.length === 1) subtags.pop();
    }
  }
  return undefined;
}

/** The form in which two spellings of one tag are the same. */
export function canonical(tag: string): string {
  return tag.replaceAll('_', '-').toLowerCase();
}
