import type { CallOptions } from './options.js';
import type { Transport } from './transport.js';

/** A page of a list. */
export interface Page<T> {
  readonly data: readonly T[];
  /** To be given back for the page after this one; `null` at the end. */
  readonly next_cursor: string | null;
  readonly has_more: boolean;
}

export interface ListOptions extends CallOptions {
  /** Entries fetched at once, at most 1,000. Default 100. */
  readonly limit?: number;
}

/**
 * A list of any length, fetched page by page while it is read. Reading it again asks again.
 *
 * @example
 * ```ts
 * for await (const device of pealbell.devices.list()) console.log(device.id);
 *
 * const first = await pealbell.devices.list({ limit: 20 }).page();
 * const second = await pealbell.devices.list({ limit: 20 }).page(first.next_cursor);
 * ```
 */
export interface Pages<T> extends AsyncIterable<T> {
  /** One page, for those who turn pages themselves; the first without a cursor. */
  page(cursor?: string | null): Promise<Page<T>>;
  /** The first entries as an array, `max` at most: what is in memory has a bound. */
  take(max: number): Promise<T[]>;
}

export function listOf<T>(
  transport: Transport,
  path: string,
  options: ListOptions | undefined,
  query: Readonly<Record<string, string | undefined>> = {},
): Pages<T> {
  async function page(cursor?: string | null): Promise<Page<T>> {
    const asked = { ...query, limit: options?.limit, cursor: cursor ?? undefined };
    return (await transport.call<Page<T>>({ method: 'GET', path, query: asked }, options)).body;
  }
  async function* entries(): AsyncGenerator<T, void, undefined> {
    let cursor: string | null = null;
    do {
      const { data, next_cursor }: Page<T> = await page(cursor);
      yield* data;
      cursor = next_cursor;
    } while (cursor !== null);
  }
  return {
    page,
    async take(max) {
      const taken: T[] = [];
      if (max <= 0) return taken;
      for await (const entry of entries()) {
        taken.push(entry);
        if (taken.length >= max) break;
      }
      return taken;
    },
    [Symbol.asyncIterator]: entries,
  };
}
