import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { ConfigKind } from '../../../config/apps.js';
import { formatFault } from '../../../config/fault.js';
import type { KeyFileSystem } from '../../../config/key-file.js';
import { type Config, type LoadRequest, readConfig } from '../../../config/load.js';

/** Two kinds with what real ones have: secrets, defaults, choices. */
export const KINDS: readonly ConfigKind[] = [
  {
    name: 'apns',
    options: z.strictObject({
      key: z.string().min(1).describe('The signing key, PEM.').meta({ secret: true }),
      key_id: z.string().describe('Ten characters, from the developer account.'),
      environment: z.enum(['sandbox', 'production']).prefault('production').describe('Which of the two APNs.'),
    }),
  },
  { name: 'webpush', options: z.object({ subject: z.string(), ttl: z.int().min(0).optional() }) },
];

/** A folder of its own with the files of a configuration; removed by {@link Workspace.remove}. */
export interface Workspace {
  readonly dir: string;
  /** Writes a file, mode 0600. */
  write(name: string, text: string, mode?: number): Promise<string>;
  /** Loads the configuration in `config/`, with the folder as working directory. */
  load(request?: Partial<LoadRequest>): Promise<Config>;
  /** The lines of every fault; empty when there is none. */
  faults(request?: Partial<LoadRequest>): Promise<readonly string[]>;
  remove(): Promise<void>;
}

/** The process is the owner of its files, and nothing is a mount: what a test means to differ it says. */
export const PLAIN_SYSTEM: KeyFileSystem = { uid: process.getuid?.(), mountinfo: '' };

export async function openWorkspace(): Promise<Workspace> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'pealbell-config-')));
  const read = (request: Partial<LoadRequest> = {}) =>
    readConfig({ env: {}, kinds: KINDS, cwd: dir, system: PLAIN_SYSTEM, ...request });
  return {
    dir,
    async write(name, text, mode = 0o600) {
      const path = join(dir, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
      await chmod(path, mode);
      return path;
    },
    async load(request) {
      const reading = await read(request);
      if (reading.kind === 'loaded') return reading.config;
      throw new Error(`unexpected faults:\n${reading.faults.map(formatFault).join('\n')}`);
    },
    async faults(request) {
      const reading = await read(request);
      return reading.kind === 'loaded' ? [] : reading.faults.map(formatFault);
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
