/** What a client reads of its own access token: when to renew it, and whose it is. It checks nothing; the gateway does. */
export interface Claims {
  readonly device?: string;
  readonly sub?: string;
  readonly iat?: number;
  readonly exp?: number;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Claims of a JWT; empty for anything else. Not by `atob`: not every React Native has it. */
export function readClaims(token: string): Claims {
  let bits = 0;
  let held = 0;
  let text = '';
  for (const letter of (token.split('.')[1] ?? '').replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) return {};
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      text += `%${((held >> bits) & 0xff).toString(16).padStart(2, '0')}`;
    }
  }
  try {
    const { device, sub, iat, exp } = JSON.parse(decodeURIComponent(text)) as Record<string, unknown>;
    return {
      ...(typeof device === 'string' ? { device } : {}),
      ...(typeof sub === 'string' ? { sub } : {}),
      ...(typeof iat === 'number' ? { iat } : {}),
      ...(typeof exp === 'number' ? { exp } : {}),
    };
  } catch {
    return {};
  }
}

/**
 * Milliseconds from now after which to ask for another one: when nine tenths of its life are over, and at least 30 s before its end
 * where it lives for longer than 5 minutes. Where this clock and the signer's differ so much that the token looks dead at
 * birth, its span counts instead.
 */
export function renewAfterMs({ iat, exp }: Claims, now: number): number | undefined {
  if (exp === undefined) return undefined;
  const left = exp * 1_000 - now;
  const life = left > 0 ? left : (exp - (iat ?? exp)) * 1_000;
  return life <= 0 ? undefined : Math.max(life > 300_000 ? Math.min(life * 0.9, life - 30_000) : life * 0.9, 1_000);
}
