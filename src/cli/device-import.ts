import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { DeviceLine, ImportResult } from '../../sdk/server/src/index.js';
import { type Desk, Misuse } from './client-command.js';
import { EXIT } from './io.js';
import { showCount, showCounted, showDuration } from './terminal/figures.js';
import { createPaint } from './terminal/paint.js';
import { createProgress } from './terminal/progress.js';
import { plain } from './terminal/table.js';
import { write } from './terminal/write.js';

/** Refused lines that are told one by one; the rest is counted. */
const TOLD_MAX = 20;
const INTERRUPTED = 'Stopped. What is not counted here may be registered all the same; importing it again is harmless.';

/** What is answered for a line of the file. */
interface LineResult {
  readonly line: number;
  readonly id?: string;
  readonly status: number;
  readonly problem?: ImportResult['problem'] | { readonly code: string; readonly detail: string };
}

/**
 * Imports a file of devices, one JSON object per line. A line that is refused hinders no other.
 *
 * @param rejectsPath takes the refused lines as they were, to be mended and imported again
 * @returns the exit code: 1 when lines were refused
 */
export async function importFile(desk: Desk, path: string, rejectsPath: string | undefined): Promise<number> {
  const { client, io, json, paint } = desk;
  const bytes = path === '-' ? undefined : await sizeOf(path);
  const rejects = rejectsPath === undefined ? undefined : await openRejects(rejectsPath);
  const progress = createProgress(io.stderr, createPaint(io.stderr, io.env));
  const startedAt = performance.now();
  const tally = { made: 0, changed: 0, refused: 0 };
  let bytesDone = 0;

  async function tell(result: LineResult, text: string): Promise<void> {
    const { status, line, id, problem } = result;
    if (status === 201) tally.made++;
    else if (status === 200) tally.changed++;
    else tally.refused++;
    if (json) await write(io.stdout, `${JSON.stringify(result)}\n`);
    if (problem !== undefined) {
      await rejects?.write(`${text}\n`);
      if (!json && tally.refused <= TOLD_MAX) {
        progress.clear();
        io.stderr.write(refusalText(line, id, problem));
      }
    }
    bytesDone += Buffer.byteLength(text) + 1;
    const done = tally.made + tally.changed + tally.refused;
    const note = `${showCounted(done, 'device')}, ${showCount(tally.refused)} refused`;
    // Until there is no more to come, the last byte is not shown as done: a file need not end with a newline.
    if (bytes === undefined) progress.show(done, undefined, `${showCount(tally.refused)} refused`);
    else progress.show(Math.min(bytesDone, bytes - 1), bytes, note);
  }

  /** Lines of the file that are under way, oldest first: results come in order. */
  const underWay: { readonly line: number; readonly text: string }[] = [];
  async function* devices(): AsyncGenerator<DeviceLine, void, undefined> {
    let line = 0;
    const input = path === '-' ? process.stdin : createReadStream(path);
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line++;
      if (text.trim() === '') {
        bytesDone++;
        continue;
      }
      const device = parseLine(text);
      if (typeof device === 'string') {
        await tell({ line, status: 400, problem: { code: 'malformed_json', detail: device } }, text);
        continue;
      }
      underWay.push({ line, text });
      yield device;
    }
  }

  try {
    for await (const { status, problem, device } of client.devices.import(devices(), { signal: io.signal })) {
      const { line, text } = underWay.shift() ?? { line: 0, text: '' };
      const id = typeof device.id === 'string' ? { id: device.id } : {};
      await tell({ line, ...id, status, ...(problem === undefined ? {} : { problem }) }, text);
    }
  } finally {
    progress.clear();
    if (!json) io.stderr.write(summary(tally, performance.now() - startedAt, paint));
    if (io.signal.aborted) io.stderr.write(`${INTERRUPTED}\n`);
    await rejects?.close();
  }
  return tally.refused === 0 ? EXIT.done : EXIT.failed;
}

async function openRejects(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w');
  } catch (error) {
    throw new Misuse(`cannot write ${path}: ${(error as Error).message}`);
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new Error('it is a folder');
    return found.size > 0 ? found.size : undefined; // A pipe has none.
  } catch (error) {
    throw new Misuse(`cannot read ${path}: ${(error as Error).message}`);
  }
}

function parseLine(text: string): DeviceLine | string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'a line must be one JSON object';
    return value as DeviceLine; // The gateway judges what is in it.
  } catch (error) {
    return `not JSON: ${(error as Error).message}`;
  }
}

function refusalText(line: number, id: string | undefined, problem: NonNullable<LineResult['problem']>): string {
  const faults = 'errors' in problem ? (problem.errors ?? []) : [];
  const why = faults.map(({ pointer = '', detail }) => `${pointer} ${detail}`.trim()).join('; ');
  return `${plain(`line ${line}${id === undefined ? '' : ` (${id})`}: ${why || problem.detail || problem.code}`)}\n`;
}

function summary(tally: { made: number; changed: number; refused: number }, ms: number, paint: Desk['paint']): string {
  const { made, changed, refused } = tally;
  const told = refused > TOLD_MAX ? `, of which ${TOLD_MAX} are told above` : '';
  const bad = refused === 0 ? '' : `, ${paint('red', `${showCounted(refused, 'line')} refused`)}${told}`;
  return `${showCount(made)} made, ${showCount(changed)} changed${bad}, in ${showDuration(ms)}\n`;
}
