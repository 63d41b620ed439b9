/** The caller's override: `{"v1": …, "v3": …}`, a merge patch for each generation, of what is sent there. */
import type { Json, JsonObject, Message, Misfit } from '../contract.js';
import { isJsonObject } from '../shared/merge-patch.js';
import { misfitError } from '../shared/message-parts.js';
import type { Generation } from './options.js';

interface Rules {
  /** What is not the caller's to set, by path, and what to do instead. */
  readonly refused: readonly (readonly [path: string, detail: string])[];
  /** Places that must be objects. */
  readonly objects: readonly string[];
}

const ADDRESS = 'the address comes from the registration';
const DATA = 'use `data` of the message: beside it stands what keeps a copy from being shown twice';
const TTL = 'use `ttl`: the house counts it over all attempts';
const OURS = 'by it receipts and copies are known';

const RULES: Readonly<Record<Generation, Rules>> = {
  v1: {
    refused: [
      ...['token', 'topic', 'condition'].map((path) => [path, ADDRESS] as const),
      ...['data', 'android/data'].map((path) => [path, DATA] as const),
      ['android/ttl', TTL],
      ['android/bi_tag', OURS],
    ],
    objects: ['android', 'android/notification', 'android/notification/click_action', 'android/notification/badge'],
  },
  v3: {
    refused: [
      ['target', ADDRESS],
      ...['payload/extraData', 'payload/notification/clickAction/data/pealbell'].map((path) => [path, DATA] as const),
      ['pushOptions/ttl', TTL],
      ['pushOptions/biTag', OURS],
      ['payload/notification/appMessageId', OURS],
    ],
    objects: [
      ...['payload', 'payload/notification', 'payload/notification/clickAction', 'payload/notification/badge'],
      ...['payload/notification/clickAction/data', 'pushOptions'],
    ],
  },
};

/** What it says of one generation; empty where it says nothing. */
export function patchOf({ override }: Message, generation: Generation): JsonObject {
  const patch = override?.[generation];
  return isJsonObject(patch) ? patch : {};
}

export function overrideMisfits({ override = {} }: Message, generation: Generation): Misfit[] {
  const misfits: Misfit[] = [];
  for (const [key, part] of Object.entries(override)) {
    if (key !== 'v1' && key !== 'v3') {
      misfits.push(misfitError('override_invalid', 'an override for Huawei has v1 and v3 only', pointerOf(key)));
    } else if (!isJsonObject(part))
      misfits.push(misfitError('override_invalid', `${key} is an object`, pointerOf(key)));
  }
  const patch = isJsonObject(override[generation]) ? override[generation] : {};
  for (const [path, detail] of RULES[generation].refused) {
    if (at(patch, path) !== undefined) {
      misfits.push(misfitError('override_refused', detail, pointerOf(`${generation}/${path}`)));
    }
  }
  for (const path of RULES[generation].objects) {
    const value = at(patch, path);
    if (value === undefined || value === null || isJsonObject(value)) continue;
    const detail = `${path.replaceAll('/', '.')} is an object`;
    misfits.push(misfitError('override_invalid', detail, pointerOf(`${generation}/${path}`)));
  }
  return misfits;
}

function at(json: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = json;
  for (const key of path.split('/')) {
    if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

function pointerOf(path: string): string {
  return `/overrides/huawei/${path}`;
}
