import { randomUUID } from 'node:crypto';

export interface AccessTokens {
  readonly lifeSeconds: number;
  issue(nowMs: number): string;
  judge(token: string, nowMs: number): 'good' | 'expired' | 'unknown';
  revoke(): void;
}

export function createAccessTokens(lifeSeconds: number): AccessTokens {
  const ends = new Map<string, number>();
  return {
    lifeSeconds,
    issue(nowMs) {
      const token = `honor/${randomUUID()}+access==`;
      ends.set(token, nowMs + lifeSeconds * 1_000);
      return token;
    },
    judge(token, nowMs) {
      const end = ends.get(token);
      if (end === undefined) return 'unknown';
      return nowMs < end ? 'good' : 'expired';
    },
    revoke() {
      for (const token of ends.keys()) ends.set(token, 0);
    },
  };
}
