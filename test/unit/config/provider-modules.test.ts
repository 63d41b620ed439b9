import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { formatFault } from '../../../config/fault.js';
import { readConfig } from '../../../config/load.js';

const MEMBERS = `limits: { batchTargetsMax: 1, payloadBytesMax: 1, ttlSecondsMax: 0 }, nativeFor: [], check: () => [], open: async () => ({})`;
const kind = (name: string, more = '') =>
  `export const kind = ({ z, InvalidInputError }) => ({ name: '${name}', options: z.strictObject({ key: z.string().meta({ secret: true }) }), channel: z.strictObject({ loud: z.boolean() }), parsePushToken: (raw) => { throw new InvalidInputError('no ' + raw); }, ${MEMBERS}${more} });\n`;

describe('providers of a module that an app’s file names', () => {
  let dir: string;
  let runs = 0;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'pealbell-modules-'));
    await mkdir(join(dir, 'apps'));
    await writeFile(join(dir, 'gateway.yaml'), 'log: { level: info }\n');
  });

  after(() => rm(dir, { recursive: true, force: true }));

  /** Modules are known by their files, which are new each time. */
  async function read(modules: Readonly<Record<string, string>>, yaml: string) {
    runs += 1;
    const folder = join(dir, `run${runs}`);
    await mkdir(folder);
    for (const [name, text] of Object.entries(modules)) await writeFile(join(folder, name), text);
    await writeFile(join(dir, 'apps', 'shop.yaml'), yaml.replaceAll('@', `../run${runs}`));
    return readConfig({ dir, env: {}, cwd: dir });
  }

  async function faults(modules: Readonly<Record<string, string>>, yaml: string): Promise<string[]> {
    const reading = await read(modules, yaml);
    return reading.kind === 'faulty' ? reading.faults.map(formatFault) : [];
  }

  it('are checked as any other, with options, channels and secrets of their own', async () => {
    const yaml = [
      'providers: { pager: { module: @/acme.mjs, key: top } }',
      'channels: { orders: { acme: { loud: true } }, promo: { pager: { loud: false } } }',
      '',
    ].join('\n');
    const reading = await read({ 'acme.mjs': kind('acme') }, yaml);
    assert.ok(reading.kind === 'loaded', JSON.stringify(reading));
    const [app] = reading.config.apps;
    const [provider] = app?.providers ?? [];
    assert.deepEqual([provider?.name, provider?.kind, provider?.options], ['pager', 'acme', { key: 'top' }]);
    assert.throws(() => provider?.module?.parsePushToken('x'), { name: 'InvalidInputError', message: 'no x' });
    assert.deepEqual(
      app?.channels.map(({ settings }) => settings),
      [{ pager: { loud: true } }, { pager: { loud: false } }],
    );
    assert.doesNotMatch(JSON.stringify(reading.config.printable), /top/);
    assert.ok(reading.config.sources.includes(join(dir, `run${runs}`, 'acme.mjs')));
    const again = await readConfig({ dir, env: {}, cwd: dir });
    assert.ok(again.kind === 'loaded');
    assert.equal(again.config.apps[0]?.providers[0]?.module, provider?.module);
  });

  it('may be a plain object, and errors of another copy of the contract count as its own', async () => {
    const zod = JSON.stringify(resolve('node_modules/zod/index.js'));
    const text = `import { z } from ${zod};
      class InvalidInputError extends Error { name = 'InvalidInputError'; }
      export const kind = { name: 'plain', options: z.strictObject({}), channel: z.strictObject({}), parsePushToken() { throw new InvalidInputError('none'); }, ${MEMBERS} };`;
    const reading = await read(
      { 'plain.js': text, 'package.json': '{"type":"module"}' },
      'providers: { plain: { module: @/plain.js } }\n',
    );
    assert.ok(reading.kind === 'loaded', JSON.stringify(reading));
    const module = reading.config.apps[0]?.providers[0]?.module;
    const { InvalidInputError } = await import('../../../providers/contract.js');
    assert.throws(() => module?.parsePushToken('x'), InvalidInputError);
  });

  const bad: readonly (readonly [string, string, string, RegExp])[] = [
    [
      'is not there',
      '',
      'module: ./none.mjs',
      /shop\.yaml:1:\d+ providers\.acme\.module: names .*none\.mjs, which is not there\. The path starts/,
    ],
    ['is no path', '', 'module: 7', /providers\.acme\.module: must be the path of a JavaScript module/],
    ['is no JavaScript', '', 'module: ./acme.ts', /must be a JavaScript module/],
    [
      'has no kind',
      'export const other = 1;',
      'module: @/acme.mjs',
      /has no export named kind\. What such a module is: docs\/providers\.md/,
    ],
    ['has a kind that is none', 'export const kind = 7;', 'module: @/acme.mjs', /has an export kind that is no kind/],
    [
      'has half a kind',
      "export const kind = { name: 'Acme', limits: {}, open() {} };",
      'module: @/acme.mjs',
      /name must be a name of a-z.*options must be a Zod schema.*limits must be batchTargetsMax.*check must be a function/,
    ],
    ['is no module', 'export const kind = {', 'module: @/acme.mjs', /cannot be loaded: /],
    ['throws', "throw new Error('no licence');", 'module: @/acme.mjs', /cannot be loaded: no licence/],
    [
      'imports what is not there',
      "import 'no-such-package-of-anybody';",
      'module: @/acme.mjs',
      /cannot be loaded: .*no-such-package-of-anybody/,
    ],
    [
      'takes a name of the catalogue',
      kind('fcm'),
      'module: @/acme.mjs',
      /has a kind named fcm, as one of Pealbell’s own\. Give the kind another name/,
    ],
    ['takes the name of the own road', kind('realtime'), 'module: @/acme.mjs', /has a kind named realtime/],
    [
      'says it is the house itself',
      kind('acme', ', isOwnRoad: true'),
      'module: @/acme.mjs, key: k',
      /isOwnRoad is the gateway’s own/,
    ],
    [
      'is of another kind',
      kind('acme'),
      'kind: other, module: @/acme.mjs, key: k',
      /providers\.acme\.kind: is not the kind of the module, which is acme/,
    ],
    ['lacks an option', kind('acme'), 'module: @/acme.mjs', /providers\.acme\.key: is missing/],
    [
      'has an option too many',
      kind('acme'),
      'module: @/acme.mjs, key: k, kez: k',
      /providers\.acme\.kez: is not a setting\. Did you mean key\?/,
    ],
  ];
  for (const [name, text, options, told] of bad) {
    it(`are refused with a sentence where the module ${name}`, async () => {
      const found = await faults({ 'acme.mjs': text }, `providers: { acme: { ${options} } }\n`);
      assert.ok(
        found.some((fault) => told.test(fault)),
        JSON.stringify(found),
      );
    });
  }
});
