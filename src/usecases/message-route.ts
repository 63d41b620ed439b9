import type { MessageRoute } from '../domain/accepted-message.js';
import type { FieldFault } from '../domain/errors.js';
import { defaultSteps, type Road, type Route } from '../domain/route.js';
import { nearest } from '../domain/suggest.js';

const DEFAULT = 'default';
/** Routes every app has. Both lead over the same roads until there is one that is no push. */
const EVERYWHERE: readonly string[] = [DEFAULT, 'push_only'];

/**
 * The route a message takes, written out, so that what the app's file says later is not its concern.
 *
 * @param name as the caller gave it
 * @returns undefined for a name that the app does not have
 */
export function messageRoute(
  name: string | undefined,
  routes: readonly Route[],
  roads: readonly Road[],
): MessageRoute | undefined {
  const wanted = name === undefined || EVERYWHERE.includes(name) ? DEFAULT : name;
  const ofFile = routes.find((route) => route.name === wanted);
  if (ofFile === undefined && wanted !== DEFAULT) return undefined;
  return { ...(name === undefined ? {} : { name }), steps: ofFile?.steps ?? defaultSteps(roads) };
}

/** The fault for a route that the app's file does not have, with what it probably meant. */
export function unknownRoute(name: string, routes: readonly Route[]): FieldFault {
  const known = [...new Set([...EVERYWHERE, ...routes.map((route) => route.name)])];
  const guess = nearest(name, known);
  const hint = guess === undefined ? `there are: ${known.slice(0, 20).join(', ')}` : `did you mean '${guess}'?`;
  return { pointer: '/delivery/route', code: 'unknown_route', detail: `'${name}' is not a route of this app; ${hint}` };
}
