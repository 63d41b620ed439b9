import type { Json } from '../../domain/json.js';

/** One value of a configuration, under its path. */
export interface Leaf {
  readonly path: readonly string[];
  readonly value: Json;
}

/** Every value in the order of the files; a list is one value, and so is an empty group. */
export function leavesOf(value: Json, path: readonly string[] = []): readonly Leaf[] {
  const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
  const entries = isGroup ? Object.entries(value) : [];
  if (entries.length === 0) return [{ path, value }];
  return entries.flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

/** As a person writes it: text without quotes where none are needed. */
export function showValue(value: Json | undefined): string {
  if (value === undefined) return '(not set)';
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
}
