import { readLines } from './lines.js';
import type { CallOptions } from './options.js';
import type { Transport } from './transport.js';

/**
 * Reads an answer of any length, one JSON value per line.
 *
 * @throws PealbellError `connection_failed` when it breaks off: what came before is not all of it
 */
export async function* streamOf<T>(
  transport: Transport,
  path: string,
  options: CallOptions | undefined,
  query: Readonly<Record<string, string | number | undefined>> = {},
): AsyncGenerator<T, void, undefined> {
  const headers = { accept: 'application/x-ndjson' };
  yield* readLines<T>(await transport.open({ method: 'GET', path, query, headers }, options));
}
