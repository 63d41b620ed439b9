import { once } from 'node:events';
import { parseArgs } from 'node:util';
import type { VendorSimulator } from '../simulators.js';

const DEFAULT_CONTROL_PORT = 7700;
const PORT_MAX = 65_535;
const LATENCY_MS_MAX = 60_000;
/** Vendors hear of a delivery from the device. */
const RECEIPT_DELAY_MS = 300;

const HELP = `Usage: pealbell simulate [options]

Starts the simulators of the push providers on this machine and runs until it is stopped.

  --control-port PORT   where the control port listens on 127.0.0.1 (default ${DEFAULT_CONTROL_PORT}; 0 picks a free one)
  --write-config DIR    write gateway.yaml and apps/demo.yaml that point at the simulators
  --force               write into a DIR that holds other files
  --latency MS          time from a request to its answer, in milliseconds (default 0)
  --help                show this text

Control port: GET /endpoints, GET /ledger (?after=LINES leaves out as many), GET /ledger/summary, DELETE /ledger,
              POST /faults, DELETE /faults, GET /subscriptions, POST /subscriptions
`;

interface SimulateFlags {
  readonly controlPort: number;
  readonly latencyMs: number;
  readonly configDir: string | undefined;
  readonly force: boolean;
}

/** Where a command writes, and what ends it. */
export interface CommandIo {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

/**
 * `pealbell simulate`: runs until `io.signal` aborts.
 *
 * @returns the exit code: 0 after a stop, 1 when something could not be started, 2 for a wrong command line.
 */
export async function simulate(argv: readonly string[], io: CommandIo): Promise<number> {
  const flags = readFlags(argv);
  if (flags === 'help') {
    io.stdout.write(HELP);
    return 0;
  }
  if (typeof flags === 'string') return fail(io, 2, `${flags}; see pealbell simulate --help`);
  const { configDir } = flags;
  const { findForeignFiles, PortTakenError, startSimulators, vendorSettings, withGrants, writeConfig } = await import(
    '../simulators.js'
  );
  try {
    if (configDir !== undefined && !flags.force) {
      const foreign = await findForeignFiles(configDir);
      if (foreign.length > 0) {
        const named = foreign.slice(0, 3).join(', ');
        return fail(io, 2, `${configDir} holds other files (${named}); name an empty directory, or add --force`);
      }
    }
    const simulators = await startSimulators({
      controlPort: flags.controlPort,
      latencyMs: flags.latencyMs,
      receiptDelayMs: RECEIPT_DELAY_MS,
      ...(configDir === undefined
        ? {}
        : {
            dir: configDir,
            beforeReady: ({ providers }) =>
              writeConfig(configDir, { ...providers, vendors: withGrants(vendorSettings(providers)) }),
          }),
    });
    try {
      const { apns, fcm, webpush } = simulators.endpoints.providers;
      io.stdout.write(`control          ${simulators.controlUrl}\n`);
      io.stdout.write(`apns production  ${apns.production}\napns sandbox     ${apns.sandbox}\n`);
      io.stdout.write(`fcm              ${fcm.base_url}\n`);
      for (const [name, url] of Object.entries(webpush.origins)) {
        io.stdout.write(`${`webpush ${name}`.padEnd(17)}${url}\n`);
      }
      for (const [name, { url }] of Object.entries<VendorSimulator>(simulators.vendors)) {
        io.stdout.write(`${name.padEnd(17)}${url}\n`);
      }
      if (configDir !== undefined) io.stdout.write(`configuration    ${configDir}\n`);
      if (!io.signal.aborted) await once(io.signal, 'abort');
    } finally {
      await simulators.close();
    }
    return 0;
  } catch (error) {
    if (error instanceof PortTakenError) {
      return fail(io, 1, `${error.message}; choose another one with --control-port (0 picks a free one)`);
    }
    return fail(io, 1, error instanceof Error ? error.message : String(error));
  }
}

/** The flags, `help`, or a sentence about what is wrong with them. */
function readFlags(argv: readonly string[]): SimulateFlags | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        'control-port': { type: 'string' },
        'write-config': { type: 'string' },
        force: { type: 'boolean', default: false },
        latency: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return 'help';
    const controlPort = readNumber(values['control-port'], DEFAULT_CONTROL_PORT, PORT_MAX);
    if (controlPort === undefined) return `--control-port must be a whole number from 0 to ${PORT_MAX}`;
    const latencyMs = readNumber(values.latency, 0, LATENCY_MS_MAX);
    if (latencyMs === undefined) return `--latency must be a whole number from 0 to ${LATENCY_MS_MAX}`;
    if (values['write-config'] === '') return '--write-config needs a directory';
    return { controlPort, latencyMs, configDir: values['write-config'], force: values.force };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function readNumber(text: string | undefined, otherwise: number, max: number): number | undefined {
  if (text === undefined) return otherwise;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value <= max ? value : undefined;
}

function fail(io: CommandIo, code: number, sentence: string): number {
  io.stderr.write(`pealbell simulate: ${sentence}\n`);
  return code;
}
