type Given = Readonly<Record<string, string>> | undefined;

/** Headers of all layers; the later one wins, however its name is spelt. */
export function headersOf(...layers: readonly Given[]): Headers {
  const headers = new Headers();
  for (const layer of layers) for (const [name, value] of Object.entries(layer ?? {})) headers.set(name, value);
  return headers;
}
