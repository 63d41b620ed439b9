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
  /** `broken`: something was lost, doubled, or not accounted for; `none`: nothing is sent. */
  readonly account: 'holds' | 'broken' | 'none';
}

/** What the generic table says of a workload beside its figures. */
export interface Heading {
  readonly workload: string;
  /** What is counted: notification, device, message. */
  readonly unit: string;
  readonly conditions: readonly string[];
  /** Of `Run.own`, where the workload has such a figure. */
  readonly ownColumn?: string;
}

/** CPU first: on few cores the rate is as much the simulator's. Columns without any figure are left out. */
export function reportRuns(heading: Heading, summaries: readonly Summary[]): Report {
  const [ours, ...others] = summaries;
  const optional = (cells: readonly (number | undefined)[]) =>
    cells.map((cell) => (cell === undefined ? '' : figure(cell)));
  const hasLatency = summaries.some(({ latencyMs }) => latencyMs !== undefined);
  const { ownColumn } = heading;
  const besides = summaries
    .map(({ beside }) => Object.keys(beside))
    .reduce((a, b) => (b.length > a.length ? b : a), []);
  return {
    workload: heading.workload,
    conditions: heading.conditions,
    columns: [
      ...['', `CPU-µs per ${heading.unit} (least–most)`, ...besides, 'per second'],
      ...(hasLatency ? ['p50 ms', 'p99 ms', 'p99.9 ms'] : []),
      ...(ownColumn === undefined ? [] : [ownColumn]),
      ...['peak RSS MB', 'load core', 'sent', 'received', 'failed', 'duplicates', 'lost'],
    ],
    rows: summaries.map(({ who, cpuMicros, beside, perSecond, latencyMs, own, peakMb, loadShare, account, lost }) => [
      who,
      `${figure(cpuMicros.median)} (${figure(cpuMicros.least)}–${figure(cpuMicros.most)})`,
      ...optional(besides.map((name) => beside[name])),
      figure(perSecond),
      ...(hasLatency ? optional([latencyMs?.p50, latencyMs?.p99, latencyMs?.p999]) : []),
      ...(ownColumn === undefined ? [] : optional([own])),
      figure(peakMb),
      `${Math.round(loadShare * 100)} %`,
      ...[account.sent, account.received, account.failed, account.duplicates, lost].map(figure),
    ]),
    notes: ours === undefined ? [] : others.map((other) => compare(ours, other)),
    account: summaries.every(({ account }) => isExact(account)) ? 'holds' : 'broken',
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

const VERDICT = { holds: 'The account holds.', broken: 'THE ACCOUNT DOES NOT HOLD.', none: '' } as const;

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
  if (report.account !== 'none') out.write(`${VERDICT[report.account]}\n`);
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
  const remarks = [...report.notes, ...(report.account === 'none' ? [] : [VERDICT[report.account]])];
  const list = remarks.map((remark) => `- ${remark}\n`).join('');
  return `\n\`${command}\`\n\n${report.conditions.join(' ')}\n\n${table}\n${list}${list === '' ? '' : '\n'}`;
}
