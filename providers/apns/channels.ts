/**
 * Manages broadcast channels at Apple. Source: Apple, "Sending channel management requests to APNs". Rare questions, each
 * over a connection of its own.
 */
import { randomUUID } from 'node:crypto';
import type { BroadcastChannel, ChannelAnswer, ChannelScope, ChannelStorage } from '../contract.js';
import { askOnce, silence } from '../shared/ask-once.js';
import type { Answer } from '../shared/transport.js';
import { parseChannelId } from './broadcast.js';
import { interpret } from './cures.js';
import { readRefusal } from './outcome.js';
import type { ApnsProviderOptions } from './provider-options.js';

/** Apple's figures for whether the most recent message is kept. */
const POLICIES: Readonly<Record<ChannelStorage, number>> = { none: 0, most_recent: 1 };
/** The spelling of these hosts; pushes to channels write it in lower case. */
const PUSH_TYPE = 'LiveActivity';
const MISSING: ReadonlySet<string> = new Set(['ChannelNotRegistered', 'BadChannelId']);

/** Said of making a channel alone. */
const FULL = {
  code: 'CannotCreateChannelConfig',
  reading: { means: 'the app has 10,000 channels already', cure: 'Delete channels that nobody needs any more.' },
};

/** One question; `read` makes the value of a good answer, or undefined of one that makes no sense. */
interface Question<T> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly what: 'channels' | 'all-channels';
  readonly channelId?: string;
  readonly body?: object;
  readonly read: (answer: Answer) => { readonly value: T } | undefined;
}

export function createChannel(
  options: ApnsProviderOptions,
  scope: ChannelScope,
  storage: ChannelStorage,
  signal: AbortSignal,
): Promise<ChannelAnswer<BroadcastChannel>> {
  const body = { 'message-storage-policy': POLICIES[storage], 'push-type': PUSH_TYPE };
  const read = ({ headers }: Answer) => {
    const id = headers['apns-channel-id'];
    return isChannelId(id) ? { value: { id, storage } } : undefined;
  };
  return ask(options, scope, { method: 'POST', what: 'channels', body, read }, signal);
}

export function readChannel(
  options: ApnsProviderOptions,
  scope: ChannelScope,
  id: string,
  signal: AbortSignal,
): Promise<ChannelAnswer<BroadcastChannel>> {
  const read = (answer: Answer) => {
    const policy = jsonOf(answer)?.['message-storage-policy'];
    const storage = policy === 0 ? 'none' : policy === 1 ? 'most_recent' : undefined;
    return storage === undefined ? undefined : { value: { id, storage } as const };
  };
  return ask<BroadcastChannel>(options, scope, { method: 'GET', what: 'channels', channelId: id, read }, signal);
}

export function deleteChannel(
  options: ApnsProviderOptions,
  scope: ChannelScope,
  id: string,
  signal: AbortSignal,
): Promise<ChannelAnswer<undefined>> {
  const read = () => ({ value: undefined });
  return ask(options, scope, { method: 'DELETE', what: 'channels', channelId: id, read }, signal);
}

export function listChannels(
  options: ApnsProviderOptions,
  scope: ChannelScope,
  signal: AbortSignal,
): Promise<ChannelAnswer<readonly string[]>> {
  const read = (answer: Answer) => {
    const channels = jsonOf(answer)?.channels;
    return Array.isArray(channels) && channels.every(isChannelId) ? { value: channels } : undefined;
  };
  return ask<readonly string[]>(options, scope, { method: 'GET', what: 'all-channels', read }, signal);
}

async function ask<T>(
  { credential, bundleId: ownBundleId, channelEndpoints, ca }: ApnsProviderOptions,
  { environment, bundleId = ownBundleId }: ChannelScope,
  { method, what, channelId, body, read }: Question<T>,
  signal: AbortSignal,
): Promise<ChannelAnswer<T>> {
  // What Apple never gave out fits into no header, and is no channel.
  if (channelId !== undefined && !isChannelId(channelId)) return { kind: 'missing' };
  if (credential.kind === 'certificate') {
    const cure = 'Set key, key_id and team_id in the app’s file in place of the certificate.';
    return { kind: 'refused', detail: 'Live Activities need token authentication at APNs', cure };
  }
  const origin = channelEndpoints[environment];
  const asked = await askOnce(
    { origin, ca },
    {
      method,
      path: `/1/apps/${bundleId}/${what}`,
      headers: {
        authorization: credential.token.current(),
        'apns-request-id': randomUUID(),
        ...(channelId === undefined ? {} : { 'apns-channel-id': channelId }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    },
    signal,
  );
  const { reply } = asked;
  if (reply.kind !== 'answer') {
    return { kind: 'unreachable', detail: `APNs cannot be reached at ${origin}: ${silence(asked)}` };
  }
  return judged(reply, read);
}

function judged<T>(answer: Answer, read: Question<T>['read']): ChannelAnswer<T> {
  const { status } = answer;
  if (status >= 200 && status < 300) {
    const good = read(answer);
    if (good !== undefined) return { kind: 'done', value: good.value };
    return { kind: 'unreachable', detail: `what answered (${status}) does not speak like APNs` };
  }
  const { reason } = readRefusal(answer.body);
  if (reason !== undefined && MISSING.has(reason)) return { kind: 'missing' };
  const said = [status, reason].filter((part) => part !== undefined).join(' ');
  if (status >= 500 || status === 429) return { kind: 'unreachable', detail: `APNs cannot do it now (${said})` };
  const reading = reason === FULL.code ? FULL.reading : reason === undefined ? undefined : interpret({ code: reason });
  const meaning = reading === undefined ? '' : `: ${reading.means}`;
  return {
    kind: 'refused',
    detail: `APNs refuses (${said})${meaning}`,
    ...(reading?.cure === undefined ? {} : { cure: reading.cure }),
  };
}

function isChannelId(value: unknown): value is string {
  try {
    return parseChannelId(value) === value;
  } catch {
    return false;
  }
}

function jsonOf(answer: Answer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(answer.body.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
