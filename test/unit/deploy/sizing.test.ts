import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const textOf = (path: string) => readFile(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)), 'utf8');

describe('docs/sizing.md', () => {
  it('has figures of docs/performance.md, each of the command that stands beside it', async () => {
    const [page, performance] = await Promise.all([textOf('docs/sizing.md'), textOf('docs/performance.md')]);
    const rows = [
      ...page.matchAll(
        /^\| .*, (one|\d+) workers? \| ([^|]*) \| `(npm run bench -- (W\d+)[^`]* --backend (\S+)[^`]*)` \|$/gm,
      ),
    ];
    assert.ok(rows.length >= 4);
    for (const [, workers = '', figures = '', command = '', workload = '', backend = ''] of rows) {
      const place = `${workload} ${backend}`;
      const text = performance.split(`<!-- ${place} -->`)[1]?.split(`<!-- /${place} -->`)[0] ?? '';
      assert.ok(text.includes(`\`${command}\``), `${place} was measured by another command`);
      const who = workers === 'one' ? '| Pealbell, one worker |' : `| Pealbell, ${workers} workers |`;
      const row = text.split('\n').find((line) => line.startsWith(who)) ?? '';
      const told = figures.match(/\d[\d,.]*\d|\d/g) ?? [];
      assert.ok(told.length >= 2);
      for (const figure of told)
        assert.match(row, new RegExp(`\\| ${figure.replaceAll('.', '\\.')}(?: \\(| \\|)`), `${place}: ${figure}`);
    }
    const sentences = page.matchAll(/(\d+) bytes (?:each|of BSON)/g);
    for (const [, bytes] of sentences)
      assert.match(performance, new RegExp(`The record of a delivery .*\\b${bytes}\\b`));
  });
});
