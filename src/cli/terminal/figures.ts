const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** `2,000` */
export function showCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** A count and its noun: `1 device`, `2,000 devices`. */
export function showCounted(count: number, noun: string, plural = `${noun}s`): string {
  return `${showCount(count)} ${count === 1 ? noun : plural}`;
}

/** Milliseconds as people say them: `41 ms`, `2.1 s`, `3 min 20 s`, `2 h 5 min`, `4 d 3 h`. */
export function showDuration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1_000) return `${whole} ms`;
  if (whole < 10_000) return `${(whole / 1_000).toFixed(1)} s`;
  const rounded = Math.round(whole / 1_000) * 1_000;
  const first = UNITS.findIndex(([, size]) => rounded >= size);
  const parts: string[] = [];
  let rest = rounded;
  for (const [unit, size] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.join(' ');
}

/** A time of the API in the reader's zone: `2026-11-21 14:02:11`. What is no time is given back. */
export function showTime(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  const two = (part: number) => String(part).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
