/** Durations and byte sizes as people write them in the files: a whole number and a unit, such as `7d` or `1MB`. */

import type { Rate } from '../src/domain/rate.js';

const MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Powers of 1024, as nginx and Express's body parser count. */
const BYTES: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** Milliseconds of `500ms`, `8s`, `15m`, `24h` or `7d`; `undefined` when the text is none of these. */
export function parseDuration(text: string): number | undefined {
  return parse(text, MS);
}

/** Bytes of `512B`, `64KB`, `1MB` or `2GB` (powers of 1024); `undefined` when the text is none of these. */
export function parseSize(text: string): number | undefined {
  return parse(text, BYTES);
}

/** `2000/s`, `600/m` or `5000/h`; `undefined` when the text is none of these. */
export function parseRate(text: string): Rate | undefined {
  const [, digits, unit] = /^([1-9]\d{0,8})\/([smh])$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  return { units: Number(digits), windowSeconds: (MS[unit] ?? Number.NaN) / 1_000 };
}

/** The shortest text that {@link parseDuration} reads back as `ms`. */
export function formatDuration(ms: number): string {
  return format(ms, MS);
}

/** The shortest text that {@link parseSize} reads back as `bytes`. */
export function formatSize(bytes: number): string {
  return format(bytes, BYTES);
}

function parse(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, digits, unit] = /^(\d{1,15})([A-Za-z]+)$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined || !Object.hasOwn(units, unit)) return undefined;
  const value = Number(digits) * (units[unit] ?? Number.NaN);
  return Number.isSafeInteger(value) ? value : undefined;
}

function format(value: number, units: Readonly<Record<string, number>>): string {
  const fitting = Object.entries(units).filter(([, size]) => value % size === 0 && value >= size);
  const [unit, size] = fitting.at(-1) ?? Object.entries(units)[0] ?? ['', 1];
  return `${value / size}${unit}`;
}
