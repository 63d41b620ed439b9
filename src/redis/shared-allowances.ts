import type { Rate } from '../domain/rate.js';
import type { Allowances, Taken } from '../ports/allowances.js';
import type { Closeable } from '../ports/lifecycle.js';
import type { Log } from '../ports/log.js';
import { connectRedis, locateRedis, type RedisTls } from './connect.js';

/** Whoever waits longer than this for Redis goes on by itself. */
const COMMAND_TIMEOUT_MS = 500;
const SILENCE_MS = 3_000;
const RECONNECT_MAX_MS = 1_000;
/** After a failure this process keeps to rates by itself for so long. */
const ALONE_MS = 1_000;
/** With what is needed at once as much is fetched as flows in meanwhile: few calls, little that lies about unused. */
const SLICE_MS = 50;
/** What was fetched and not used by then is gone. */
const SLICE_KEPT_MS = 250;
/** Names whose slices are remembered. */
const SLICES_MAX = 10_000;

/**
 * KEYS bucket; ARGV units of a window, its ms, units needed, units wanted beside, whether fewer will do. A bucket is how many
 * units were used and have not flowed back, and when that was, by the server's clock. Returns how many were taken, and how many
 * are left (as text: parts of a unit would be cut off).
 */
const TAKE = `
local max, window, need, more, some = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5] == '1'
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local known = redis.call('HMGET', KEYS[1], 'used', 'at')
local used = tonumber(known[1] or '0')
local at = tonumber(known[2] or '0')
if at > 0 and now > at then used = used - (now - at) * max / window end
if used < 0 then used = 0 end
local free = max - used + 0.000001
local taken = 0
if free >= need then taken = math.floor(math.min(free, need + more))
elseif some then taken = math.max(0, math.floor(free)) end
redis.call('HSET', KEYS[1], 'used', string.format('%.6f', used + taken), 'at', string.format('%.3f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(window + 1000))
return { taken, string.format('%.6f', max - used - taken) }
`;

interface Slice {
  units: number;
  readonly until: number;
  left: number;
}

export interface SharedAllowancesOptions {
  /** As `parseRedisUrl` reads it. */
  readonly url: string;
  readonly tls?: RedisTls | undefined;
  readonly log: Log;
  /** For as long as Redis does not answer. */
  readonly own: Allowances;
}

/**
 * {@link Allowances} of all processes together, in Redis. They are fetched in small slices: a busy name costs twenty calls a
 * second and process, not one for each use. Up to a slice of each process may lie unused, so that a rate is kept from above.
 */
export function openSharedAllowances({ url, tls, log, own }: SharedAllowancesOptions): Allowances & Closeable {
  const redis = connectRedis({
    location: locateRedis(url),
    ...(tls === undefined ? {} : { tls }),
    reconnectMaxMs: RECONNECT_MAX_MS,
    server: {
      ...{ enableOfflineQueue: false, maxRetriesPerRequest: 0 },
      ...{ commandTimeout: COMMAND_TIMEOUT_MS, socketTimeout: SILENCE_MS },
    },
    onError: (error) => log.debug({ error: error.message }, 'allowances.connection_lost'),
  });
  redis.connect().catch(() => undefined); // it goes on trying
  const slices = new Map<string, Slice>();
  /** Names of which more is being fetched. */
  const fetching = new Map<string, Promise<void>>();
  let aloneUntil = 0;

  const keyOf = (name: string) => `pealbell.allowance.{${name}}`;

  function sliceOf(name: string): Slice | undefined {
    const slice = slices.get(name);
    if (slice === undefined || performance.now() < slice.until) return slice;
    slices.delete(name);
    return undefined;
  }

  function keep(name: string, units: number, left: number): void {
    if (units === 0) {
      slices.delete(name);
      return;
    }
    if (slices.size >= SLICES_MAX) slices.clear();
    slices.set(name, { units, left, until: performance.now() + SLICE_KEPT_MS });
  }

  async function fetch(name: string, rate: Rate, units: number, how: 'all' | 'some'): Promise<Taken> {
    const windowMs = rate.windowSeconds * 1_000;
    const beside = Math.floor((rate.units * SLICE_MS) / windowMs);
    const answer = await redis.eval(TAKE, 1, keyOf(name), rate.units, windowMs, units, beside, how === 'some' ? 1 : 0);
    const [taken, left] = answer as [number, string]; // as the script says
    const granted = Math.min(units, taken);
    keep(name, taken - granted, Number(left));
    return { granted, left: Number(left) + taken - granted };
  }

  async function takeFetched(name: string, rate: Rate, units: number, how: 'all' | 'some'): Promise<Taken> {
    // Nobody else takes from it while more is fetched.
    const had = sliceOf(name)?.units ?? 0;
    slices.delete(name);
    try {
      const more = await fetch(name, rate, units - had, how);
      if (more.granted + had >= units || how === 'some') return { ...more, granted: more.granted + had };
      keep(name, had, more.left);
      return { granted: 0, left: more.left + had };
    } catch (error) {
      aloneUntil = performance.now() + ALONE_MS;
      log.warn({ error: error instanceof Error ? error.message : String(error) }, 'allowances.not_shared');
      return own.take(name, rate, units, how);
    }
  }

  return {
    async take(name, rate, units, how) {
      for (;;) {
        const slice = sliceOf(name);
        if (slice !== undefined && slice.units >= units) {
          slice.units -= units;
          return { granted: units, left: slice.left + slice.units };
        }
        if (performance.now() < aloneUntil) return own.take(name, rate, units, how);
        // Whoever comes meanwhile may have enough of what is being fetched: were each to fetch a slice, few would take all.
        const underWay = fetching.get(name);
        if (underWay === undefined) break;
        await underWay;
      }
      const taken = takeFetched(name, rate, units, how);
      // However it ends: whoever waits must not wait for ever.
      const ended = () => void fetching.delete(name);
      fetching.set(name, taken.then(ended, ended));
      return taken;
    },

    async forget(start) {
      for (const name of slices.keys()) if (name.startsWith(start)) slices.delete(name);
      // What others hold ends with its window; a changed rate counts from the next use on.
      await own.forget(start);
    },

    async close() {
      redis.disconnect();
    },
  };
}
