import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDataKey } from '../domain/data-key.js';
import { GatewayError } from '../domain/errors.js';
import type { RandomBytes } from '../domain/ids.js';

/**
 * The data key of an embedded store, made at its first start; mode 0600. The caller owns the directory, so nobody
 * else makes one at the same time.
 *
 * @throws GatewayError `config_invalid` when others could read the file
 */
export function readOrMakeDataKey(path: string, random: RandomBytes): string {
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const file = openSync(path, 'wx', 0o600);
    writeSync(file, makeDataKey(random));
    fsyncSync(file);
    closeSync(file);
  }
  if ((statSync(path).mode & 0o077) !== 0) {
    throw new GatewayError(
      'config_invalid',
      `${path} can be read or written by others; it unlocks every push token of this store: chmod 600 ${path}`,
    );
  }
  return readFileSync(path, 'utf8');
}
