/** Writes the types of the client from the OpenAPI document; `npm run sdk:types`. See docs/adr/0011. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

const DOCUMENT = new URL('../../docs/openapi.json', import.meta.url);
const TYPES = new URL('../server/src/openapi.ts', import.meta.url);

const document = await readFile(DOCUMENT, 'utf8');
const nodes = await openapiTS(JSON.parse(document), {
  // A caller may leave out what has a default.
  defaultNonNullable: false,
  // An object of which nothing is said may hold anything.
  emptyObjectsUnknown: true,
  // `Message` beside `components['schemas']['Message']`.
  rootTypes: true,
  rootTypesNoSchemaPrefix: true,
});
const types = astToString(nodes);
const hash = (text) => createHash('sha256').update(text).digest('hex');
// A test compares both with what is there: see test/unit/sdk/openapi-types.test.ts.
const head = `/**
 * Made from docs/openapi.json by \`npm run sdk:types\`; do not change it by hand.
 *
 * document sha256 ${hash(document)}
 * types    sha256 ${hash(types)}
 */

`;
await writeFile(TYPES, head + types);
process.stdout.write('sdk/server/src/openapi.ts is written\n');
