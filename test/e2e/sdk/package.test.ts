import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Pealbell } from '../../../sdk/server/src/index.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const PACKAGE = join(ROOT, 'sdk/server');

/** The package as others install it: packed, unpacked into a project of its own, used from there. */
describe('the package @pealbell/server', function () {
  this.timeout(120_000);
  let dir: string;
  let files: readonly string[];

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'pealbell-pack-'));
    const packed = await run('npm', ['pack', '--json', '--loglevel=error', `--pack-destination=${dir}`], {
      cwd: PACKAGE,
    });
    // The build that runs before packing may write lines of its own.
    const [report] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('[\n'))) as [
      { filename: string; files: { path: string }[] },
    ];
    files = report.files.map(({ path }) => path).sort();
    const home = join(dir, 'node_modules/@pealbell/server');
    await mkdir(home, { recursive: true });
    await run('tar', ['-xzf', join(dir, report.filename), '-C', home, '--strip-components=1']);
  });
  after(() => rm(dir, { recursive: true, force: true }));

  it('holds the compiled client with its types, its page and its licence, and nothing else', () => {
    const others = files.filter((path) => !/^dist\/[\w-]+\.(?:js|d\.ts)$/.test(path));
    assert.deepEqual(others, ['LICENSE', 'README.md', 'package.json']);
    for (const path of ['dist/index.js', 'dist/index.d.ts', 'dist/openapi.d.ts']) assert.ok(files.includes(path), path);
  });

  it('needs nothing but Node, and says under which licence it stands', async () => {
    const manifest = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8')) as Record<string, unknown>;
    assert.deepEqual([manifest.dependencies, manifest.peerDependencies], [undefined, undefined]);
    assert.equal(await readFile(join(PACKAGE, 'LICENSE'), 'utf8'), await readFile(join(ROOT, 'LICENSE'), 'utf8'));
  });

  it('is imported and required by plain Node', async () => {
    const use = `const client = new Pealbell({ url: 'http://127.0.0.1:9', key: 'pealbell_key_x', retries: 0 });
      client.messages.get('msg_x').catch((error) => console.log(error.code, Object.keys(client).join()));`;
    const expected = `connection_failed ${Object.keys(new Pealbell({ url: 'http://127.0.0.1', key: 'x' })).join()}\n`;
    await writeFile(join(dir, 'use.mjs'), `import { Pealbell } from '@pealbell/server';\n${use}`);
    assert.equal((await run(process.execPath, [join(dir, 'use.mjs')])).stdout, expected);
    await writeFile(join(dir, 'use.cjs'), `const { Pealbell } = require('@pealbell/server');\n${use}`);
    assert.equal((await run(process.execPath, ['--no-warnings', join(dir, 'use.cjs')])).stdout, expected);
  });

  it('brings types that a strict project compiles with, and that find mistakes', async () => {
    const options = {
      ...{ target: 'es2022', module: 'nodenext', strict: true, noEmit: true, skipLibCheck: false },
      ...{ types: ['node'], typeRoots: [join(ROOT, 'node_modules/@types')] },
    };
    const head = `import { Pealbell } from '@pealbell/server';\nconst client = new Pealbell({ url: 'http://x', key: 'k' });\n`;
    const good = `for await (const { state } of client.messages.deliveries('m')) console.log(state === 'sent');`;
    const bad = `await client.messages.send({ to: { user: ['alice'] } });`;
    await writeFile(
      join(dir, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, files: ['good.mts', 'bad.mts'] }),
    );
    await writeFile(join(dir, 'good.mts'), head + good);
    await writeFile(join(dir, 'bad.mts'), head + bad);
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const told = await run(process.execPath, [tsc, '-p', dir]).then(
      () => '',
      (failed: { stdout: string }) => failed.stdout,
    );
    const faults = told.split('\n').filter((line) => line.includes('error TS'));
    assert.equal(faults.length, 1, told);
    assert.match(faults[0] ?? '', /bad\.mts.*'user' does not exist/);
  });
});
