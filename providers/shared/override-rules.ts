/** What an override of a vendor’s body may not name, and where it must have objects. */
import type { Json, JsonObject, Misfit } from '../contract.js';
import { isJsonObject } from './merge-patch.js';
import { misfitError } from './message-parts.js';

export type JsonPath = readonly string[];

export interface OverrideRules {
  /** Under which the caller's call names it: `honor` of `overrides.honor`. */
  readonly name: string;
  /** What is not the caller's to set, and what to do instead. */
  readonly refused: readonly { readonly path: JsonPath; readonly detail: string }[];
  /** Places that hold objects. `isOurs`: with something of ours in it, so that a patch must not remove it whole. */
  readonly objects: readonly { readonly path: JsonPath; readonly isOurs: boolean }[];
}

/** Pure. */
export function overrideMisfits(override: JsonObject, { name, refused, objects }: OverrideRules): Misfit[] {
  const pointerOf = (path: JsonPath) => ['/overrides', name, ...path].join('/');
  const misfits = refused
    .filter(({ path }) => at(override, path) !== undefined)
    .map(({ path, detail }) => misfitError('override_refused', detail, pointerOf(path)));
  for (const { path, isOurs } of objects) {
    const value = at(override, path);
    if (value === undefined || isJsonObject(value) || (value === null && !isOurs)) continue;
    misfits.push(misfitError('override_invalid', `${path.join('.')} is an object`, pointerOf(path)));
  }
  return misfits;
}

/** The value at a path; `undefined` where there is none. */
export function at(json: JsonObject, path: JsonPath): Json | undefined {
  let value: Json | undefined = json;
  for (const key of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}
