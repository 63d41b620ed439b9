/** One JSON document, indented for a terminal and on one line for a program. */
export function jsonText(value: unknown, output: { readonly isTTY?: boolean } = {}): string {
  return `${JSON.stringify(value, null, output.isTTY === true ? 2 : undefined)}\n`;
}
