import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { parse } from 'yaml';
import { pathOf, textOf, valueAt } from './files.js';

describe('docs/deploy.md', () => {
  let page: string;
  before(async () => {
    page = await textOf('docs/deploy.md');
  });

  it('has the figures of docs/performance.md, each beside its command', async () => {
    const performance = await textOf('docs/performance.md');
    const rows = [...page.matchAll(/^\| [^|]+ \| ([^|]*\d[^|]*) \| `(npm run bench -- (W\d+)[^`]*)` \|$/gm)];
    assert.ok(rows.length >= 5);
    for (const [, figures = '', command = '', workload = ''] of rows) {
      const section = performance.split(/^<!-- (?:\/?)(W\d+) -->$/m);
      const text = section[section.indexOf(workload) + 1] ?? '';
      assert.ok(text.includes(`\`${command}\``), `${workload} was measured by another command`);
      const ours = text
        .split('\n')
        .filter((line) => line.startsWith('| Pealbell |'))
        .join('\n');
      for (const [figure] of figures.matchAll(/(?<![\w.,])\d[\d,.]*(?= (?:CPU-µs|a second|MB|KB|ms))/g)) {
        assert.match(ours, new RegExp(`\\| ${figure.replaceAll('.', '\\.')}(?: \\(|\\s)`), `${workload}: ${figure}`);
      }
    }
  });

  it('shows YAML that parses, and names files that there are', async () => {
    const blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text = '']) => text);
    assert.ok(blocks.length >= 4);
    for (const block of blocks) assert.equal(typeof parse(block), 'object');
    for (const [, name = ''] of page.matchAll(/`(deploy\/[\w./-]*\.(?:ya?ml|json)|config\/[\w.]+)`/g))
      await access(pathOf(name));
    for (const [, name = ''] of page.matchAll(/\]\(([\w-]+\.md)\)/g)) await access(pathOf(`docs/${name}`));
  });

  it('shows values that the chart has', async () => {
    const values = parse(await textOf('deploy/helm/pealbell/values.yaml'));
    for (const path of [
      'serviceMonitor.enabled',
      'networkPolicy.metricsFrom',
      'networkPolicy.egressPorts',
      'preStopSeconds',
    ]) {
      assert.ok(page.includes(`\`${path}\``), path);
      assert.notEqual(valueAt(values, path), undefined, path);
    }
  });
});
