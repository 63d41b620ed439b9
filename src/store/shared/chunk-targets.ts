import type { ChunkTarget } from '../../domain/chunk.js';
import type { PushToken } from '../../domain/outcome.js';
import type { AtRest } from '../at-rest.js';

/** Targets are stored as compact JSON, `[key, user]` each; a bare push token's is sealed: `[key, user, {…, sealed}]`. */
export function formatTargets(targets: readonly ChunkTarget[], message: string, atRest: AtRest): string {
  return JSON.stringify(
    targets.map((target) => {
      if (target.bare === undefined) return [target.key, target.user];
      const { token, ...open } = target.bare;
      return [
        target.key,
        target.user,
        { ...open, sealed: atRest.seal(token, `chunks|${message}|${target.key}`).toString('base64') },
      ];
    }),
  );
}

type StoredTarget = readonly [
  key: string,
  user: string | null,
  bare?: Omit<NonNullable<ChunkTarget['bare']>, 'token'> & { sealed: string },
];

export function parseTargets(text: string, message: string, atRest: AtRest): ChunkTarget[] {
  return (JSON.parse(text) as StoredTarget[]).map(([key, user, bare]) => {
    if (bare === undefined) return { key, user };
    const { sealed, ...open } = bare;
    const token = atRest.open(Buffer.from(sealed, 'base64'), `chunks|${message}|${key}`) as PushToken;
    return { key, user, bare: { ...open, token } };
  });
}
