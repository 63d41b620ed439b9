import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { MASK } from '../../../../config/printable.js';
import type { Json } from '../../../domain/json.js';
import { type Check, type Finding, fault, ok, warning } from '../check.js';

const OTHERS_WRITE = 0o022;
const OTHERS_READ = 0o044;

/** Who else could read or change the files. Key files themselves are judged when they are read. */
export const files: Check = {
  name: 'files',
  async look({ dir, config }) {
    const found: Finding[] = [];
    const written = config.sources.filter((source) => isAbsolute(source) && source.endsWith('.yaml'));
    const open = openSecrets(config.printable);
    for (const path of new Set([...written, ...written.map(dirname)])) {
      const mode = await modeOf(path);
      if (mode === undefined) continue;
      const shown = mode.toString(8).padStart(4, '0');
      if ((mode & OTHERS_WRITE) !== 0) {
        const says = `other users can change it (mode ${shown}), and with it every credential`;
        found.push(fault(path, says, `Run: chmod go-w ${path}`));
      }
      const secrets = open.get(keyOf(dir, path)) ?? [];
      if (secrets.length === 0) continue;
      const more = secrets.length > 3 ? ` and ${secrets.length - 3} more` : '';
      const named = `${secrets.slice(0, 3).join(', ')}${more}`;
      const moved = `Move it into a file of its own and write "\${file:PATH}", or "\${env:NAME}", in its place`;
      found.push(
        (mode & OTHERS_READ) === 0
          ? warning(
              path,
              `holds a secret in the open: ${named}`,
              `${moved}: then the file can be shown and kept in git.`,
            )
          : fault(
              path,
              `holds a secret (${named}) and other users can read it (mode ${shown})`,
              `${moved}; until then run: chmod 600 ${path}`,
            ),
      );
    }
    return found.length > 0 || written.length === 0
      ? found
      : [ok(dir, 'only their owner can change them, and no secret stands in them')];
  },
};

/** Paths of masked values, by `gateway` and by app. */
function openSecrets(printable: Json): ReadonlyMap<string, readonly string[]> {
  const byFile = new Map<string, string[]>();
  const walk = (value: Json, path: readonly string[]): void => {
    if (typeof value === 'string' && value.includes(MASK)) {
      const isApp = path[0] === 'apps';
      const file = isApp ? `apps/${path[1]}` : 'gateway';
      byFile.set(file, [...(byFile.get(file) ?? []), path.slice(isApp ? 2 : 0).join('.')]);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) walk(inner as Json, [...path, key]);
    }
  };
  walk(printable, []);
  return byFile;
}

function keyOf(dir: string, path: string): string {
  const app = /([^/\\]+)\.yaml$/.exec(path)?.[1] ?? '';
  return dirname(path) === join(dir, 'apps') ? `apps/${app}` : app === 'gateway' ? 'gateway' : '';
}

/** Undefined where users have no ids, and where the file went since. */
async function modeOf(path: string): Promise<number | undefined> {
  if (process.getuid === undefined) return undefined;
  return stat(path).then(
    ({ mode }) => mode & 0o777,
    () => undefined,
  );
}
