import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const read = (path: string) => readFile(new URL(`../../../../${path}`, import.meta.url), 'utf8');
const REMEDY = 'run npm run sdk:types and commit sdk/server/src/openapi.ts';

describe('the types of the client', () => {
  it('are those of the checked-in OpenAPI document, unchanged by hand', async () => {
    const written = await read('sdk/server/src/openapi.ts');
    const [, document, types] = /document sha256 (\w{64})\n \* types {4}sha256 (\w{64})\n/.exec(written) ?? [];
    assert.equal(document, hash(await read('docs/openapi.json')), `the document has changed since: ${REMEDY}`);
    assert.equal(types, hash(written.slice(written.indexOf('*/\n\n') + 4)), `changed by hand: ${REMEDY}`);
  });
});
