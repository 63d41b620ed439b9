/**
 * The import graph as a test: which folder may import what (the table below), which package stops at whose border,
 * and no cycles, types included. Runs with the linter: `node dist/test/support/import-graph.js`, in the root of the
 * checkout.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Folders whose TypeScript is checked. */
const ROOTS = ['src', 'providers', 'config', 'sdk', 'test', 'bench'];

interface Border {
  /** Matches the paths of the files it is about; its first group, if any, stands for `$1` in `may`. */
  readonly of: RegExp;
  /** Starts of paths that these files may import from our own code. */
  readonly may: readonly string[];
  /** Starts of paths of which they may import types only. */
  readonly types?: readonly string[];
}

/** The first row that matches a file counts. Every edge, commands too, may use the words of the domain and the ports. */
const BORDERS: readonly Border[] = [
  { of: /^(?:test|bench)\//, may: [''] },
  { of: /^providers\/([^/]+\/simulator)/, may: ['providers/simulation.ts', 'providers/simulation/', 'providers/$1'] },
  { of: /^providers\/simulation\//, may: ['providers/simulation.ts', 'providers/simulation/'] },
  { of: /^providers\/shared\//, may: ['providers/shared/', 'providers/contract.ts'] },
  { of: /^providers\/contract(?:\.ts$|\/)/, may: ['providers/contract/'], types: ['src/domain/'] },
  { of: /^providers\/simulation\.ts$/, may: [] },
  { of: /^providers\/author\.ts$/, may: ['providers/contract.ts'] },
  { of: /^providers\/catalogue\.ts$/, may: ['providers/contract.ts', 'providers/*/kind.ts'] },
  { of: /^(providers\/[^/]+\/)/, may: ['providers/contract.ts', 'providers/shared/', '$1'] },
  {
    of: /^config\//,
    may: ['config/', 'providers/catalogue.ts', 'providers/contract.ts', 'src/domain/', 'src/egress/address.ts'],
  },
  { of: /^src\/domain\//, may: ['src/domain/'] },
  { of: /^src\/ports\//, may: ['src/ports/', 'src/domain/'] },
  { of: /^src\/usecases\//, may: ['src/usecases/', 'src/ports/', 'src/domain/', 'providers/contract.ts'] },
  // Tells callers what became of their messages; goes out by the one way out.
  {
    of: /^src\/webhooks\//,
    may: ['src/webhooks/', 'src/egress/', 'src/usecases/', 'src/ports/', 'src/domain/'],
  },
  { of: /^(src\/(?:http|connector|jobs)\/)/, may: ['$1', 'src/usecases/', 'src/ports/', 'src/domain/'] },
  { of: /^src\/redis\//, may: ['src/redis/', 'src/ports/', 'src/domain/'] },
  { of: /^(src\/(?:queue|bus)\/)/, may: ['$1', 'src/redis/', 'src/ports/', 'src/domain/'] },
  { of: /^(src\/(?:store|runtime)\/)/, may: ['$1', 'src/ports/', 'src/domain/'] },
  { of: /^src\/egress\//, may: ['src/egress/', 'src/domain/'] },
  // Judges access tokens; the one place that knows their library.
  { of: /^src\/access\//, may: ['src/access/', 'src/usecases/', 'src/ports/', 'src/domain/'] },
  {
    of: /^src\/routing\//,
    may: [
      ...['src/routing/', 'src/ports/', 'src/domain/', 'providers/contract.ts'],
      ...['src/usecases/provider-directory.ts', 'src/usecases/realtime-apps.ts'],
    ],
  },
  {
    of: /^src\/simulators(?:\/|\.ts)/,
    may: ['src/simulators', 'providers/*/simulator.ts', 'providers/simulation.ts', 'providers/simulation/'],
  },
  // Clients are packages of their own: they know the API by its documents only.
  { of: /^sdk\/client\//, may: ['sdk/client/'] },
  { of: /^sdk\/server\//, may: ['sdk/server/src/'] },
  { of: /^src\/version\.ts$/, may: [] },
  { of: /^src\/compose(?:\/|\.ts)/, may: ['src/', 'providers/', 'config/'] },
  // Runs in a browser: it knows the house by its addresses, and devices' connections by the client.
  { of: /^src\/cli\/demo\/page\//, may: ['src/cli/demo/page/', 'sdk/client/src/index.ts'] },
  {
    of: /^src\/(?:cli\/|main\.ts)/,
    may: [
      ...['src/cli/', 'src/compose.ts', 'src/simulators.ts', 'src/runtime/', 'src/version.ts', 'config/'],
      ...['src/ports/', 'src/domain/', 'sdk/server/src/index.ts', 'sdk/client/src/index.ts'],
    ],
  },
];

/** Files that only these may import, whatever the table above says. */
const GUARDED: readonly { readonly file: RegExp; readonly by: RegExp; readonly why: string }[] = [
  {
    file: /^providers\/[^/]+\/simulator/,
    by: /^(?:providers\/[^/]+\/simulator|src\/simulators|test\/|bench\/)/,
    why: 'a simulator is the other side of the protocol',
  },
  {
    file: /^src\/(?:cli\/|main\.ts)/,
    by: /^(?:src\/(?:cli\/|main\.ts)|test\/|bench\/)/,
    why: 'commands are the outermost edge',
  },
];

/** Loaded by `import()` alone: a gateway that does real work does not carry them along. */
const LAZY: readonly { readonly file: RegExp; readonly by: RegExp; readonly why: string }[] = [
  { file: /^src\/simulators(?:\/|\.ts)/, by: /^src\/(?!simulators)/, why: 'simulators are loaded where they are used' },
];

/** Where each package stops; `zod` checks what comes in at an edge. A new dependency gets its line here; `compose` and tests may name any. */
const PACKAGES: Readonly<Record<string, RegExp>> = {
  '@electric-sql/pglite': /^src\/(?:store|queue)\//,
  '@parse/node-apn': /^providers\/apns\//,
  bullmq: /^src\/queue\//,
  express: /^src\/http\//,
  ioredis: /^src\/redis\//,
  'firebase-admin': /^providers\/fcm\//,
  jose: /^src\/access\//,
  mongoose: /^src\/store\/mongo\//,
  pg: /^src\/(?:store|queue)\//,
  pino: /^src\/runtime\//,
  'prom-client': /^src\/(?:runtime|http)\//,
  selfsigned: /^(?:src\/simulators|providers\/[^/]+\/simulator)/,
  'web-push': /^src\/cli\//,
  ws: /^src\/(?:connector|cli\/demo)\//,
  yaml: /^(?:config|src\/cli)\//,
  zod: /^(?:config\/|providers\/|src\/http\/|src\/simulators)/,
};
const ANY_PACKAGE = /^(?:src\/compose(?:\/|\.ts)|test\/|bench\/)/;

interface Import {
  readonly specifier: string;
  readonly typesOnly: boolean;
  /** `import()`, when the code runs. */
  readonly isLazy: boolean;
}

/** Imports and re-exports of a formatted file: statements at the start of a line, and `import()` anywhere. */
export function importsOf(text: string): readonly Import[] {
  const found: Import[] = [];
  for (const match of text.matchAll(/^(?:import|export)\b([^;'"`]*?)\bfrom\s*['"]([^'"]+)['"]/gm)) {
    const [, clause = '', specifier = ''] = match;
    const names =
      /\{([^}]*)\}/
        .exec(clause)?.[1]
        ?.split(',')
        .filter((name) => name.trim() !== '') ?? [];
    const inline = /^\s*\{/.test(clause) && names.length > 0 && names.every((name) => /^\s*type\s/.test(name));
    found.push({ specifier, typesOnly: inline || /^\s*type\b/.test(clause), isLazy: false });
  }
  for (const match of text.matchAll(/^import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm)) {
    found.push({ specifier: match[1] ?? match[2] ?? '', typesOnly: false, isLazy: match[1] === undefined });
  }
  return found;
}

/**
 * Every way in which the files break the rules, one sentence each; empty when they break none.
 *
 * @param files text by path from the root, with `/`
 */
export function checkImportGraph(files: ReadonlyMap<string, string>): readonly string[] {
  const faults: string[] = [];
  const edges = new Map<string, Set<string>>();
  for (const [file, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const targets = new Set<string>();
    edges.set(file, targets);
    const border = BORDERS.find(({ of }) => of.test(file));
    if (border === undefined)
      faults.push(`${file}: its folder has no row in the table of test/support/import-graph.ts`);
    for (const { specifier, typesOnly, isLazy } of importsOf(text)) {
      if (specifier.startsWith('node:')) continue;
      if (!specifier.startsWith('.')) {
        faults.push(...checkPackage(file, specifier));
        continue;
      }
      const target = posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts');
      if (files.has(target)) targets.add(target);
      if (border !== undefined && !isAllowed(file, target, border, typesOnly)) {
        const but = isAllowed(file, target, border, true) ? ' except for its types' : '';
        faults.push(`${file} must not import ${target}${but}`);
      }
      const guard = GUARDED.find(({ file: guarded, by }) => guarded.test(target) && !by.test(file));
      if (guard !== undefined) faults.push(`${file} must not import ${target}: ${guard.why}`);
      const lazy = LAZY.find(({ file: late, by }) => late.test(target) && by.test(file));
      if (lazy !== undefined && !isLazy && !typesOnly)
        faults.push(`${file} must import ${target} with import(): ${lazy.why}`);
    }
  }
  return [...new Set([...faults, ...findCycles(edges)])];
}

function isAllowed(file: string, target: string, border: Border, typesOnly: boolean): boolean {
  const own = border.of.exec(file)?.[1] ?? '';
  const starts = typesOnly ? [...border.may, ...(border.types ?? [])] : border.may;
  return starts.some((start) => startsLike(target, start.replace('$1', own)));
}

/** `*` in `start` stands for one folder or part of a name. */
function startsLike(path: string, start: string): boolean {
  const pattern = start.split('*').map((part) => part.replace(/[.\\$]/g, '\\$&'));
  return new RegExp(`^${pattern.join('[^/]+')}`).test(path);
}

function checkPackage(file: string, specifier: string): readonly string[] {
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  if (ANY_PACKAGE.test(file)) return [];
  const border = Object.hasOwn(PACKAGES, name) ? PACKAGES[name] : undefined;
  if (border === undefined) return [`${file} imports ${name}, which has no line in test/support/import-graph.ts`];
  return border.test(file) ? [] : [`${file} must not import ${name}: it stops at the border of ${border.source}`];
}

/** One shortest cycle through the first file of each group of files that reach each other. */
function findCycles(edges: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const told = new Set<string>();
  const faults: string[] = [];
  for (const start of edges.keys()) {
    if (told.has(start)) continue;
    const cycle = shortestWayBack(start, edges);
    if (cycle === undefined) continue;
    for (const file of cycle) told.add(file);
    faults.push(`cycle: ${[...cycle, start].join(' -> ')}`);
  }
  return faults;
}

function shortestWayBack(
  start: string,
  edges: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    for (const next of edges.get(file) ?? []) {
      if (next === start) {
        const way = [file];
        for (let at = cameFrom.get(file); at !== undefined; at = cameFrom.get(at)) way.unshift(at);
        return way;
      }
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, file);
      queue.push(next);
    }
  }
  return undefined;
}

async function readTree(root: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const top of ROOTS) {
    const names = await readdir(join(root, top), { recursive: true }).catch(() => []);
    for (const name of names) {
      const path = posix.join(top, name.replaceAll('\\', '/'));
      if (path.endsWith('.ts') && !/\/(?:node_modules|dist)\//.test(path))
        files.set(path, await readFile(join(root, path), 'utf8'));
    }
  }
  return files;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const files = await readTree(process.cwd());
  const faults =
    files.size === 0 ? ['no TypeScript found: run this in the root of the checkout'] : checkImportGraph(files);
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  process.stdout.write(`import graph: ${files.size} files, ${faults.length} faults\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
