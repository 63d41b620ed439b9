import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig } from '../../config/load.js';
import { inspectStore, tryKeySets, tryProviders } from '../compose.js';
import type { ConfiguredScene, Machine, Scene } from './doctor/check.js';
import { isLoopback } from './doctor/options.js';
import { report } from './doctor/report.js';
import { runChecks } from './doctor/run.js';
import { findRunningGateway } from './doctor/running-gateway.js';
import { type CommandIo, EXIT, readSettings } from './io.js';
import { jsonText } from './terminal/json.js';
import { createPaint, type Output } from './terminal/paint.js';

const HELP = `Usage: pealbell doctor [--config DIR] [--offline] [--set KEY=VALUE]... [--json]

Looks for what is wrong with a configuration and with the machine it runs on, and says how to mend it: files and who may
read them, apps, certificates, whether each vendor accepts the credentials (no device is reached), clock, store, queue,
ports, addresses, egress, retention. Changes nothing. Works before the first start, and while the gateway runs.

  --config DIR      folder with gateway.yaml and apps/ (default config)
  --offline         asks no vendor
  --set KEY=VALUE   a setting that wins over files and variables
  --json            print one JSON object: {"ok", "findings": [{"check", "subject", "verdict", "says", "cure"}]}
  --help            show this text

Exit code: 0 when there is no fault, 1 when there is one. Warnings are no faults.
`;

const OPTIONS = {
  config: { type: 'string', default: 'config' },
  offline: { type: 'boolean', default: false },
  set: { type: 'string', multiple: true },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** All vendors together; each alone has 5 s. */
const VENDORS_WITHIN_MS = 12_000;

/** What is different in a test. */
export interface DoctorVariations {
  readonly now?: () => number;
  readonly machine?: Machine;
}

/** `pealbell doctor`. @returns the exit code. */
export async function doctor(
  argv: readonly string[],
  io: CommandIo,
  variations: DoctorVariations = {},
): Promise<number> {
  const { values: flags } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: false });
  if (flags.help) {
    io.stdout.write(HELP);
    return EXIT.done;
  }
  const settings = readSettings(flags.set);
  if (typeof settings === 'string') {
    io.stderr.write(`${settings}\nMore: pealbell doctor --help\n`);
    return EXIT.misused;
  }
  // A folder that nobody named may be missing; one that was named must be there.
  const isNamed = argv.some((word) => word.startsWith('--config'));
  const reading = await readConfig({ ...(isNamed ? { dir: flags.config } : {}), env: io.env, flags: settings });
  const now = variations.now ?? Date.now;
  const scene: Scene = { dir: resolve(flags.config), reading, machine: variations.machine ?? thisMachine(), now };
  const found = await runChecks(scene, configure(scene, flags.offline, io.signal));
  const stdout: Output = io.stdout;
  const isWell = found.every(({ verdict }) => verdict !== 'fault');
  if (flags.json) stdout.write(jsonText({ ok: isWell, findings: found }, stdout));
  else stdout.write(report(found, createPaint(stdout, io.env)));
  return isWell ? EXIT.done : EXIT.failed;
}

function configure(scene: Scene, isOffline: boolean, signal: AbortSignal): ConfiguredScene | undefined {
  const { reading, now } = scene;
  if (reading.kind === 'faulty') return undefined;
  const { config } = reading;
  const asking = AbortSignal.any([signal, AbortSignal.timeout(VENDORS_WITHIN_MS)]);
  return {
    ...scene,
    config,
    isForOthers: !isLoopback(new URL(config.server.public_url).hostname),
    running: once(() => findRunningGateway(config)),
    store: once(() => inspectStore(config)),
    keySets: once(async () => (isOffline ? undefined : tryKeySets(config))),
    tests: once(async () => (isOffline ? undefined : tryProviders(config, { now, signal: asking }))),
  };
}

function thisMachine(): Machine {
  // Without a limit it is a number beyond all machines, or none.
  const limit = process.constrainedMemory();
  const memoryBytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return { nodeVersion: process.version, memoryBytes };
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
