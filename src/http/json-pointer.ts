/** JSON pointer of a path into a body (RFC 6901 §3): `~` and `/` inside a key are escaped. The whole body is `''`. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
