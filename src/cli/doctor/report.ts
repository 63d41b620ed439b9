import type { Paint } from '../terminal/paint.js';
import { plain } from '../terminal/table.js';
import type { Verdict } from './check.js';
import type { Told } from './run.js';

const SIGNS: Readonly<Record<Verdict, { readonly sign: string; readonly look: Parameters<Paint>[0] }>> = {
  ok: { sign: 'ok', look: 'green' },
  warning: { sign: 'warning', look: 'yellow' },
  fault: { sign: 'FAULT', look: 'red' },
  skipped: { sign: 'skipped', look: 'dim' },
};
const VERDICTS = ['fault', 'warning', 'ok', 'skipped'] as const;

/** The findings as a person reads them: a line each, and under it what to do. */
export function report(all: readonly Told[], paint: Paint): string {
  const width = Math.max(...all.map(({ check }) => check.length));
  const lines = all.flatMap(({ check, verdict, subject, says, cure }) => {
    const { sign, look } = SIGNS[verdict];
    const head = `${paint(look, sign.padEnd(7))}  ${check.padEnd(width)}  ${paint('bold', plain(subject))}: ${plain(says)}`;
    return cure === undefined ? [head] : [head, `${' '.repeat(7 + 2 + width + 2)}${paint('cyan', '→')} ${plain(cure)}`];
  });
  return `${lines.join('\n')}\n\n${summary(all)}\n`;
}

function summary(all: readonly Told[]): string {
  const parts = VERDICTS.flatMap((verdict) => {
    const count = all.filter((told) => told.verdict === verdict).length;
    if (count === 0) return [];
    return verdict === 'fault' || verdict === 'warning'
      ? `${count} ${verdict}${count === 1 ? '' : 's'}`
      : `${count} ${verdict}`;
  });
  return parts.join(', ');
}
