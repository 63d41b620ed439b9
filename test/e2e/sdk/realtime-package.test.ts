import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const PACKAGE = join(ROOT, 'sdk/client');
/** What `npm run size` may tell; docs/adr/0022 says what is in it. */
const CORE_KB_MAX = 13;

/** The package as others install it: packed, unpacked into a project of its own, used from there. */
describe('the package @pealbell/realtime', function () {
  this.timeout(120_000);
  let dir: string;
  let home: string;
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
    home = join(dir, 'node_modules/@pealbell/realtime');
    await mkdir(home, { recursive: true });
    await run('tar', ['-xzf', join(dir, report.filename), '-C', home, '--strip-components=1']);
  });
  after(() => rm(dir, { recursive: true, force: true }));

  it('holds the compiled client with its types, its page and its licence, and nothing else', async () => {
    const others = files.filter((path) => !/^dist\/(?:\w+\/)?[\w-]+\.(?:js|d\.ts)$/.test(path));
    assert.deepEqual(others, ['LICENSE', 'README.md', 'package.json']);
    for (const path of ['dist/index.js', 'dist/web-push.d.ts', 'dist/worker/worker.js'])
      assert.ok(files.includes(path), path);
    const manifest = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8')) as Record<string, unknown>;
    assert.deepEqual([manifest.dependencies, manifest.peerDependencies], [undefined, undefined]);
    assert.equal(await readFile(join(PACKAGE, 'LICENSE'), 'utf8'), await readFile(join(ROOT, 'LICENSE'), 'utf8'));
  });

  it('needs nothing of a platform to be imported, and says what it misses to work', async () => {
    const bare = `for (const name of Object.getOwnPropertyNames(globalThis)) {
        if (/^(?:WebSocket|fetch|TextDecoder|AbortController|BroadcastChannel|navigator|localStorage|performance|crypto)$/.test(name))
          delete globalThis[name];
      }
      const { createRealtime } = await import('@pealbell/realtime');
      await import('@pealbell/realtime/web-push');
      await import('@pealbell/realtime/worker');
      try { createRealtime({ url: 'https://push.example.com', token: 't' }); } catch (error) { console.log(error.message); }
      const client = createRealtime({ url: 'https://push.example.com', token: 't', webSocket: class {} });
      client.on('message', () => {});
      console.log(client.state.kind);`;
    await writeFile(join(dir, 'bare.mjs'), bare);
    const { stdout } = await run(process.execPath, ['--no-warnings', join(dir, 'bare.mjs')]);
    assert.deepEqual(stdout.trim().split('\n'), [
      'createRealtime: this platform has none of the transports: give `webSocket` or `fetch`',
      'idle',
    ]);
  });

  it('has a service worker that is one classic script', async () => {
    const script = await readFile(join(home, 'dist/service-worker.js'), 'utf8');
    assert.doesNotMatch(script, /\b(?:import|export)\b/);
    const heard: string[] = [];
    const scope = { addEventListener: (type: string) => heard.push(type) };
    new Function('globalThis', script)(scope);
    assert.deepEqual(heard.sort(), ['message', 'notificationclick', 'push', 'sync']);
  });

  it('costs those who load it no more than it says', async () => {
    const { stdout } = await run(process.execPath, [join(PACKAGE, 'bundle.mjs'), 'size']);
    const [, core] = /core: ([\d.]+) KB/.exec(stdout) ?? [];
    assert.ok(Number(core) > 1 && Number(core) <= CORE_KB_MAX, stdout);
  });

  it('brings types that strict projects compile with, with the types of a browser, of Node or of neither', async () => {
    const head = `import { createRealtime, indexedDbStorage, memoryStorage, webStorage } from '@pealbell/realtime';
      import { registerWebPush } from '@pealbell/realtime/web-push';\n`;
    const good = `${head}
      const client = createRealtime({ url: 'https://x', token: async (why) => why, storage: memoryStorage() });
      client.on('message', async ({ id, notification }) => { await client.opened(id, notification?.actions?.[0]?.id); });
      client.on('state', (state) => { if (state.kind === 'stopped') state.code.toFixed(); });
      client.send('chat', { a: 1 }).then((sent) => sent.kind === 'refused' && sent.code);`;
    const browser = `${good}
      createRealtime({ url: 'https://x', token: 't', webSocket: WebSocket, fetch: window.fetch, storage: webStorage(localStorage) });
      createRealtime({ url: 'https://x', token: 't', storage: indexedDbStorage(),
        tabs: { locks: navigator.locks, channel: (name) => new BroadcastChannel(name) } });
      registerWebPush({ url: 'https://x', token: 't', serviceWorkerUrl: '/sw.js', vapidPublicKey: 'B' });`;
    const node = `${good}
      import { WebSocket } from 'ws';
      createRealtime({ url: 'https://x', token: 't', webSocket: WebSocket, fetch });`;
    const bad = `${head}createRealtime({ url: 'https://x', token: 't' }).on('massage', () => {});`;
    const told = await Promise.all([
      compile('browser', browser, { lib: ['es2022', 'dom'], types: [] }),
      compile('node', node, { lib: ['es2022'], types: ['node'] }),
      compile('neither', good, { lib: ['es2022'], types: [] }),
      compile('wrong', bad, { lib: ['es2022'], types: [] }),
    ]);
    assert.deepEqual(told.slice(0, 3), ['', '', '']);
    assert.match(told[3] ?? '', /"massage"/);
  });

  /** @returns what the compiler complains of */
  async function compile(name: string, text: string, options: object): Promise<string> {
    const project = join(dir, name);
    await mkdir(project);
    const compilerOptions = {
      ...{ target: 'es2022', module: 'nodenext', strict: true, noEmit: true, skipLibCheck: false },
      ...{ exactOptionalPropertyTypes: true, typeRoots: [join(ROOT, 'node_modules/@types')] },
      // Types of `ws` are the repository's.
      paths: { ws: [join(ROOT, 'node_modules/@types/ws')] },
      ...options,
    };
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.mts'] }));
    await writeFile(join(project, 'use.mts'), text);
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    return run(process.execPath, [tsc, '-p', project]).then(
      () => '',
      (failed: { stdout: string }) => failed.stdout,
    );
  }
});
