import { showCount } from '../terminal/figures.js';
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
/** Of a check with one verdict; a gateway of hundreds of apps has a thousand of them, and `--json` tells each. */
const LINES_MAX: Readonly<Record<Verdict, number>> = { ok: 8, skipped: 8, warning: 20, fault: 20 };

/** The findings as a person reads them: a line each, and under it what to do. */
export function report(all: readonly Told[], paint: Paint): string {
  const width = Math.max(...all.map(({ check }) => check.length));
  const line = ({ check, verdict, subject, says }: Omit<Told, 'cure'>) =>
    `${paint(SIGNS[verdict].look, SIGNS[verdict].sign.padEnd(7))}  ${check.padEnd(width)}  ${paint('bold', plain(subject))}: ${plain(says)}`;
  const lines = grouped(all).flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const max = LINES_MAX[first.verdict];
    const shown = group.length <= max ? group : group.slice(0, max - 1);
    const told = shown.flatMap((one) => {
      if (one.cure === undefined) return [line(one)];
      return [line(one), `${' '.repeat(7 + 2 + width + 2)}${paint('cyan', '→')} ${plain(one.cure)}`];
    });
    if (shown.length === group.length) return told;
    const says = `${showCount(group.length - shown.length)} like these; --json tells each`;
    return [...told, line({ ...first, subject: 'and', says })];
  });
  return `${lines.join('\n')}\n\n${summary(all)}\n`;
}

/** Neighbours of one check and verdict. */
function grouped(all: readonly Told[]): readonly (readonly Told[])[] {
  const groups = new Map<string, Told[]>();
  for (const told of all) {
    const key = `${told.check}|${told.verdict}`;
    groups.set(key, [...(groups.get(key) ?? []), told]);
  }
  return [...groups.values()];
}

function summary(all: readonly Told[]): string {
  const parts = VERDICTS.flatMap((verdict) => {
    const count = all.filter((told) => told.verdict === verdict).length;
    if (count === 0) return [];
    const isCounted = verdict === 'fault' || verdict === 'warning';
    return `${showCount(count)} ${verdict}${isCounted && count !== 1 ? 's' : ''}`;
  });
  return parts.join(', ');
}
