/**
 * `docs/openapi.json`: the API as it is checked in, for those who make clients of it. Written by `npm run openapi`,
 * in the root of the checkout; held equal by a test.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { describedApi } from './described-api.js';

const FILE = 'docs/openapi.json';

/** What the file should hold. */
export function openApiText(): string {
  return `${JSON.stringify(describedApi(), undefined, 2)}\n`;
}

/** What the file holds; empty where there is none. */
export function openApiFileText(): string {
  try {
    return readFileSync(new URL(`../../../${FILE}`, import.meta.url), 'utf8');
  } catch {
    return '';
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const changed = openApiFileText() !== openApiText();
  writeFileSync(new URL(`../../../${FILE}`, import.meta.url), openApiText());
  process.stdout.write(`${FILE}: ${changed ? 'written anew; commit it' : 'as it was'}\n`);
}
