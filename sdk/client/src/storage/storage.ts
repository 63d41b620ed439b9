/**
 * Where the client keeps what should outlive a restart: small texts by key. `AsyncStorage` of React Native fits with
 * `{ get: AsyncStorage.getItem, set: AsyncStorage.setItem }`.
 */
export interface RealtimeStorage {
  get(key: string): Promise<string | null | undefined>;
  /** Kept once it resolves. */
  set(key: string, value: string): Promise<unknown>;
}

/** Forgets with the process: a message whose `done` was lost may come again after a restart. */
export function memoryStorage(): RealtimeStorage {
  const values = new Map<string, string>();
  return {
    get: async (key) => values.get(key),
    set: async (key, value) => void values.set(key, value),
  };
}
