const LITERALS = ['true', 'false', 'null'];
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 §7 forbids exactly these inside strings.
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SPACE = /[ \t\n\r]*/y;

/** Where a text stops being JSON. */
export interface JsonFlaw {
  /** Offset in UTF-16 code units from the start of the text. */
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/**
 * Finds the place where a text stops being JSON (RFC 8259). `JSON.parse` tells it for some faults only, and
 * quotes the text itself for others. Walks without recursion; asked only for texts that are refused anyway.
 *
 * @returns the first offset that no JSON text could have there; the end of the text when it merely ends too early
 */
export function findJsonFlaw(text: string): JsonFlaw {
  const offset = flawOffset(text);
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { offset, line: before.split('\n').length, column: offset - lineStart + 1 };
}

function flawOffset(text: string): number {
  let at = 0;
  const open: ('{' | '[')[] = [];
  let expect: 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma' = 'value';

  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at += found[0].length;
    return found !== null;
  };

  for (;;) {
    take(SPACE);
    if (expect === 'comma' && open.length === 0) return at;
    const char = text[at];
    if (char === undefined) return at;
    if (expect === 'colon') {
      if (char !== ':') return at;
      at++;
      expect = 'value';
    } else if (expect === 'comma') {
      const inside = open.at(-1);
      if (char === ',') expect = inside === '{' ? 'key' : 'value';
      else if (char === (inside === '{' ? '}' : ']')) open.pop();
      else return at;
      at++;
    } else if (expect === 'key' || expect === 'key or }') {
      if (char === '}' && expect === 'key or }') {
        at++;
        open.pop();
        expect = 'comma';
      } else if (take(STRING)) expect = 'colon';
      else return char === '"' ? stringFlaw(text, at) : at;
    } else if (char === ']' && expect === 'value or ]') {
      at++;
      open.pop();
      expect = 'comma';
    } else if (char === '{' || char === '[') {
      at++;
      open.push(char);
      expect = char === '{' ? 'key or }' : 'value or ]';
    } else if (char === '"') {
      if (!take(STRING)) return stringFlaw(text, at);
      expect = 'comma';
    } else {
      const literal = LITERALS.find((word) => text.startsWith(word, at));
      if (literal !== undefined) at += literal.length;
      else if (!take(NUMBER)) return at;
      expect = 'comma';
    }
  }
}

/** Inside a string that does not end well: its first wrong escape or bare control character, else the end. */
function stringFlaw(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text.charCodeAt(i) < 0x20) return i;
    if (text[i] !== '\\') continue;
    const next = text[i + 1];
    if (next === 'u' && !/^[0-9a-fA-F]{4}$/.test(text.slice(i + 2, i + 6))) return i;
    if (next !== 'u' && (next === undefined || !'"\\/bfnrt'.includes(next))) return i;
    i++;
  }
  return text.length;
}
