import type { RealtimeStorage } from './storage.js';

/** As much of IndexedDB as is used here. */
interface RequestLike<T> {
  readonly result: T;
  readonly error: unknown;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
}
interface OpenRequestLike extends RequestLike<DatabaseLike> {
  onupgradeneeded: (() => void) | null;
  onblocked: (() => void) | null;
}
interface DatabaseLike {
  createObjectStore(name: string): unknown;
  transaction(store: string, mode: 'readonly' | 'readwrite'): TransactionLike;
  close(): void;
  onversionchange: (() => void) | null;
  onclose: (() => void) | null;
}
interface TransactionLike {
  objectStore(name: string): {
    get(key: string): RequestLike<unknown>;
    put(value: unknown, key: string): unknown;
  };
  readonly error: unknown;
  oncomplete: (() => void) | null;
  onabort: (() => void) | null;
}
export interface IndexedDbLike {
  open(name: string, version: number): OpenRequestLike;
}

const STORE = 'values';

export interface IndexedDbStorage extends RealtimeStorage {
  /** Reads and writes a value in one transaction: what others write between is not lost. */
  change(key: string, change: (value: string | undefined) => string): Promise<string>;
}

/** Over IndexedDB, which service workers have too. The database is opened when it is first used. */
export function indexedDbStorage(database = 'pealbell', engine?: IndexedDbLike): IndexedDbStorage {
  let opening: Promise<DatabaseLike> | undefined;

  function open(): Promise<DatabaseLike> {
    opening ??= new Promise<DatabaseLike>((resolve, reject) => {
      const found = engine ?? (globalThis as unknown as { indexedDB?: IndexedDbLike }).indexedDB;
      if (found === undefined) throw new Error('this platform has no IndexedDB; give another storage');
      const request = found.open(database, 1);
      request.onupgradeneeded = () => void request.result.createObjectStore(STORE);
      request.onblocked = () => reject(new Error('another tab holds an older version of the database open'));
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const db = request.result;
        const forget = () => {
          opening = undefined;
        };
        db.onclose = forget;
        db.onversionchange = () => {
          db.close();
          forget();
        };
        resolve(db);
      };
    }).catch((cause: unknown) => {
      opening = undefined;
      throw cause;
    });
    return opening;
  }

  async function run<T>(
    mode: 'readonly' | 'readwrite',
    use: (transaction: TransactionLike, set: (value: T) => void) => void,
  ) {
    const transaction = (await open()).transaction(STORE, mode);
    return new Promise<T>((resolve, reject) => {
      let result: T;
      transaction.oncomplete = () => resolve(result);
      transaction.onabort = () => reject(transaction.error ?? new Error('the write was undone'));
      use(transaction, (value) => {
        result = value;
      });
    });
  }

  const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return {
    get: (key) =>
      run<string | undefined>('readonly', (transaction, set) => {
        const request = transaction.objectStore(STORE).get(key);
        request.onsuccess = () => set(textOf(request.result));
      }),
    set: (key, value) => run<void>('readwrite', (transaction) => void transaction.objectStore(STORE).put(value, key)),
    change: (key, change) =>
      run<string>('readwrite', (transaction, set) => {
        const store = transaction.objectStore(STORE);
        const request = store.get(key);
        request.onsuccess = () => {
          const value = change(textOf(request.result));
          store.put(value, key);
          set(value);
        };
      }),
  };
}
