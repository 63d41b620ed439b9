import type { Page, PageRequest } from '../ports/page.js';

/** Every item of a list, in its order, holding one page at a time. */
export async function* everyItem<Item>(
  fetch: (page: PageRequest) => Promise<Page<Item>>,
  limit: number,
): AsyncGenerator<Item> {
  for (let cursor: string | undefined; ; ) {
    const page: Page<Item> = await fetch(cursor === undefined ? { limit } : { limit, cursor });
    yield* page.items;
    if (page.nextCursor === undefined) return;
    cursor = page.nextCursor;
  }
}
