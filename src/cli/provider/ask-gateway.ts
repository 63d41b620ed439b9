import type { ToldTest } from './told-test.js';

export interface GatewayQuestion {
  readonly url: string;
  readonly key: string;
  readonly app: string | undefined;
  /** All providers of the app when absent. */
  readonly name: string | undefined;
}

/** A sentence for the operator. */
export interface RemoteFailure {
  readonly failed: string;
}

/** Asks the running gateway to test its providers, side by side. */
export async function askProviders(
  { url, key, app, name }: GatewayQuestion,
  signal: AbortSignal,
): Promise<readonly ToldTest[] | RemoteFailure> {
  const headers = { authorization: `Bearer ${key}`, ...(app === undefined ? {} : { 'x-app': app }) };
  const ask = async (method: string, path: string): Promise<unknown> => {
    const answer = await fetch(new URL(path, url), { method, headers, signal, redirect: 'error' });
    const body: unknown = await answer.json().catch(() => undefined);
    if (answer.ok) return body;
    const { title, detail } = (body ?? {}) as { title?: string; detail?: string };
    throw new Refused([title ?? `the gateway answered ${answer.status}`, detail].filter(Boolean).join(': '));
  };
  try {
    const { data } = (await ask('GET', '/v1/providers')) as { data: readonly { name: string }[] };
    const names = name === undefined ? data.map((one) => one.name) : [name];
    const tests = names.map((one) => ask('POST', `/v1/providers/${encodeURIComponent(one)}/test`));
    return ((await Promise.all(tests)) as ToldTest[]).map((test) => (app === undefined ? test : { app, ...test }));
  } catch (error) {
    if (error instanceof Refused) return { failed: error.message };
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { failed: `no gateway answers at ${url} (${cause instanceof Error ? cause.message : String(cause)})` };
  }
}

/** The gateway's own no. */
class Refused extends Error {
  override readonly name = 'Refused';
}
