/** Kinds of providers that are no part of Pealbell: modules that an app's file names. */
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { InvalidInputError, type ProviderKind } from '../providers/contract.js';

export type ModuleReading =
  | { readonly kind: 'loaded'; readonly module: ProviderKind<unknown>; readonly file: string }
  /** Reads on from the key `module`. */
  | { readonly kind: 'refused'; readonly what: string; readonly suggestion?: string; readonly file?: string };

/** @param path as the file names it */
export type LoadModule = (path: string) => Promise<ModuleReading>;

/** What a module is handed that makes its kind with a function: it needs no package of its own for them. */
const TOOLS = Object.freeze({ z, InvalidInputError });

const NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;
/** By what a module exports: the same kind each time, so that a provider whose settings stay the same stays open. */
const prepared = new WeakMap<object, ProviderKind<unknown>>();

/**
 * A module runs in this process, with all that the process may do.
 *
 * @param baseDir the folder of the file that names them
 * @param taken names of the kinds there are
 */
export function moduleLoader(baseDir: string, taken: readonly string[]): LoadModule {
  return async (path) => {
    const file = resolve(baseDir, path);
    const refuse = (what: string, suggestion?: string): ModuleReading => ({
      ...{ kind: 'refused', what, file },
      ...(suggestion === undefined ? {} : { suggestion }),
    });
    if (!/\.m?js$/.test(path)) return refuse('must be a JavaScript module, such as ./my-provider.js');
    try {
      await access(file);
    } catch {
      return refuse(`names ${file}, which is not there`, 'the path starts at the folder of this file');
    }
    try {
      const exports: unknown = await import(pathToFileURL(file).href);
      const made = kindOf(exports);
      if (typeof made === 'string') return refuse(made, 'what such a module is: docs/providers.md');
      if (taken.includes(made.name)) {
        return refuse(`has a kind named ${made.name}, as one of Pealbell’s own`, 'give the kind another name');
      }
      return { kind: 'loaded', module: made, file };
    } catch (error) {
      return refuse(`cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
}

/** The kind of a module, or what is wrong with it. */
function kindOf(exports: unknown): ProviderKind<unknown> | string {
  const exported = typeof exports === 'object' && exports !== null && 'kind' in exports ? exports.kind : undefined;
  if (exported === undefined || exported === null) return 'has no export named kind';
  if (typeof exported !== 'object' && typeof exported !== 'function') return 'has an export kind that is no kind';
  const known = prepared.get(exported);
  if (known !== undefined) return known;
  const made: unknown =
    typeof exported === 'function' ? (exported as (tools: typeof TOOLS) => unknown)(TOOLS) : exported;
  const wrong = faultsOf(made);
  if (wrong.length > 0) return `has a kind that is not as the contract asks: ${wrong.join(', ')}`;
  const kind = withOurErrors(made as ProviderKind<unknown>); // every member was looked at
  prepared.set(exported, kind);
  return kind;
}

/** A package of its own may bring another copy of the error's class along. */
function withOurErrors(kind: ProviderKind<unknown>): ProviderKind<unknown> {
  const parsePushToken: ProviderKind<unknown>['parsePushToken'] = (raw, options, purpose) => {
    try {
      return kind.parsePushToken(raw, options, purpose);
    } catch (error) {
      if (error instanceof Error && error.name === 'InvalidInputError') throw new InvalidInputError(error.message);
      throw error;
    }
  };
  return Object.create(kind, { parsePushToken: { value: parsePushToken, enumerable: true } }) as ProviderKind<unknown>;
}

const MEMBERS: readonly (readonly [string, string, (value: unknown) => boolean])[] = [
  ['name', 'a name of a-z, 0-9, - and _', (value) => typeof value === 'string' && NAME.test(value)],
  ['options', 'a Zod schema', isSchema],
  ['channel', 'a Zod schema', isSchema],
  ['limits', 'batchTargetsMax, payloadBytesMax and ttlSecondsMax, whole numbers', hasLimits],
  ['nativeFor', 'a list of platforms', isTexts],
  ['check', 'a function', isFunction],
  ['parsePushToken', 'a function', isFunction],
  ['open', 'a function', isFunction],
];

function faultsOf(made: unknown): readonly string[] {
  if (typeof made !== 'object' || made === null) return ['it is no object'];
  const wrong = MEMBERS.filter(([name, , isRight]) => !isRight(Reflect.get(made, name)));
  const own = 'isOwnRoad' in made ? ['isOwnRoad is the gateway’s own'] : [];
  return [...wrong.map(([name, what]) => `${name} must be ${what}`), ...own];
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

function isSchema(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '_zod' in value && isFunction(Reflect.get(value, 'safeParse'));
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function hasLimits(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const isWhole = (name: string, min: number) => {
    const limit: unknown = Reflect.get(value, name);
    return Number.isSafeInteger(limit) && (limit as number) >= min;
  };
  return isWhole('batchTargetsMax', 1) && isWhole('payloadBytesMax', 1) && isWhole('ttlSecondsMax', 0);
}
