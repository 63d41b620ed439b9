import { NAMED_TARGETS_MAX } from '../domain/audience.js';
import type { FieldFault } from '../domain/errors.js';
import type { MessageDraft, PushTokenDraft } from '../usecases/message-draft.js';
import { given } from './given.js';
import type { MessageRequest } from './schemas/message-request.js';

const NAMED = ['users', 'devices', 'push_tokens'];
const BROAD = ['topics', 'filter', 'everyone'];

/** What concerns several fields of `to`; trusts no shape. */
export function targetFaults(to: unknown): FieldFault[] {
  if (!isObject(to)) return [];
  const lists = NAMED.map((kind) => to[kind]).filter((list) => list !== undefined);
  const count = lists.reduce<number>((sum, list) => sum + (Array.isArray(list) ? countNames(list) : 0), 0);
  if (count > NAMED_TARGETS_MAX) {
    const detail = `at most ${NAMED_TARGETS_MAX} users, devices and push tokens together; these are ${count}`;
    return [{ pointer: '/to', code: 'too_many_targets', detail }];
  }
  // Whatever is misshapen or unknown here has a fault of its own; that it names nobody would only be noise.
  const shaped = lists.every(Array.isArray) && (to.everyone === undefined || to.everyone === false);
  const meant = to.filter !== undefined || (to.topics !== undefined && !isEmptyList(to.topics));
  const known = Object.keys(to).every((key) => BROAD.includes(key) || NAMED.includes(key));
  if (count > 0 || meant || !shaped || !known) return [];
  const detail = 'name at least one user, device, push token or topic, give a filter, or say "everyone"';
  return [{ pointer: '/to', code: 'no_target', detail }];
}

/** Whom a send is for, in the words of the house. */
export function toAudienceDraft({ to, only, except }: Pick<MessageRequest, 'to' | 'only' | 'except'>) {
  return {
    to: given({
      users: unique(to.users),
      devices: unique(to.devices),
      pushTokens: (to.push_tokens ?? []).map(toPushTokenDraft),
      everyone: to.everyone ?? false,
      topics: uniqueUnlessEmpty(to.topics),
      filter: to.filter,
    }),
    onlyPlatforms: only?.platforms,
    onlyProviders: only?.providers,
    onlyFilter: only?.filter,
    exceptUsers: unique(except?.users),
    exceptDevices: unique(except?.devices),
    exceptTopics: uniqueUnlessEmpty(except?.topics),
  } satisfies { [K in keyof MessageDraft]?: MessageDraft[K] | undefined };
}

function toPushTokenDraft(target: NonNullable<MessageRequest['to']['push_tokens']>[number]): PushTokenDraft {
  const { bundle_id: bundleId, ...rest } = target;
  return given({ ...rest, bundleId });
}

function unique(names: readonly string[] | undefined): readonly string[] {
  return names === undefined ? [] : [...new Set(names)];
}

function uniqueUnlessEmpty(names: readonly string[] | undefined): readonly string[] | undefined {
  return names === undefined || names.length === 0 ? undefined : unique(names);
}

function countNames(list: readonly unknown[]): number {
  return new Set(list.map((name) => (isObject(name) ? JSON.stringify(name) : name))).size;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
