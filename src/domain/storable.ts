// With the `u` flag only lone surrogates are matched: what no text column takes.
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is looked for.
const UNSTORABLE = /[\u0000\p{Surrogate}]/u;

/** Whether text is such that every store takes it. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}

/** The text, without what no store takes, cut after so many characters. */
export function toStorable(text: string, charactersMax: number): string {
  return [...text].filter(isStorable).slice(0, charactersMax).join('');
}
