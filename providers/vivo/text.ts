/** Characters as vivo counts them, and texts that it takes for trials. */

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u;

/** A blank one is none. */
export function textOf(text: string | undefined): string | undefined {
  return text?.trim() === '' ? undefined : text;
}

/** `wide`: how many characters a Chinese, Japanese or Korean one counts. Others count as in Java: an emoji is two. */
export function lengthOf(text: string, wide: number): number {
  let length = 0;
  for (const point of text) length += widthOf(point, wide);
  return length;
}

/** The longest beginning that has at most `max` characters. */
export function cutTo(text: string, max: number, wide: number): string {
  let length = 0;
  let end = 0;
  for (const point of text) {
    length += widthOf(point, wide);
    if (length > max) break;
    end += point.length;
  }
  return text.slice(0, end);
}

function widthOf(point: string, wide: number): number {
  return WIDE.test(point) ? Math.max(wide, point.length) : point.length;
}

/** vivo refuses such texts of formal messages (10085, 10104): digits, letters and signs alone, or the word for a trial. */
export function looksLikeTrial(text: string): boolean {
  return text.includes('测试') || /^[\p{N}\p{P}\p{S}\p{Z}\p{C}A-Za-z]*$/u.test(text);
}
