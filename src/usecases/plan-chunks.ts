import type { AudienceMember, BareTarget } from '../domain/audience.js';
import { CHUNK_TARGETS_MAX, type ChunkTarget } from '../domain/chunk.js';
import { BARE_KEY_PREFIX } from '../domain/delivery.js';
import { nextStep, type Road, type RouteStep } from '../domain/route.js';
import type { NewChunk } from '../ports/message-store.js';
import type { Renderings } from './renderings.js';

/** What all targets of one chunk have in common. */
type Kind = Pick<NewChunk, 'provider' | 'platform' | 'step' | 'rendering'>;

/** How the targets of a message go out. */
export interface Dispatch {
  readonly steps: readonly RouteStep[];
  readonly roads: readonly Road[];
  readonly renderings: Renderings;
}

/**
 * Writes members and bare push tokens into chunks: one provider, platform, step of the route and rendering each, targets in key order, ids counted
 * on from `firstChunk`, so that the same plan always has the same ids.
 */
export function planChunks(
  message: string,
  firstChunk: number,
  members: readonly AudienceMember[],
  bare: readonly BareTarget[],
  dispatch: Dispatch,
): NewChunk[] {
  const groups = new Map<string, { readonly kind: Kind; readonly targets: ChunkTarget[] }>();
  const put = (kind: Kind, target: ChunkTarget) => {
    const key = `${kind.provider ?? ''}|${kind.platform ?? ''}|${kind.step ?? 0}|${kind.rendering ?? ''}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { kind, targets: [target] });
    else group.targets.push(target);
  };
  for (const member of members) {
    const first = nextStep(dispatch.steps, undefined, member, dispatch.roads);
    const rendering = dispatch.renderings.get(member.device);
    const kind = {
      provider: first?.provider ?? null,
      platform: member.platform,
      ...(first === undefined || first.step === 0 ? {} : { step: first.step }),
      ...(rendering === undefined ? {} : { rendering }),
    };
    put(kind, { key: member.device, user: member.user });
  }
  const sorted = [...bare].sort((a, b) => (a.tokenHash < b.tokenHash ? -1 : 1));
  for (const target of sorted) {
    const { provider, platform } = target;
    const kind = { provider, ...(platform === undefined ? {} : { platform }) };
    put(kind, { key: BARE_KEY_PREFIX + target.tokenHash, user: null, bare: target });
  }

  const chunks: NewChunk[] = [];
  for (const { kind, targets } of groups.values()) {
    for (let from = 0; from < targets.length; from += CHUNK_TARGETS_MAX) {
      const id = `${message}.${firstChunk + chunks.length}`;
      chunks.push({ id, ...kind, targets: targets.slice(from, from + CHUNK_TARGETS_MAX) });
    }
  }
  return chunks;
}
