/**
 * What the hosts that manage broadcast channels answer, from Apple's "Sending channel management requests to APNs" and
 * its table of reasons. Pure but for the register of channels.
 */
import type { Refusal } from './answers.js';
import { CHANNEL_ID, maySendFor } from './broadcast-rules.js';
import type { ChannelScope, Channels } from './channels.js';
import type { RequestHeaders, Sender } from './request-rules.js';

const PATH = /^\/1\/apps\/([A-Za-z0-9.-]+)\/(channels|all-channels)$/;
/** The spelling of these hosts; pushes to channels write it in lower case. */
const PUSH_TYPE = 'LiveActivity';

export interface ManageCall {
  readonly method: string;
  readonly path: string;
  readonly headers: RequestHeaders;
  /** Undefined for one that was too large to keep. */
  readonly body: string | undefined;
}

export interface ManageAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: object;
}

/** The app that a path names, and whether it is about all of its channels. */
export function readManagePath(path: string): { readonly bundleId: string; readonly isAll: boolean } | Refusal {
  const [, bundleId, what] = PATH.exec(path) ?? [];
  if (bundleId === undefined) return { status: 404, reason: 'BadPath' };
  return { bundleId, isAll: what === 'all-channels' };
}

/** Serves a call of somebody whose credentials hold. */
export function manage(
  channels: Channels,
  call: ManageCall,
  sender: Sender,
  scope: ChannelScope,
  isAll: boolean,
): ManageAnswer | Refusal {
  if (!maySendFor(sender, scope.bundleId)) return { status: 400, reason: 'TopicDisallowed' };
  if (isAll) {
    if (call.method !== 'GET') return { status: 405, reason: 'MethodNotAllowed' };
    return { status: 200, json: { channels: channels.list(scope) } };
  }
  if (call.method === 'POST') return create(channels, call.body, scope);
  if (call.method !== 'GET' && call.method !== 'DELETE') return { status: 405, reason: 'MethodNotAllowed' };
  const id = call.headers['apns-channel-id'];
  if (id === undefined || id === '') return { status: 400, reason: 'MissingChannelId' };
  if (!CHANNEL_ID.test(id)) return { status: 400, reason: 'BadChannelId' };
  const found = channels.find(id, scope);
  if (found === undefined) return { status: 400, reason: 'ChannelNotRegistered' };
  if (call.method === 'GET') {
    return {
      status: 200,
      json: { 'message-storage-policy': found.storage === 'none' ? 0 : 1, 'push-type': PUSH_TYPE },
    };
  }
  channels.set(id, { kind: 'deleted' });
  return { status: 204 };
}

function create(channels: Channels, body: string | undefined, scope: ChannelScope): ManageAnswer | Refusal {
  const wanted = read(body);
  if (wanted === undefined) return { status: 400, reason: 'BadRequestPayload' };
  const { 'message-storage-policy': policy, 'push-type': pushType } = wanted;
  if (pushType === undefined) return { status: 400, reason: 'MissingPushType' };
  if (pushType !== PUSH_TYPE) return { status: 400, reason: 'InvalidPushType' };
  if (policy !== 0 && policy !== 1) return { status: 400, reason: 'BadRequestParams' };
  const id = channels.make(scope, policy === 0 ? 'none' : 'most_recent');
  if (id === undefined) return { status: 400, reason: 'CannotCreateChannelConfig' };
  return { status: 201, headers: { 'apns-channel-id': id } };
}

function read(body: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
