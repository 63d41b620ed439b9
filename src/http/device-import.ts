import type { DeviceDraft, RegisterResult } from '../usecases/register-device.js';
import { checkEncoding, checkType, parseJson } from './body.js';
import { readDeviceLine } from './device-draft.js';
import type { ApiHouse } from './house.js';
import { type Line, readLines } from './ndjson.js';
import { writeLine } from './ndjson-answer.js';
import type { KeyedCall } from './operation.js';
import type { Problem } from './problem.js';
import { describeError, invalid, problemAnswer, Refusal } from './refusal.js';
import { NDJSON } from './schemas/words.js';

/** Lines under way at the same time: enough to fill a store call, few enough to hold. */
const LINES_IN_FLIGHT = 512;
/** A stream may take any time, but not stand still for longer than this. */
const IDLE_MS = 60_000;
const TYPES = [NDJSON, 'application/ndjson', 'application/jsonl'];

type LineResult =
  | { readonly line: number; readonly id: string; readonly status: 200 | 201 }
  | { readonly line: number; readonly id?: string; readonly status: number; readonly problem: Problem };

/**
 * Registers one device per line and answers each line in order, while the stream still arrives. A bad line never
 * ends the stream; a sender that does not read the answers is read no further.
 */
export async function importDevices(house: ApiHouse, call: KeyedCall): Promise<void> {
  const { req, res } = call;
  checkEncoding(req);
  checkType(req, TYPES);
  req.setTimeout(IDLE_MS, () => res.destroy());
  res.writeHead(200, { 'Content-Type': NDJSON });
  res.flushHeaders();

  const register = inOrder((draft) => house.registerDevice.register(draft));
  const underWay: Promise<void>[] = [];
  let written = Promise.resolve();
  try {
    for await (const line of readLines(req, house.limits.bodyBytes)) {
      const result = importLine(house, call, line, register);
      const before = written;
      written = result.then(async (told) => {
        await before;
        await writeLine(res, told);
      });
      written.catch(() => {}); // Looked at below; the last of the chain fails with the first.
      underWay.push(written);
      if (underWay.length >= LINES_IN_FLIGHT) await underWay.shift();
    }
    await written;
    res.end();
  } catch {
    // The sender is gone: what was taken up is finished, and there is nobody to tell.
    await Promise.allSettled(underWay);
    res.destroy();
  }
}

async function importLine(
  house: ApiHouse,
  call: KeyedCall,
  line: Line,
  register: (draft: DeviceDraft) => Promise<RegisterResult>,
): Promise<LineResult> {
  let id: string | undefined;
  try {
    if (line.kind === 'too_long') {
      throw new Refusal('payload_too_large', `the line is longer than ${house.limits.bodyBytes} bytes`);
    }
    const draft = readDeviceLine(parseJson(line.bytes), call.caller.app);
    id = draft.id;
    const result = await register(draft);
    switch (result.kind) {
      case 'created':
        return { line: line.number, id, status: 201 };
      case 'updated':
        return { line: line.number, id, status: 200 };
      case 'invalid':
        throw invalid(result.faults);
      case 'missing':
        throw new Error('an upsert never misses');
      default:
        throw new Error(`unknown result ${result satisfies never}`);
    }
  } catch (error) {
    const { problem } = problemAnswer(error, call.requestId);
    if (problem.status === 500) {
      house.log.error(
        { error: describeError(error), request_id: call.requestId, line: line.number },
        'import.line_failed',
      );
    }
    return { line: line.number, ...(id === undefined ? {} : { id }), status: problem.status, problem };
  }
}

/**
 * Lines run side by side, but those that name the same device or the same push token run one after the other:
 * the last line wins, as it would if each had been a call of its own.
 */
function inOrder(register: (draft: DeviceDraft) => Promise<RegisterResult>) {
  const latest = new Map<string, Promise<unknown>>();
  return async (draft: DeviceDraft): Promise<RegisterResult> => {
    const keys = [
      draft.id,
      ...draft.registrations.map(({ provider, token }) => `${provider} ${JSON.stringify(token)}`),
    ];
    const before = keys.map((key) => latest.get(key)).filter((running) => running !== undefined);
    const run = before.length === 0 ? register(draft) : Promise.allSettled(before).then(() => register(draft));
    for (const key of keys) latest.set(key, run);
    try {
      return await run;
    } finally {
      for (const key of keys) if (latest.get(key) === run) latest.delete(key);
    }
  };
}
