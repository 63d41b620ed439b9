import { linkSync, readdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who owns a data directory, as written beside it. */
export interface OwnerRecord {
  readonly pid: number;
  /** Start of that process in the kernel's ticks where known: tells a pid that was given out again. */
  readonly processStart?: string;
  readonly bootId: string;
  /** ISO 8601, for people. */
  readonly startedAt: string;
  /** Path of the Unix socket on which the owner listens for as long as it lives. */
  readonly socket: string;
  /** Set when the owner left on purpose. */
  readonly released?: true;
}

export interface OwnerFile {
  readonly generation: number;
  /** Undefined when the file cannot be read as a record: its writer's machine lost power. */
  readonly record: OwnerRecord | undefined;
}

const NAME = /^owner\.(\d{1,12})\.json$/;

/**
 * The newest owner file of a directory.
 *
 * Owner files are numbered, numbers only rise, and the highest one is never removed, not even by a release. So
 * `link(2)` of the next number, which fails where it exists, decides a race between any number of starters,
 * however long one of them slept between looking and linking.
 */
export function newestOwner(directory: string): OwnerFile | undefined {
  const generation = generations(directory).at(-1);
  if (generation === undefined) return undefined;
  let record: OwnerRecord | undefined;
  try {
    record = parse(readFileSync(ownerPath(directory, generation), 'utf8'));
  } catch (error) {
    if (Reflect.get(Object(error), 'code') !== 'ENOENT') throw error;
    // Replaced by a higher one since the listing.
    return newestOwner(directory);
  }
  return { generation, record };
}

/** Claims one number. True when it is the caller's and no higher one exists; otherwise nothing is left behind. */
export function claimGeneration(directory: string, generation: number, record: OwnerRecord): boolean {
  const temporary = join(directory, `new.${record.bootId}`);
  writeFileSync(temporary, `${JSON.stringify(record)}\n`, { mode: 0o600, flag: 'wx' });
  const path = ownerPath(directory, generation);
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (Reflect.get(Object(error), 'code') === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(temporary);
  }
  // A starter that slept may link a number that was given up long ago: then a higher one exists.
  if (generations(directory).at(-1) === generation) return true;
  rmSync(path, { force: true });
  return false;
}

/** Marks the owner's own file as left on purpose; it stays, so that its number is never given out again. */
export function markReleased(directory: string, generation: number, record: OwnerRecord): void {
  const temporary = join(directory, `new.${record.bootId}`);
  writeFileSync(temporary, `${JSON.stringify({ ...record, released: true })}\n`, { mode: 0o600 });
  renameSync(temporary, ownerPath(directory, generation));
}

/** Removes what owners before this one left. Only the holder of `generation` may call it. */
export function removeOlder(directory: string, generation: number): void {
  for (const older of generations(directory)) {
    if (older < generation) rmSync(ownerPath(directory, older), { force: true });
  }
}

function generations(directory: string): number[] {
  return readdirSync(directory)
    .map((name) => NAME.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

function ownerPath(directory: string, generation: number): string {
  return join(directory, `owner.${generation}.json`);
}

function parse(text: string): OwnerRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is OwnerRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'pid') === 'number' &&
    typeof Reflect.get(value, 'bootId') === 'string' &&
    typeof Reflect.get(value, 'socket') === 'string'
  );
}
