import assert from 'node:assert/strict';
import { openApiFileText, openApiText } from '../../support/openapi-file.js';

describe('docs/openapi.json', () => {
  it('is the API as the code has it', () => {
    const wanted = openApiText();
    const found = openApiFileText();
    if (found === wanted) return;
    const lines = wanted.split('\n');
    const at = found.split('\n').findIndex((line, i) => line !== lines[i]);
    assert.fail(
      `docs/openapi.json is not what the code describes, from line ${at + 1} on (the code: ${lines[at]?.trim()}); ` +
        'run `npm run openapi` and commit docs/openapi.json',
    );
  });
});
