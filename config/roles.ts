/** Which roles a process may take under a configuration. */
import type { GatewaySettings } from './schema.js';

/** Every role this version has; a process without a choice takes all of them. */
export const ROLES = ['api', 'worker', 'connector'] as const;
export type Role = (typeof ROLES)[number];

/** What decides over roles: of the whole configuration, or of the gateway's file alone. */
type Settings = Pick<GatewaySettings, 'store' | 'queue' | 'bus' | 'security' | 'simulators'> & {
  readonly apps?: readonly { readonly id: string; readonly realtime?: unknown }[];
};

/**
 * Why a process cannot run with these roles under this configuration: one sentence per reason, each saying what
 * to set. Empty when it can.
 */
export function checkRoles(settings: Settings, roles: readonly Role[]): readonly string[] {
  const missing = ROLES.filter((role) => !roles.includes(role));
  // Connections of devices are an offer of their own: without them an app's road is what is missing, not a worker.
  const halves = missing.filter((role) => role !== 'connector');
  const reasons: string[] = [];
  if (settings.store.url.kind === 'pglite' && halves.length > 0) {
    reasons.push(
      `An embedded store belongs to one process, which must also take the role ${halves.join(' and ')}: leave --role out, or set store.url to a Postgres server (postgres://user@host/database) to split the roles.`,
    );
  }
  if (settings.store.url.kind === 'pglite' && settings.queue.url.kind !== 'store') {
    reasons.push(
      'An embedded store has its queue with it: set queue.url to store, or store.url to a Postgres server (postgres://user@host/database).',
    );
  }
  if (settings.store.url.kind === 'mongodb' && settings.queue.url.kind === 'store') {
    reasons.push(
      'A store on MongoDB cannot hold the queue: set queue.url to a Redis server (redis://user:password@host), and bus.url to one as well where there are several processes.',
    );
  }
  if (settings.store.url.kind !== 'pglite' && settings.security.data_key === undefined) {
    reasons.push(
      'A store on a server is shared, so its processes must share the key for data at rest: make one with `pealbell config data-key > data.key`, keep it safe, and set security.data_key to "${file:data.key}".',
    );
  }
  if (settings.simulators.kind === 'embedded' && halves.length > 0) {
    reasons.push(
      `Embedded simulators are in one process, which must also take the role ${halves.join(' and ')}: run \`pealbell simulate\` beside the gateway and set simulators to its control port, http://127.0.0.1:7700.`,
    );
  }
  const withRoad = settings.apps?.find(({ realtime }) => realtime !== undefined)?.id;
  if (settings.store.url.kind === 'pglite' && settings.bus.url.kind !== 'memory') {
    reasons.push(
      'An embedded store belongs to one process, whose memory is its bus: set bus.url to memory:, or store.url to a Postgres server (postgres://user@host/database).',
    );
  }
  const isAlone = settings.bus.url.kind === 'memory';
  if (isAlone && missing.length > 0 && (roles.includes('connector') || withRoad !== undefined)) {
    const why = withRoad === undefined ? '' : ` (the app ${withRoad} has a realtime section)`;
    reasons.push(
      `Messages find connected devices over a bus in the memory of one process${why}, which must also take the role ${missing.join(' and ')}: leave --role out, or set bus.url to a Redis server (redis://user:password@host) to split the roles.`,
    );
  }
  return reasons;
}

/**
 * Why one machine cannot run this as several processes, each with these roles; as {@link checkRoles}, and beside it.
 */
export function checkProcesses(settings: Settings, roles: readonly Role[], count: number): readonly string[] {
  if (count === 1) return [];
  if (settings.store.url.kind === 'pglite') {
    return [
      'An embedded store belongs to one process: leave --processes out, or set store.url to a Postgres server (postgres://user@host/database).',
    ];
  }
  const reasons: string[] = [];
  if (settings.simulators.kind === 'embedded') {
    reasons.push(
      'Embedded simulators are in one process: leave --processes out, or run `pealbell simulate` beside the gateway and set simulators to its control port, http://127.0.0.1:7700.',
    );
  }
  const withRoad = settings.apps?.find(({ realtime }) => realtime !== undefined)?.id;
  if (settings.bus.url.kind === 'memory' && (roles.includes('connector') || withRoad !== undefined)) {
    const why = withRoad === undefined ? '' : ` (the app ${withRoad} has a realtime section)`;
    reasons.push(
      `Messages find connected devices over a bus in the memory of one process${why}: leave --processes out, set bus.url to a Redis server (redis://user:password@host), or, where no device connects, take --role api,worker.`,
    );
  }
  return reasons;
}

/** More would only take each other's time. */
const PROCESSES_MAX = 64;

/**
 * The number of `--processes 4`; `auto` is one for each core.
 *
 * @returns a sentence where it is neither
 */
export function parseProcesses(text: string, cores: number): number | string {
  if (text === 'auto') return Math.min(cores, PROCESSES_MAX);
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= PROCESSES_MAX) return count;
  return `--processes takes a number from 1 to ${PROCESSES_MAX}, or auto for one on each core, not '${text}'.`;
}

/**
 * The roles of `--role api,worker`: all of them for `all`; or a sentence that says what is wrong with the text.
 */
export function parseRoles(text: string): readonly Role[] | string {
  const words = text.split(',').map((word) => word.trim());
  if (words.includes('all')) return words.length === 1 ? ROLES : 'all stands for every role: name it alone.';
  const wrong = words.find((word) => !ROLES.some((role) => role === word));
  if (wrong === undefined) return ROLES.filter((role) => words.includes(role));
  return `--role takes ${ROLES.join(', ')} or all, joined by commas.`;
}
