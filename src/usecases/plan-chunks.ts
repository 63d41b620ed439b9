import type { AudienceMember, BareTarget } from '../domain/audience.js';
import { CHUNK_TARGETS_MAX, type ChunkTarget } from '../domain/chunk.js';
import { BARE_KEY_PREFIX } from '../domain/delivery.js';
import { chooseRoad, type Road } from '../domain/route.js';
import type { NewChunk } from '../ports/message-store.js';

/**
 * Writes members and bare push tokens into chunks: one provider each, targets in key order, ids counted on from
 * `firstChunk`, so that the same plan always has the same ids.
 */
export function planChunks(
  message: string,
  firstChunk: number,
  members: readonly AudienceMember[],
  bare: readonly BareTarget[],
  roads: readonly Road[],
): NewChunk[] {
  const byProvider = new Map<string | null, ChunkTarget[]>();
  const put = (provider: string | null, target: ChunkTarget) => {
    const targets = byProvider.get(provider);
    if (targets === undefined) byProvider.set(provider, [target]);
    else targets.push(target);
  };
  for (const member of members) put(chooseRoad(member, roads), { key: member.device, user: member.user });
  const sorted = [...bare].sort((a, b) => (a.tokenHash < b.tokenHash ? -1 : 1));
  for (const target of sorted)
    put(target.provider, { key: BARE_KEY_PREFIX + target.tokenHash, user: null, bare: target });

  const chunks: NewChunk[] = [];
  for (const [provider, targets] of byProvider) {
    for (let from = 0; from < targets.length; from += CHUNK_TARGETS_MAX) {
      const id = `${message}.${firstChunk + chunks.length}`;
      chunks.push({ id, provider, targets: targets.slice(from, from + CHUNK_TARGETS_MAX) });
    }
  }
  return chunks;
}
