import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describedApi } from '../../support/described-api.js';
import { type ApiDocument, breakingChanges } from '../../support/openapi-compat.js';

const BASELINE = new URL('../../../../docs/openapi.baseline.json', import.meta.url);

describe('docs/openapi.baseline.json', () => {
  it('is an API whose clients the API of today does not break', () => {
    const baseline = JSON.parse(readFileSync(BASELINE, 'utf8')) as ApiDocument;
    const current = JSON.parse(JSON.stringify(describedApi())) as ApiDocument;
    const breaks = breakingChanges(baseline, current);
    assert.deepEqual(
      breaks,
      [],
      `/v1 only grows. These break clients of the last released API:\n  ${breaks.join('\n  ')}\n` +
        'Mend them; the baseline changes with a release only (cp docs/openapi.json docs/openapi.baseline.json).',
    );
  });
});
