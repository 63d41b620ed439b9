/** One gateway in several processes of one machine, which share its port. This one keeps them running and serves no calls. */
import cluster, { type Worker } from 'node:cluster';
import { randomBytes } from 'node:crypto';
import { AggregatorRegistry, Registry } from 'prom-client';
import type { Config } from '../../config/load.js';
import { newId } from '../domain/ids.js';
import { createAdmin } from '../http/app.js';
import { listen } from '../http/server.js';
import type { Log } from '../ports/log.js';
import { systemClock } from '../runtime/clock.js';
import { type Child, createFleet, type Fleet } from '../runtime/fleet.js';
import { type ProcessQuestion, type ProcessWord, readWord } from './process-words.js';

/** Less than what an orchestrator grants. */
const GRACE_MS = 24_000;
const ANSWER_MS = 4_000;

export interface Processes extends Pick<Fleet, 'replace' | 'tell'> {
  readonly admin: string;
  readonly pids: readonly (number | undefined)[];
  stop(): Promise<void>;
}

interface Member extends Child {
  /** @returns undefined where it does not answer in time */
  ask(question: ProcessQuestion['about']): Promise<unknown>;
}

/**
 * @param argv of `pealbell serve` for a process of its own, by its place
 * @throws GatewayError where the admin address cannot be had, or a process ends before it works
 */
export async function openProcesses(
  config: Config,
  count: number,
  argv: (place: number) => readonly string[],
  log: Log,
  version: string,
): Promise<Processes> {
  const members = new Map<Child, Member>();
  const spawn = (place: number): Child => {
    cluster.setupPrimary({ args: [...argv(place)] });
    const member = memberOf(cluster.fork());
    members.set(member, member);
    void member.ended.then(() => members.delete(member));
    return member;
  };
  const fleet = createFleet({ count, spawn, log });
  const running = () => fleet.running().map((child) => child && members.get(child));

  const own = new Registry();
  const metrics = Object.assign(own, {
    /** Those of all processes together, and its own. */
    async metrics(): Promise<string> {
      const told = await Promise.all([own.getMetricsAsJSON(), ...running().map((one) => one?.ask('metrics'))]);
      return AggregatorRegistry.aggregate(told.filter((each) => Array.isArray(each))).metrics();
    },
  });
  const admin = await listen(
    createAdmin({
      health: {
        live: () => true,
        async ready() {
          const told = await Promise.all(running().map(async (one) => describe(await one?.ask('ready'))));
          const checks = Object.fromEntries(told.map((word, n) => [`process_${n + 1}`, word]));
          return { ok: told.every((word) => word === 'ok'), checks };
        },
      },
      metrics,
      clock: systemClock,
      random: (size) => randomBytes(size),
      log,
      version,
    }),
    {
      ...config.server.admin,
      setting: 'server.admin',
      newRequestId: () => newId('req', systemClock.now(), (size) => randomBytes(size)),
    },
  );
  const stop = async () => {
    await fleet.stop(GRACE_MS);
    await admin.close(0);
  };
  try {
    await fleet.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    admin: admin.url,
    get pids() {
      return fleet.running().map((child) => child?.pid);
    },
    replace: () => fleet.replace(),
    tell: (signal) => fleet.tell(signal),
    stop,
  };
}

/** `ok`, or what is not. */
function describe(word: unknown): string {
  if (word === undefined) return 'does not run, or does not answer';
  const { ok, checks } = word as { ok: boolean; checks: Readonly<Record<string, string>> }; // a process of this program
  const wrong = Object.entries(checks).filter(([, said]) => said !== 'ok');
  return ok ? 'ok' : wrong.map(([part, said]) => `${part}: ${said}`).join('; ');
}

function memberOf(worker: Worker): Member {
  const waiting = new Map<number, (value: unknown) => void>();
  let asked = 0;
  let tellStarted: () => void = () => undefined;
  const started = new Promise<void>((resolve) => {
    tellStarted = resolve;
  });
  worker.on('message', (message: unknown) => {
    const word = readWord(message);
    if (word?.kind === 'started') tellStarted();
    if (word?.kind === 'answer') waiting.get(word.id)?.(word.value);
  });
  // A process that is gone cannot be told anything; that it is gone is told below.
  worker.on('error', () => undefined);
  const ended = new Promise<string>((resolve) => {
    worker.once('exit', (code: number | null, signal: string | null) => resolve(signal ?? `exit code ${code}`));
  });
  return {
    pid: worker.process.pid,
    started,
    ended,
    kill: (signal) => void worker.process.kill(signal),
    async ask(about) {
      if (!worker.isConnected()) return undefined;
      const id = ++asked;
      let timer: NodeJS.Timeout | undefined;
      const answer = new Promise<unknown>((resolve) => {
        waiting.set(id, resolve);
        timer = setTimeout(() => resolve(undefined), ANSWER_MS);
        worker.send({ kind: 'question', id, about } satisfies ProcessWord, () => undefined);
      });
      try {
        return await Promise.race([answer, ended.then(() => undefined)]);
      } finally {
        clearTimeout(timer);
        waiting.delete(id);
      }
    },
  };
}
