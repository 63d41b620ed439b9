import { parseArgs } from 'node:util';
import { machine, startSystem } from './system-under-test.js';

interface Row {
  readonly devices: number;
  readonly seconds: number;
  readonly cpuMicrosPerDevice: number;
  readonly peakMb: number;
  readonly received: number;
  readonly lost: number;
  readonly repeated: number;
}

/**
 * W17, growth: one message to everyone, at growing numbers of devices, each in a fresh gateway. What is asked: does the
 * cost per device stay, and does memory stay flat?
 */
export async function w17Growth(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: { sizes: { type: 'string', default: '10000,100000' }, rtt: { type: 'string', default: '0' } },
  });
  const rows: Row[] = [];
  for (const size of values.sizes.split(',').map(Number)) rows.push(await measure(size, Number(values.rtt)));
  const [first] = rows;
  process.stdout.write(`W17 growth, embedded store, rtt ${values.rtt} ms; ${machine()}\n`);
  process.stdout.write('devices     CPU-us/device   devices/s   peak RSS MB   received   lost   repeated\n');
  for (const row of rows) {
    const cells = [
      row.devices,
      Math.round(row.cpuMicrosPerDevice),
      Math.round(row.devices / row.seconds),
      Math.round(row.peakMb),
      row.received,
      row.lost,
      row.repeated,
    ];
    process.stdout.write(
      `${cells.map((cell, i) => String(cell).padStart([7, 14, 11, 13, 10, 6, 10][i] ?? 8)).join(' ')}\n`,
    );
  }
  const last = rows.at(-1);
  if (first !== undefined && last !== undefined && rows.length > 1) {
    const ratio = last.cpuMicrosPerDevice / first.cpuMicrosPerDevice;
    process.stdout.write(
      `last to first: CPU per device ${ratio.toFixed(2)}x, peak RSS +${Math.round(last.peakMb - first.peakMb)} MB\n`,
    );
  }
  return rows.every((row) => row.lost === 0 && row.repeated === 0) ? 0 : 1;
}

async function measure(devices: number, rttMs: number): Promise<Row> {
  const system = await startSystem({ latencyMs: rttMs });
  try {
    const headers = { authorization: `Bearer ${system.key}` };
    const imported = await fetch(`${system.url}/v1/devices/import`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/x-ndjson' },
      body: deviceLines(devices),
      duplex: 'half',
    } as RequestInit); // `duplex` is not in the types of Node 20
    await imported.text();
    const cpuBefore = system.cpuMicros();
    const startedAt = performance.now();
    const sent = await fetch(`${system.url}/v1/messages`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({
        to: 'everyone',
        notification: { title: 'Growth', body: 'x'.repeat(200) },
        max_devices: devices,
      }),
    });
    const { id } = (await sent.json()) as { id: string };
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const message = (await (await fetch(`${system.url}/v1/messages/${id}`, { headers })).json()) as {
        status: string;
      };
      if (message.status === 'completed') break;
    }
    const seconds = (performance.now() - startedAt) / 1_000;
    const { accepted } = system.simulators.ledger.summary();
    return {
      devices,
      seconds,
      cpuMicrosPerDevice: (system.cpuMicros() - cpuBefore) / devices,
      peakMb: system.peakMb(),
      received: accepted.total,
      lost: devices - accepted.distinct,
      repeated: accepted.repeated,
    };
  } finally {
    await system.stop();
  }
}

function deviceLines(count: number): ReadableStream<Uint8Array> {
  let n = 0;
  return new ReadableStream({
    pull(controller) {
      const lines: string[] = [];
      for (const end = Math.min(count, n + 1_000); n < end; n++) {
        const token = n.toString(16).padStart(64, '0');
        lines.push(
          JSON.stringify({
            id: `d${String(n).padStart(8, '0')}`,
            user: `u${n % 5_000}`,
            platform: 'ios',
            registrations: [{ provider: 'apns', token }],
          }),
        );
      }
      if (lines.length > 0) controller.enqueue(Buffer.from(`${lines.join('\n')}\n`));
      if (n >= count) controller.close();
    },
  });
}
