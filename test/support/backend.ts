/**
 * Where a world of the end-to-end tests keeps what it has. `PEALBELL_TEST_BACKEND` chooses it for a run: the same tests
 * hold on each. Where its servers are not to be had, every test of the run is pending with the reason.
 */
import { BACKEND_VARIABLE, BACKENDS, type BackendKind } from './backend-kind.js';
import { migratedDataDirectory } from './pglite-template.js';
import { freshDatabase } from './postgres-server.js';
import { startRedis } from './redis-server.js';

/** An own, empty place for one world. */
export interface TestBackend {
  readonly kind: BackendKind;
  /** `store.url`, and where they are not the default `queue.url` and `bus.url`. */
  readonly settings: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** In a hook or a test: servers that are not there make it pending with the reason. */
export async function openBackend(kind: BackendKind, context: Mocha.Context): Promise<TestBackend> {
  const storeUrl = await openStoreOn(kind, context);
  if (!kind.endsWith('+redis')) return { kind, settings: { 'store.url': storeUrl }, close: async () => undefined };
  // One for each world: channels are common to all databases of a server.
  const redis = await startRedis(context);
  const settings = { 'store.url': storeUrl, 'queue.url': redis.url, 'bus.url': redis.url };
  return { kind, settings, close: () => redis.close() };
}

/** `store.url` of an own, empty store; what else the kind names is the caller's. */
export async function openStoreOn(kind: BackendKind, context: Mocha.Context): Promise<string> {
  switch (kind) {
    case 'embedded':
      return `pglite:${await migratedDataDirectory()}`;
    case 'postgres':
    case 'postgres+redis':
      return freshDatabase(context);
    case 'mongo+redis':
      // Named only where it is used: its module ends what it has started in a hook of its own.
      return (await import('./mongo-server.js')).freshMongo(context);
    default:
      return kind satisfies never;
  }
}

/** On a busy machine. */
const SERVER_START_MS = 60_000;
const kindOfRun = readKind(process.env[BACKEND_VARIABLE]);
let contextOfRun: Mocha.Context | undefined;

/** A place on the backend of this run. */
export function openBackendOfRun(): Promise<TestBackend> {
  return openBackend(kindOfRun, ofRun());
}

/** For a test of what stands on a store alone: `store.url` of an own, empty one on the backend of this run. */
export function openStoreOfRun(): Promise<string> {
  return openStoreOn(kindOfRun, ofRun());
}

/** For a test of several processes, which no embedded store lets in: the backend of this run where it has servers, else `otherwise`. */
export function serversOfRun<Kind extends BackendKind>(otherwise: Kind): Kind | 'mongo+redis' {
  return kindOfRun === 'mongo+redis' ? kindOfRun : otherwise;
}

function ofRun(): Mocha.Context {
  if (contextOfRun === undefined) throw new Error('worlds are opened in hooks and tests, not while files are read');
  return contextOfRun;
}

function readKind(text: string | undefined): BackendKind {
  if (text === undefined || text === '') return 'embedded';
  const kind = BACKENDS.find((known) => known === text);
  if (kind === undefined) throw new Error(`${BACKEND_VARIABLE} takes one of ${BACKENDS.join(', ')}, not '${text}'`);
  return kind;
}

// A root hook of every run that imports this file. What has to be built first takes longer than any test may.
before(async function () {
  contextOfRun = this;
  this.timeout(SERVER_START_MS);
  if (kindOfRun !== 'embedded') await (await openBackend(kindOfRun, this)).close();
});
