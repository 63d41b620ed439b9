/** The longest wait that is granted; a longer one is cut to it. */
export const WAIT_SECONDS_MAX = 30;

/**
 * Reads `wait` of a Prefer header (RFC 7240 §4.3). What is unknown or malformed counts as not said (§2), and of
 * a preference said twice the first counts.
 *
 * @returns whole seconds, 1 to 30, or undefined
 */
export function readWait(header: string | undefined): number | undefined {
  for (const preference of split(header ?? '', ',')) {
    const [first = ''] = split(preference, ';');
    const [name = '', value = ''] = split(first, '=');
    if (name.trim().toLowerCase() !== 'wait') continue;
    const digits = /^(?:"(\d{1,9})"|(\d{1,9}))$/.exec(value.trim());
    const seconds = Number(digits?.[1] ?? digits?.[2] ?? 0);
    return seconds === 0 ? undefined : Math.min(seconds, WAIT_SECONDS_MAX);
  }
  return undefined;
}

/** Splits at a separator, but not within quotes. */
function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let from = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quoted && character === '\\') at++;
    else if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}
