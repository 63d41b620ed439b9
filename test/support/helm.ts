import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';

const run = promisify(execFile);
/** A helm that somebody has built takes another one for granted than one that was released. */
const KUBE_VERSION = '1.30.0';

/** One object of Kubernetes. */
export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: shapes of Kubernetes, which are what is tested.
  readonly [field: string]: any;
}

export interface Helm {
  lint(chart: string): Promise<string>;
  /** @throws Error with what helm said, also where the values are refused */
  render(chart: string, values?: object): Promise<readonly KubernetesObject[]>;
}

/** In a hook: `HELM_PATH`, else helm on the PATH, else tests that stay pending with the reason. */
export async function findHelm(context: Mocha.Context): Promise<Helm> {
  const binary = process.env.HELM_PATH ?? 'helm';
  const isThere = await run(binary, ['version', '--short']).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    const why =
      process.env.HELM_PATH === undefined ? 'no helm on the PATH, and no HELM_PATH' : `${binary} does not run`;
    for (const test of context.test?.parent?.tests ?? []) test.title = `${test.title} (${why})`;
    return context.skip();
  }
  return {
    lint: async (chart) => (await run(binary, ['lint', '--kube-version', KUBE_VERSION, '--strict', chart])).stdout,
    async render(chart, values = {}) {
      const directory = await mkdtemp(join(tmpdir(), 'pealbell-helm-'));
      try {
        const file = join(directory, 'values.json');
        await writeFile(file, JSON.stringify(values));
        const { stdout } = await run(binary, [
          'template',
          '--kube-version',
          KUBE_VERSION,
          'pealbell',
          chart,
          '--namespace',
          'push',
          '--values',
          file,
        ]);
        return parseAllDocuments(stdout).flatMap((document) => document.toJS() ?? []);
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
  };
}
