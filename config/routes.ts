/** Checks the routes of an app's file: over which roads a device is tried, one after the other. */
import { REASONS } from '../src/domain/reason.js';
import {
  NATIVE,
  REALTIME,
  ROUTE_WORDS,
  type Route,
  type RouteStep,
  STEP_REASONS,
  STEPS_MAX,
  type StepReason,
} from '../src/domain/route.js';
import { nearest } from '../src/domain/suggest.js';
import { type Complaint, unknownKey } from './explain.js';
import { parseDuration } from './quantity.js';
import type { Path } from './yaml-source.js';

export interface RouteReading {
  readonly routes: readonly Route[];
  readonly complaints: readonly Complaint[];
}

/** What callers may name in `delivery.route`. */
const ROUTE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const ROUTES_MAX = 100;
const STEP_KEYS = ['via', 'wait', 'after'];
/** For a device's answer; as long as a message itself may ask for. */
const WAIT_MS = { min: 1_000, max: 60_000 };
/** A reason of receipts. */
const REASONS_NOT_YET: readonly string[] = ['no_receipt'];

/** Over what the steps of an app may go. */
interface Roads {
  readonly providers: readonly string[];
  /** The file has a section `realtime`. */
  readonly isConnected: boolean;
}

/** @param value of `routes` in the app's file; `providers` are the names that steps may go over */
export function readRoutes(value: unknown, providers: readonly string[], isConnected: boolean): RouteReading {
  if (value === undefined) return { routes: [], complaints: [] };
  const path: Path = ['routes'];
  if (!isRecord(value)) return refuse({ path, at: 'value', what: 'must be a group of routes by name' });
  const entries = Object.entries(value);
  if (entries.length > ROUTES_MAX) return refuse({ path, at: 'value', what: `must have at most ${ROUTES_MAX} routes` });
  const roads = { providers, isConnected };
  const readings = entries.map(([name, written]) => readRoute(name, written, roads));
  return {
    routes: readings.flatMap((reading) => reading.routes),
    complaints: readings.flatMap((reading) => reading.complaints),
  };
}

function readRoute(name: string, written: unknown, roads: Roads): RouteReading {
  const path: Path = ['routes', name];
  if (!ROUTE_NAME.test(name)) {
    return refuse({ path, at: 'key', what: 'must be a name of letters, digits, dots, - and _, at most 64 characters' });
  }
  if ((ROUTE_WORDS as readonly string[]).includes(name)) {
    return refuse({ path, at: 'key', what: 'is a word with a meaning of its own', suggestion: 'choose another name' });
  }
  if (!Array.isArray(written) || written.length === 0) {
    return refuse({ path, at: 'value', what: 'must be a list of steps, such as [{ via: native }]' });
  }
  if (written.length > STEPS_MAX) return refuse({ path, at: 'value', what: `must have at most ${STEPS_MAX} steps` });
  const complaints: Complaint[] = [];
  const vias = new Set<unknown>();
  const steps = written.flatMap((step: unknown, place) => {
    const read = readStep([...path, place], step, place === 0, roads, complaints);
    if (read === undefined) return [];
    if (vias.has(read.via)) {
      complaints.push({
        path: [...path, place, 'via'],
        at: 'value',
        what: 'stands in this route twice',
        suggestion: 'keep one',
      });
    }
    vias.add(read.via);
    return [read];
  });
  return { routes: complaints.length === 0 ? [{ name, steps }] : [], complaints };
}

function readStep(
  path: Path,
  written: unknown,
  isFirst: boolean,
  roads: Roads,
  complaints: Complaint[],
): RouteStep | undefined {
  if (!isRecord(written)) {
    complaints.push({ path, at: 'value', what: 'must be a step, such as { via: native }' });
    return undefined;
  }
  for (const key of Object.keys(written)) {
    if (!STEP_KEYS.includes(key)) complaints.push(unknownKey([...path, key], STEP_KEYS));
  }
  const via = readVia([...path, 'via'], written.via, roads, complaints);
  const waitMs = readWait([...path, 'wait'], written.wait, via, complaints);
  const after = readAfter([...path, 'after'], written.after, isFirst, complaints);
  if (via === undefined) return undefined;
  return { via, ...(waitMs === undefined ? {} : { waitMs }), ...(after === undefined ? {} : { after }) };
}

function readVia(path: Path, via: unknown, roads: Roads, complaints: Complaint[]): string | undefined {
  const known = [...(roads.isConnected ? [REALTIME] : []), NATIVE, ...roads.providers];
  if (typeof via === 'string' && known.includes(via)) return via;
  if (via === REALTIME) {
    const what = 'cannot be realtime: the app has no connections of its own';
    complaints.push({ path, at: 'value', what, suggestion: 'add realtime: {} to this file, or remove the step' });
    return undefined;
  }
  const what = via === undefined ? 'is missing' : 'must be native or a provider of this app';
  const meant = typeof via === 'string' ? nearest(via, known) : undefined;
  const suggestion = meant === undefined ? `there are: ${known.join(', ')}` : `did you mean ${meant}?`;
  complaints.push({ path, at: 'value', what, suggestion });
  return undefined;
}

/** @returns milliseconds */
function readWait(path: Path, wait: unknown, via: string | undefined, complaints: Complaint[]): number | undefined {
  if (wait === undefined) return undefined;
  if (via !== undefined && via !== REALTIME) {
    const what = 'is only for the step via realtime: no other road answers for the device';
    complaints.push({ path, at: 'key', what, suggestion: 'remove it' });
    return undefined;
  }
  const ms = typeof wait === 'string' ? parseDuration(wait) : undefined;
  if (ms !== undefined && ms >= WAIT_MS.min && ms <= WAIT_MS.max) return ms;
  complaints.push({ path, at: 'value', what: 'must be a duration from 1s to 60s, such as 8s' });
  return undefined;
}

function readAfter(
  path: Path,
  after: unknown,
  isFirst: boolean,
  complaints: Complaint[],
): readonly StepReason[] | undefined {
  if (after === undefined) return undefined;
  if (isFirst) {
    const suggestion = 'remove it: the first step is always tried';
    complaints.push({ path, at: 'key', what: 'has nothing to come after', suggestion });
    return undefined;
  }
  if (!Array.isArray(after) || after.length === 0) {
    const suggestion = 'without it the usual ones count';
    complaints.push({ path, at: 'value', what: 'must be a list of reasons, such as [token_invalid]', suggestion });
    return undefined;
  }
  return after.flatMap((word: unknown, place) => {
    const reason = STEP_REASONS.find((known) => known === word);
    if (reason === undefined) complaints.push({ path: [...path, place], at: 'value', ...unknownReason(word) });
    return reason ?? [];
  });
}

function unknownReason(word: unknown): Pick<Complaint, 'what' | 'suggestion'> {
  const choices = `one of ${STEP_REASONS.join(', ')}`;
  if (REASONS_NOT_YET.includes(String(word)))
    return { what: 'is not part of this version yet', suggestion: 'remove it' };
  if (word === 'uncertain') {
    const what = 'cannot be uncertain: what may have arrived would be shown twice';
    return { what, suggestion: 'messages decide with delivery.on_uncertain' };
  }
  if ((REASONS as readonly string[]).includes(String(word)))
    return { what: `must be a reason with which a road ends: ${choices}` };
  const meant = typeof word === 'string' ? nearest(word, STEP_REASONS) : undefined;
  return { what: `must be ${choices}`, ...(meant === undefined ? {} : { suggestion: `did you mean ${meant}?` }) };
}

function refuse(complaint: Complaint): RouteReading {
  return { routes: [], complaints: [complaint] };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
