import type { Config } from '../../../config/load.js';
import { connectOwner } from '../../compose.js';
import type { Json } from '../../domain/json.js';
import { jsonText } from '../terminal/json.js';
import type { Output, Paint } from '../terminal/paint.js';
import { plain, table } from '../terminal/table.js';
import { leavesOf, showValue } from './leaves.js';

/** As `GET /v1/admin/config` answers. */
export interface Comparison {
  readonly in_force: Json;
  readonly written: Json | null;
  readonly pending: readonly { readonly key: string; readonly change: string }[];
  readonly needs_restart: readonly string[];
  readonly faults: readonly string[];
}

/** One setting that is not the same. A value is absent where the setting is. */
interface Difference {
  readonly key: string;
  readonly in_force?: Json;
  readonly written?: Json;
  readonly takes_effect: 'with the next reload' | 'when the gateway starts anew';
}

/** Asks over the API. @throws Error with a sentence for the operator */
export async function askApi(url: string, key: string, app: string | undefined): Promise<Comparison> {
  const headers = { authorization: `Bearer ${key}`, ...(app === undefined ? {} : { 'x-app': app }) };
  let answer: Response;
  try {
    answer = await fetch(new URL('/v1/admin/config', url), {
      headers,
      signal: AbortSignal.timeout(10_000),
      redirect: 'error',
    });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Error(`no gateway answers at ${url} (${cause instanceof Error ? cause.message : String(cause)})`);
  }
  const body: unknown = await answer.json().catch(() => undefined);
  if (answer.ok) return body as Comparison;
  const { title, detail } = (body ?? {}) as { title?: string; detail?: string };
  throw new Error([title ?? `the gateway answered ${answer.status}`, detail].filter(Boolean).join(': '));
}

/** Asks the process that has the embedded store of this configuration open. @throws Error with a sentence for the operator */
export async function askOwner({ store: { url } }: Config): Promise<Comparison> {
  if (url.kind !== 'pglite') {
    throw new Error(
      'name the running gateway: --url http://127.0.0.1:8080 and --key, or $PEALBELL_URL and $PEALBELL_KEY',
    );
  }
  const owner = await connectOwner(url.dir);
  if (owner === undefined) throw new Error(`no gateway runs on ${url.dir}; start it, or name one with --url and --key`);
  const { status, body } = await owner.request('GET', '/config');
  if (status === 200) return body as Comparison;
  throw new Error(`the process ${owner.pid} on ${url.dir} cannot tell its configuration`);
}

/** @returns whether nothing differs */
export function printDifferences(comparison: Comparison, isJson: boolean, output: Output, paint: Paint): boolean {
  const differences = differencesIn(comparison);
  const { faults } = comparison;
  const isSame = differences.length === 0 && faults.length === 0;
  if (isJson) {
    output.write(jsonText({ same: isSame, differences, faults }, output));
    return isSame;
  }
  if (isSame) {
    output.write('What the files say is in force.\n');
    return true;
  }
  for (const sentence of faults) output.write(`${paint('red', 'fault')}  ${plain(sentence)}\n`);
  if (faults.length > 0) output.write('The files have faults, and change nothing until they are mended.\n');
  if (differences.length === 0) return false;
  const rows = differences.map((one) => [
    plain(one.key),
    plain(showValue(one.in_force)),
    plain(showValue(one.written)),
    one.takes_effect,
  ]);
  output.write(table(['SETTING', 'IN FORCE', 'IN THE FILES', 'TAKES EFFECT'], rows, paint));
  return false;
}

function differencesIn({ in_force, written, pending, needs_restart }: Comparison): readonly Difference[] {
  if (written === null) return [];
  const valuesOf = (side: Json) => new Map(leavesOf(side).map(({ path, value }) => [path.join('.'), value]));
  const [before, after] = [valuesOf(in_force), valuesOf(written)];
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  const shown = keys
    .filter((key) => JSON.stringify(before.get(key)) !== JSON.stringify(after.get(key)))
    .map((key): Difference => {
      const [one, other] = [before.get(key), after.get(key)];
      const isLive = !needs_restart.includes(key);
      return {
        key,
        ...(one === undefined ? {} : { in_force: one }),
        ...(other === undefined ? {} : { written: other }),
        takes_effect: isLive ? 'with the next reload' : 'when the gateway starts anew',
      };
    });
  // What differs only in the text of a secret shows no difference above.
  const isTold = (key: string) => shown.some((one) => one.key === key || one.key.startsWith(`${key}.`));
  const hidden = [
    ...pending.map(({ key }) => ({ key, takes_effect: 'with the next reload' as const })),
    ...needs_restart.map((key) => ({ key, takes_effect: 'when the gateway starts anew' as const })),
  ]
    .filter(({ key }) => !isTold(key))
    .map((one): Difference => ({ ...one, in_force: SECRET, written: ANOTHER }));
  return [...shown, ...hidden];
}

const SECRET = '(a secret)';
const ANOTHER = '(another one)';
