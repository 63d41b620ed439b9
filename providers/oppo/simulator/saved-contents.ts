import { randomUUID } from 'node:crypto';

const CONTENTS_MAX = 10_000;

/** Forgets its oldest entries. */
export class BoundedMap<T> {
  readonly #entries = new Map<string, T>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get(key: string): T | undefined {
    return this.#entries.get(key);
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  set(key: string, value: T): void {
    this.#entries.set(key, value);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#max) break;
      this.#entries.delete(oldest);
    }
  }

  clear(): void {
    this.#entries.clear();
  }
}

type Content = Readonly<Record<string, unknown>>;

/** Contents that were saved for broadcasts; those of one `app_message_id` are one. */
export class SavedContents {
  readonly #contents = new BoundedMap<Content>(CONTENTS_MAX);
  readonly #ids = new BoundedMap<string>(CONTENTS_MAX);

  idOf(name: string): string | undefined {
    return this.#ids.get(name);
  }

  get(id: string): Content | undefined {
    return this.#contents.get(id);
  }

  /** @returns its id */
  save(name: string, content: Content): string {
    const id = randomUUID();
    this.#ids.set(name, id);
    this.#contents.set(id, content);
    return id;
  }

  forget(): void {
    this.#contents.clear();
    this.#ids.clear();
  }
}
