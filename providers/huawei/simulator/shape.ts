/** Small questions about JSON that came in. */

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

export function isWhole(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}

export function isHttps(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('https://') && URL.canParse(value);
}

/** One that is there is as it must be. */
export function isFit(fields: Fields, name: string, fits: (value: unknown) => boolean): boolean {
  return fields[name] === undefined || fits(fields[name]);
}

/** The first key that is not among `known`. */
export function strangeKey(fields: Fields, known: ReadonlySet<string>): string | undefined {
  return Object.keys(fields).find((key) => !known.has(key));
}

/** Undefined for what is no JSON. */
export function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Undefined for what is no list of texts. */
export function textList(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined;
}
