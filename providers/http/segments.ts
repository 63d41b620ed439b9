/**
 * How many short messages a text takes. Sources: 3GPP TS 23.038 §6.2.1 (the alphabet of 7 bits and its extension) and
 * TS 23.040 §9.2.3.24.1 (what a part of a long message holds beside its head of 6 bytes).
 */

/** The basic alphabet, one septet each. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Behind an escape: two septets each. */
const EXTENDED = new Set('\f^{}\\[~]|€');

const GSM_ONE = 160;
const GSM_PART = 153;
const UCS2_ONE = 70;
const UCS2_PART = 67;

export interface Segments {
  readonly encoding: 'GSM-7' | 'UCS-2';
  /** Septets, or units of 16 bits. */
  readonly units: number;
  /** Short messages that it is sent as; 0 for an empty text. */
  readonly count: number;
}

export function countSegments(text: string): Segments {
  const letters = [...text];
  const isGsm = letters.every((letter) => BASIC.has(letter) || EXTENDED.has(letter));
  // An escape and its letter, and the two halves of a character beyond U+FFFF, stay in one part.
  const sizes = letters.map((letter) => (isGsm ? (EXTENDED.has(letter) ? 2 : 1) : letter.length));
  const units = sizes.reduce((sum, size) => sum + size, 0);
  const encoding = isGsm ? 'GSM-7' : 'UCS-2';
  const [one, part] = isGsm ? [GSM_ONE, GSM_PART] : [UCS2_ONE, UCS2_PART];
  if (units <= one) return { encoding, units, count: units === 0 ? 0 : 1 };
  let count = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > part) {
      count += 1;
      used = 0;
    }
    used += size;
  }
  return { encoding, units, count };
}
