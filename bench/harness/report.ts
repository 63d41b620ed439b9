import { readFile, writeFile } from 'node:fs/promises';
import { isExact, type Summary } from './run.js';

/** What a workload has to say: a table, what it ran on, and whether its account holds. */
export interface Report {
  /** Such as `W1`: the name of its place in docs/performance.md. */
  readonly workload: string;
  /** Sentences: sizes, round trip, cores. */
  readonly conditions: readonly string[];
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Sentences about the figures. */
  readonly notes: readonly string[];
  /** False when something was lost, doubled, or not accounted for. */
  readonly holds: boolean;
}

/** CPU first: on few cores the rate is as much the simulator's. */
export function reportRuns(
  workload: string,
  unit: string,
  conditions: readonly string[],
  summaries: readonly Summary[],
): Report {
  const [ours, ...others] = summaries;
  return {
    workload,
    conditions,
    columns: [
      '',
      `CPU-µs per ${unit} (least–most)`,
      'per second',
      'p50 ms',
      'p99 ms',
      'p99.9 ms',
      'peak RSS MB',
      'load core',
      'sent',
      'received',
      'failed',
      'duplicates',
      'lost',
    ],
    rows: summaries.map((summary) => [
      summary.who,
      `${Math.round(summary.cpuMicros.median)} (${Math.round(summary.cpuMicros.least)}–${Math.round(summary.cpuMicros.most)})`,
      figure(summary.perSecond),
      figure(summary.p50),
      figure(summary.p99),
      figure(summary.p999),
      figure(summary.peakMb),
      `${Math.round(summary.loadShare * 100)} %`,
      ...[summary.account.sent, summary.account.received, summary.account.failed].map(figure),
      ...[summary.account.duplicates, summary.lost].map(figure),
    ]),
    notes: ours === undefined ? [] : others.map((other) => compare(ours, other)),
    holds: summaries.every(({ account }) => isExact(account)),
  };
}

function compare(ours: Summary, other: Summary): string {
  const rate = (ours.perSecond / other.perSecond).toFixed(2);
  const cpu = (ours.cpuMicros.median / other.cpuMicros.median).toFixed(2);
  return `Beside ${other.who}: ${rate} times the rate, ${cpu} times the CPU.`;
}

export function figure(value: number): string {
  return Math.abs(value) >= 100 || Number.isInteger(value) ? Math.round(value).toLocaleString('en') : value.toFixed(1);
}

/** For a terminal. */
export function printReport(report: Report, out: NodeJS.WritableStream): void {
  const lines = [report.columns, ...report.rows];
  const widths = report.columns.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  out.write(`\n${report.workload}: ${report.conditions.join(' ')}\n\n`);
  for (const line of lines) {
    const cells = line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)));
    out.write(`${cells.join('  ')}\n`);
  }
  for (const note of report.notes) out.write(`${note}\n`);
  out.write(report.holds ? 'The account holds.\n' : 'THE ACCOUNT DOES NOT HOLD.\n');
}

const PAGE = 'docs/performance.md';

/**
 * Puts the report between `<!-- W1 -->` and `<!-- /W1 -->` of docs/performance.md, run from the root of the checkout.
 *
 * @throws Error when the page has no such place
 */
export async function writeReport(report: Report, command: string): Promise<void> {
  const page = await readFile(PAGE, 'utf8');
  const [begin, end] = [`<!-- ${report.workload} -->`, `<!-- /${report.workload} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${PAGE} has no place for ${report.workload}: ${begin} … ${end}`);
  await writeFile(PAGE, `${page.slice(0, from + begin.length)}\n${markdown(report, command)}${page.slice(to)}`);
}

function markdown(report: Report, command: string): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const rule = report.columns.map((_, at) => (at === 0 ? '---' : '---:'));
  const table = row(report.columns) + row(rule) + report.rows.map(row).join('');
  const notes = report.notes.map((note) => `- ${note}\n`).join('');
  const verdict = report.holds ? 'The account holds.' : '**The account does not hold.**';
  return `\n\`${command}\`\n\n${report.conditions.join(' ')}\n\n${table}\n${notes}${notes === '' ? '' : '\n'}${verdict}\n\n`;
}
