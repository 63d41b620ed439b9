import type { MessageRoute } from '../domain/accepted-message.js';
import type { FieldFault } from '../domain/errors.js';
import {
  defaultSteps,
  parallelSteps,
  pushSteps,
  REALTIME,
  type Road,
  type Route,
  type RouteStep,
} from '../domain/route.js';
import { nearest } from '../domain/suggest.js';

const DEFAULT = 'default';
/** Routes that mean something in every app, and those that need its own road. */
const EVERYWHERE: readonly string[] = [DEFAULT, 'push_only'];
const CONNECTED: readonly string[] = ['online_only', 'parallel'];

/**
 * The route a message takes, written out, so that what the app's file says later is not its concern.
 *
 * @param name as the caller gave it
 * @returns undefined for a name that the app does not have, or cannot have without its own road
 */
export function messageRoute(
  name: string | undefined,
  routes: readonly Route[],
  roads: readonly Road[],
): MessageRoute | undefined {
  const steps = stepsOf(name, routes, roads);
  return steps && { ...(name === undefined ? {} : { name }), steps };
}

function stepsOf(
  name: string | undefined,
  routes: readonly Route[],
  roads: readonly Road[],
): readonly RouteStep[] | undefined {
  const ofFile = (wanted: string) => routes.find((route) => route.name === wanted)?.steps;
  const usual = ofFile(DEFAULT) ?? defaultSteps(roads);
  switch (name) {
    case undefined:
    case DEFAULT:
      return usual;
    case 'push_only':
      return pushSteps(usual);
    case 'online_only':
      return isConnected(roads) ? [{ via: REALTIME }] : undefined;
    case 'parallel':
      return isConnected(roads) ? parallelSteps(usual) : undefined;
    default:
      return ofFile(name);
  }
}

function isConnected(roads: readonly Road[]): boolean {
  return roads.some(({ name }) => name === REALTIME);
}

/** The fault for a route that the app's file does not have, with what it probably meant. */
export function unknownRoute(name: string, app: string, routes: readonly Route[], roads: readonly Road[]): FieldFault {
  if (CONNECTED.includes(name)) {
    const detail = `'${name}' goes over the app's own connections, which it does not have; add realtime: {} to config/apps/${app}.yaml`;
    return { pointer: '/delivery/route', code: 'no_realtime', detail };
  }
  const words = isConnected(roads) ? [...EVERYWHERE, ...CONNECTED] : EVERYWHERE;
  const known = [...new Set([...words, ...routes.map((route) => route.name)])];
  const guess = nearest(name, known);
  const hint = guess === undefined ? `there are: ${known.slice(0, 20).join(', ')}` : `did you mean '${guess}'?`;
  return { pointer: '/delivery/route', code: 'unknown_route', detail: `'${name}' is not a route of this app; ${hint}` };
}
