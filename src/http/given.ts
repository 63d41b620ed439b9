type MayBeUndefined<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

/** `T` with its undefined members left out instead of set: what `exactOptionalPropertyTypes` asks for. */
export type Given<T> = { [K in Exclude<keyof T, MayBeUndefined<T>>]: T[K] } & {
  [K in MayBeUndefined<T>]?: Exclude<T[K], undefined>;
};

/** Copies an object without its undefined members: "not said" stays different from "said to be nothing". */
export function given<T extends object>(fields: T): Given<T> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Given<T>; // The filter above is what makes it true.
}
