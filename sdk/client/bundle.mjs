/**
 * The service worker as one classic script, which every browser takes; and what the package costs those who load it:
 * `npm run size`, in a checkout of the repository.
 */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

const SERVICE_WORKER = `import { installPealbell } from './src/worker/worker.ts'; installPealbell();`;

async function bundle(source, format) {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: at('.'), loader: 'ts' },
    ...{ bundle: true, minify: true, write: false, format, target: 'es2022' },
  });
  return outputFiles[0].contents;
}

/** Kilobytes (1,000 bytes) of each way to use it, minified and compressed. */
export async function sizes() {
  const uses = {
    core: `export { createRealtime } from './src/index.ts';`,
    webPush: `export { registerWebPush } from './src/web-push.ts';`,
    serviceWorker: SERVICE_WORKER,
  };
  const measured = Object.entries(uses).map(async ([name, source]) => {
    const bytes = await bundle(source, 'esm');
    return [name, { minified: bytes.length / 1_000, gzipped: gzipSync(bytes, { level: 9 }).length / 1_000 }];
  });
  return Object.fromEntries(await Promise.all(measured));
}

if (process.argv[2] === 'service-worker') {
  const { writeFile } = await import('node:fs/promises');
  await writeFile(at('dist/service-worker.js'), await bundle(SERVICE_WORKER, 'iife'));
} else if (process.argv[2] === 'size') {
  for (const [name, { minified, gzipped }] of Object.entries(await sizes())) {
    process.stdout.write(`${name}: ${gzipped.toFixed(1)} KB gzipped (${minified.toFixed(1)} KB minified)\n`);
  }
}
