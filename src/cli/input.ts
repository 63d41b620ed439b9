import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Misuse } from './client-command.js';

/** A file that a command reads; `-` is standard input. @throws Misuse when there is no such file */
export function openInput(path: string): Readable {
  return path === '-' ? process.stdin : createReadStream(path);
}

/** A file with one JSON object. @throws Misuse when it cannot be read, or holds something else */
export async function readJsonObject(path: string): Promise<Record<string, unknown>> {
  const name = path === '-' ? 'standard input' : path;
  const written = await (path === '-' ? text(process.stdin) : readFile(path, 'utf8')).catch((error: Error) => {
    throw new Misuse(`cannot read ${name}: ${error.message}`);
  });
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch (error) {
    throw new Misuse(`${name} is not JSON: ${(error as Error).message}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Misuse(`${name} must hold one JSON object`);
}
