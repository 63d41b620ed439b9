import type { AudienceMember } from './audience.js';

/** What the planner needs to know of a road. */
export interface Road {
  /** Provider name in the app's file. */
  readonly name: string;
  /** Platforms whose own push service this is. */
  readonly nativeFor: readonly string[];
}

/**
 * The provider a device is sent to first: its platform's own, else the first of the app's file at which it has a live
 * registration. `null` when no configured provider reaches it.
 */
export function chooseRoad(member: AudienceMember, roads: readonly Road[]): string | null {
  const open = roads.filter((road) => member.providers.includes(road.name));
  const native = open.find((road) => road.nativeFor.includes(member.platform));
  return (native ?? open[0])?.name ?? null;
}
