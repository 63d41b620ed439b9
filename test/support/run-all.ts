/**
 * Runs every test: a mocha per group of files, three at a time, because most tests wait rather than compute. What a group
 * prints comes whole when it has ended. `node dist/test/support/run-all.js [words]`: only groups with one of the words.
 *
 * A group is what stands in one folder of `test/`; the slowest files are groups of their own and go first, so that
 * both ends are reached together. Exit code 1 where a test failed or a group found nothing to run.
 *
 * End-to-end tests run on the embedded store, and some of them once more on MongoDB and Redis (`test/support/backend.ts`);
 * with `PEALBELL_TEST_MATRIX=full` all of them do, on Postgres as well, which takes several times as long: for every night.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BACKEND_VARIABLE, type BackendKind } from './backend-kind.js';
import { makeEmpty, makeMigrated, TEMPLATES_VARIABLE } from './make-templates.js';

/** Groups under way at once: more would only make every test's own limit of time a matter of luck. */
const AT_ONCE = 3;
/** Files and folders below `dist/test` that are groups of their own, the longest first. */
const FIRST = ['chaos', 'e2e/hostile-input.test.js', 'e2e', 'e2e/delivery', 'contract'];

/** Beside the embedded store, on which everything runs. */
const SERVERS: readonly BackendKind[] = ['postgres', 'mongo+redis'];
/** With which some of them run every time; the embedded store speaks the same SQL as a Postgres server. */
const SERVERS_ALWAYS: readonly BackendKind[] = ['mongo+redis'];
/** What a store can do differently, each seen once from outside: the contract suites look at the rest. */
const ON_SERVERS = [
  'e2e/idempotency.test.js',
  'e2e/delivery/outcomes.test.js',
  'e2e/people/erasure.test.js',
  'e2e/realtime/online-first.test.js',
  'e2e/receipts/told-afterwards.test.js',
  'e2e/webhooks/told.test.js',
];
/**
 * Left out on servers, by the start of their names below `e2e`: those about the embedded store itself, or the program's first
 * steps with it; those whose subject knows the API alone, whatever is behind it; those that have no store, or open
 * the servers that they are about; and how many calls accepting takes, which is as many as fit between the ends of two where a
 * call leaves the process.
 */
const EMBEDDED_ONLY = [
  ...['accept-cost', 'demo', 'disk-full', 'init', 'process.', 'stranger'],
  ...['browser/', 'cli/', 'sdk/'],
  ...['config-diff', 'doctor', 'reload', 'simulators'],
];

interface Group {
  readonly name: string;
  readonly files: readonly string[];
  /** The embedded one when absent. */
  readonly backend?: BackendKind;
}

interface Ended {
  readonly group: string;
  readonly code: number | null;
  readonly isOnServers: boolean;
  readonly passing: number;
  readonly failing: number;
  readonly pending: number;
  readonly seconds: number;
  /** What mocha tells of the tests that failed, whole; empty where none did. */
  readonly failures: string;
}

const TESTS = 'dist/test/';
const WASM_BASELINE = new URL('./wasm-baseline.js', import.meta.url).href;
/** Characters of a group's failures at the end: their last ones. */
const FAILURES_SHOWN = 8_000;
/** More than `EVENTUALLY_MS` of `world.ts`, so that a test tells what it waited for. */
const TEST_TIMEOUT_MS = 60_000;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  const files = (await readdir(TESTS, { recursive: true })).filter((file) => file.endsWith('.test.js'));
  const isFull = process.env.PEALBELL_TEST_MATRIX === 'full';
  const groups = [...groupFiles(files.sort()), ...groupsOnServers(files, isFull)].filter(
    ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
  );
  const waiting = [...groups];
  const ended: Ended[] = [];
  const templates = await mkdtemp(join(tmpdir(), 'pealbell-templates-'));
  await makeEmpty(templates);
  await makeMigrated(templates);
  const lanes = Array.from({ length: AT_ONCE }, async () => {
    for (let group = waiting.shift(); group !== undefined; group = waiting.shift())
      ended.push(await run(group, templates));
  });
  await Promise.all(lanes).finally(() => rm(templates, { recursive: true, force: true }));
  return report(ended);
}

/**
 * Every file is in exactly one group: its own, where it is named; else that of its folder below `e2e`; else that of its
 * folder below `test`.
 *
 * @param files below `dist/test`
 */
export function groupFiles(files: readonly string[]): readonly Group[] {
  const groups = new Map<string, string[]>(FIRST.map((name) => [name, []]));
  for (const file of files) {
    const [root = '', folder = ''] = file.split('/');
    const own = groups.has(file) ? file : root === 'e2e' && !folder.endsWith('.test.js') ? `${root}/${folder}` : root;
    groups.set(own, [...(groups.get(own) ?? []), file]);
  }
  return [...groups].map(([name, of]) => ({ name, files: of })).filter((group) => group.files.length > 0);
}

/** Some of the end-to-end tests on each kind of servers, or all that can mean something there. */
export function groupsOnServers(files: readonly string[], isFull: boolean): readonly Group[] {
  return (isFull ? SERVERS : SERVERS_ALWAYS).flatMap((backend) => {
    if (!isFull)
      return [{ name: `some e2e on ${backend}`, files: ON_SERVERS.filter((file) => files.includes(file)), backend }];
    const wanted = files.filter((file) => file.startsWith('e2e/') && !isEmbeddedOnly(file));
    return groupFiles(wanted).map((group) => ({ ...group, name: `${group.name} on ${backend}`, backend }));
  });
}

function isEmbeddedOnly(file: string): boolean {
  return EMBEDDED_ONLY.some((start) => file.startsWith(`e2e/${start}`));
}

function run({ name, files, backend }: Group, templates: string): Promise<Ended> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const settings = ['--no-config', '--forbid-only', '--timeout', String(TEST_TIMEOUT_MS)];
    const paths = files.map((file) => `${TESTS}${file}`);
    const child = spawn(process.execPath, ['node_modules/mocha/bin/mocha.js', ...settings, ...paths], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        [TEMPLATES_VARIABLE]: templates,
        [BACKEND_VARIABLE]: backend ?? 'embedded',
        // For every program that is started on the way as well.
        NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import ${WASM_BASELINE}`,
      },
    });
    const said: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const text = Buffer.concat(said).toString();
      const seconds = Math.round((performance.now() - startedAt) / 1_000);
      process.stdout.write(`\n━━ ${name} (${seconds} s)\n${text}`);
      const count = (word: string) => Number(new RegExp(`^ +(\\d+) ${word}`, 'm').exec(text)?.[1] ?? 0);
      resolve({
        ...{ group: name, code, seconds, isOnServers: backend !== undefined },
        ...{ passing: count('passing'), failing: count('failing'), pending: count('pending') },
        failures: code === 0 ? '' : failuresIn(text),
      });
    });
  });
}

/** Said once more at the end of all, where whoever has only the last lines finds it. */
function failuresIn(text: string): string {
  const from = text.search(/^ +\d+ failing/m);
  return (from === -1 ? text : text.slice(from)).slice(-FAILURES_SHOWN);
}

function report(ended: readonly Ended[]): number {
  const sum = (of: 'passing' | 'failing' | 'pending') => ended.reduce((total, group) => total + group[of], 0);
  // Without the servers all of such a group is pending, and each test says why.
  const isEmpty = ({ passing, pending, isOnServers }: Ended) => passing === 0 && !(isOnServers && pending > 0);
  const bad = ended.filter((group) => group.code !== 0 || isEmpty(group));
  process.stdout.write(`\n${ended.map(({ group, seconds }) => `${group} ${seconds} s`).join(', ')}\n`);
  process.stdout.write(`${sum('passing')} passing, ${sum('failing')} failing, ${sum('pending')} pending\n`);
  for (const { group, code, passing, failures } of bad) {
    process.stdout.write(`\n${group}: ${passing === 0 ? 'ran no test' : `ended with ${code}`}\n${failures}`);
  }
  return bad.length === 0 && ended.length > 0 ? 0 : 1;
}
