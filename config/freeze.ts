/** Freezes plain objects and arrays at any depth. Bytes, keys, functions and maps inside are left as they are. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
