import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { checkRoles, type Role } from '../../../config/roles.js';
import { makeDataKey } from '../../../src/domain/data-key.js';
import type { JsonSchema } from '../../support/json-schema.js';
import { openWorkspace } from '../config/workspace.js';
import { pathOf, textOf, valueAt } from './files.js';

const CHART = 'deploy/helm/pealbell';
const SECRETS = '/run/secrets/pealbell';
type Values = Readonly<Record<string, unknown>>;

/** What always holds of the chart, without helm; rendered.test.ts has the rest. */
describe('the chart', () => {
  let values: Values & {
    readonly config: object;
    readonly processes: Readonly<Record<string, { readonly enabled: boolean; readonly roles: readonly Role[] }>>;
  };
  let schema: JsonSchema;
  let templates: readonly string[];

  before(async () => {
    values = parse(await textOf(`${CHART}/values.yaml`));
    schema = JSON.parse(await textOf(`${CHART}/values.schema.json`));
    const names = await readdir(pathOf(`${CHART}/templates`));
    templates = await Promise.all(names.map((name) => textOf(join(CHART, 'templates', name))));
  });

  const accepts = (candidate: object) => new Ajv({ strict: false }).validate(schema, candidate);

  it('has default values that its schema takes', () => {
    assert.ok(accepts(values));
    assert.ok(!accepts({ ...values, existingSecret: '' }), 'a Secret must be named');
    assert.ok(!accepts({ ...values, replicas: 2 }), 'what does not exist is refused');
    const odd = { ...values.processes.api, roles: ['sender'] };
    assert.ok(!accepts({ ...values, processes: { ...values.processes, odd } }), 'only roles that exist');
  });

  it('uses no value that values.yaml and the schema do not have', () => {
    const used = new Set(
      templates.flatMap((text) => [...text.matchAll(/\.Values\.([\w.]+)/g)].map(([, path = '']) => path)),
    );
    assert.ok(used.size > 15);
    for (const path of used) {
      const parts = path.split('.');
      assert.notEqual(valueAt(values, path), undefined, `values.yaml lacks ${path}`);
      if (parts[0] !== 'config' || parts.length === 1)
        assert.ok(isDescribed(schema, parts), `the schema lacks ${path}`);
    }
  });

  it('uses no field of processes that the schema does not have, and has none that it does not use', () => {
    const described = schema.properties?.processes?.additionalProperties;
    assert.ok(typeof described === 'object');
    const { properties = {} } = described;
    const text = templates.join('\n');
    const read = (name: string) =>
      new Set([...text.matchAll(new RegExp(`\\$${name}\\.(\\w+)`, 'g'))].map(([, key]) => key));
    assert.deepEqual([...read('process')].sort(), Object.keys(properties).sort());
    assert.deepEqual([...read('scaling')].sort(), Object.keys(properties.autoscaling?.properties ?? {}).sort());
    for (const [name, process] of Object.entries(values.processes)) {
      assert.deepEqual(Object.keys(process).sort(), Object.keys(properties).sort(), name);
    }
  });

  it('has no value that nothing uses', () => {
    const text = templates.join('\n');
    for (const [group, value] of Object.entries(values)) {
      if (new RegExp(`\\.Values\\.${group}(?![\\w.])`).test(text)) continue;
      assert.ok(typeof value === 'object' && value !== null, `${group} is not used`);
      for (const key of Object.keys(value))
        assert.ok(text.includes(`.Values.${group}.${key}`), `${group}.${key} is not used`);
    }
  });

  it('has a gateway.yaml that loads, under which its processes run', async () => {
    const files = await openWorkspace();
    try {
      const key = makeDataKey((size) => randomBytes(size));
      const secrets = { 'data.key': key, 'store-url': 'postgres://p:q@db/pealbell', 'queue-url': 'rediss://:r@redis' };
      for (const [name, text] of Object.entries(secrets)) await files.write(`secrets/${name}`, text);
      const text = JSON.stringify(values.config).replaceAll(SECRETS, join(files.dir, 'secrets'));
      await files.write('config/gateway.yaml', text);
      const config = await files.load();
      assert.deepEqual(config.warnings, []);
      assert.deepEqual([config.store.url.kind, config.queue.url.kind], ['postgres', 'redis']);
      for (const { roles } of Object.values(values.processes)) assert.deepEqual(checkRoles(config, roles), []);
    } finally {
      await files.remove();
    }
  });

  it('runs over MongoDB where the Secret names it', async () => {
    const files = await openWorkspace();
    try {
      const url = 'mongodb://p:q@a:27017,b:27017/pealbell?replicaSet=rs0';
      const secrets = {
        'data.key': makeDataKey((size) => randomBytes(size)),
        'store-url': url,
        'queue-url': 'redis://r',
      };
      for (const [name, text] of Object.entries(secrets)) await files.write(`secrets/${name}`, text);
      const text = JSON.stringify(values.config).replaceAll(SECRETS, join(files.dir, 'secrets'));
      await files.write('config/gateway.yaml', text);
      const config = await files.load();
      assert.deepEqual(config.store.url, { kind: 'mongodb', url });
      for (const { roles } of Object.values(values.processes)) assert.deepEqual(checkRoles(config, roles), []);
    } finally {
      await files.remove();
    }
  });

  it('asks the program for its health where it tells it', () => {
    const asked = templates.join('\n').matchAll(/(\w+)Probe:\n\s+httpGet: \{ path: (\S+), port: (\w+) \}/g);
    assert.deepEqual(
      [...asked].map(([, probe, path, port]) => [probe, path, port]),
      [
        ['startup', '/livez', 'admin'],
        ['liveness', '/livez', 'admin'],
        ['readiness', '/readyz', 'admin'],
      ],
    );
  });

  it('makes no Secret, and holds none', () => {
    for (const text of templates) assert.doesNotMatch(text, /kind: Secret\b/);
    assert.doesNotMatch(JSON.stringify(values), /:\/\/[^\s$"]*:[^\s$@"]+@/);
  });
});

function isDescribed(schema: JsonSchema | undefined, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined || schema === undefined) return schema !== undefined;
  return isDescribed(schema.properties?.[key], rest);
}
