import fc from 'fast-check';
import type { Judge } from './api-judge.js';
import { bytesOf, type HostileRequest } from './hostile-request.js';
import { openRawConnection, type RawAnswer } from './raw-http.js';

/** Requests are made in portions, so that later ones can name what earlier ones made. */
const PORTION = 500;
const CONNECTIONS = 12;

/** How one operation fared. */
export interface Fared {
  asked: number;
  succeeded: number;
  /** As often as each came: index is the status. */
  readonly statuses: number[];
}

export interface Barrage {
  readonly port: number;
  readonly requests: fc.Arbitrary<HostileRequest>;
  readonly judge: Judge;
  readonly count: number;
  /** The same seed, the same requests, as long as the same things exist. */
  readonly seed: number;
  /** Sees every answer; for what later requests may name. */
  readonly learn: (answer: RawAnswer) => void;
  /** By operation; added to. */
  readonly fared: Map<string, Fared>;
  /** Ends the barrage when this many offences are found; each costs somebody's reading. */
  readonly offencesMax: number;
}

/**
 * Sends requests over keep-alive connections, each connection as fast as its answers come, and judges every answer.
 *
 * @returns answers that should not be, each with the request that got it
 */
export async function runBarrage(barrage: Barrage): Promise<{ readonly offences: readonly string[] }> {
  const { port, requests, judge, count, seed, learn, fared, offencesMax } = barrage;
  const offences: string[] = [];
  let waiting: HostileRequest[] = [];
  let made = 0;

  function next(): HostileRequest | undefined {
    if (waiting.length === 0 && made < count) {
      const size = Math.min(PORTION, count - made);
      waiting = fc.sample(requests, { numRuns: size, seed: seed + made });
      made += size;
    }
    return offences.length < offencesMax ? waiting.pop() : undefined;
  }

  async function work(): Promise<void> {
    const connection = openRawConnection(port);
    for (let request = next(); request !== undefined; request = next()) {
      try {
        const answer = await connection.exchange(bytesOf(request), request.method === 'HEAD');
        tally(request, answer);
        learn(answer);
        const what = judge(request, answer);
        if (what !== undefined) offences.push(offenceOf(what, request, answer));
      } catch (error) {
        offences.push(offenceOf(error instanceof Error ? error.message : String(error), request, undefined));
      }
    }
    connection.close();
  }

  function tally({ target }: HostileRequest, { status }: RawAnswer): void {
    const name = target.operation.operationId;
    const one = fared.get(name) ?? { asked: 0, succeeded: 0, statuses: [] };
    one.asked++;
    if (status < 300) one.succeeded++;
    one.statuses[status] = (one.statuses[status] ?? 0) + 1;
    fared.set(name, one);
  }

  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  return { offences };
}

function offenceOf(what: string, request: HostileRequest, answer: RawAnswer | undefined): string {
  const shown = (bytes: Buffer) => JSON.stringify(bytes.subarray(0, 1_500).toString());
  const sent = bytesOf({ ...request, headers: request.headers.filter(([name]) => name !== 'Authorization') });
  return `${what}\n  ${shown(sent)}\n  ${answer === undefined ? 'no answer' : `${answer.status} ${shown(answer.body)}`}`;
}
