import type { BroadcastChannel, ChannelDesk, ChannelDeskAnswer, ChannelScope } from '../usecases/broadcast-channels.js';
import { faultsOf } from './faults.js';
import { json, type KeyedCall, type KeyedOperation, type Parameter, type Reply } from './operation.js';
import { providerNotFound } from './providers.js';
import { invalid, Refusal } from './refusal.js';
import { channelAnswer, channelListAnswer, channelRequest, channelScope } from './schemas/broadcast-channel.js';
import { pageOf } from './schemas/common-answers.js';

const PATH = '/v1/providers/{name}/broadcast-channels';
const nameParameter: Parameter = {
  name: 'name',
  in: 'path',
  description: "Name of the provider in the app's file",
  schema: channelAnswer.shape.provider,
};
const idParameter: Parameter = {
  name: 'id',
  in: 'path',
  description: 'Id of the channel, percent-encoded: it may hold `/` and `+`',
  schema: channelAnswer.shape.id,
};
const scopeParameters: readonly Parameter[] = [
  {
    name: 'environment',
    in: 'query',
    description: '`production` when absent',
    schema: channelScope.shape.environment,
  },
  {
    name: 'bundle_id',
    in: 'query',
    description: "The app; the provider's own when absent",
    schema: channelScope.shape.bundle_id,
  },
];

/** Broadcast channels of Live Activities (iOS 18); their vendor keeps them, nothing of them is kept here. */
export function broadcastChannelOperations(house: { readonly channelDesk: ChannelDesk }): readonly KeyedOperation[] {
  const nameOf = ({ path }: KeyedCall) => path.name ?? '';

  async function create(call: KeyedCall): Promise<Reply> {
    const parsed = channelRequest.safeParse(call.body);
    if (!parsed.success) throw invalid(faultsOf(channelRequest, parsed.error.issues, call.body));
    const { environment = 'production', storage = 'most_recent', bundle_id: bundleId } = parsed.data;
    const scope = { environment, ...(bundleId === undefined ? {} : { bundleId }) };
    const made = doneOr(
      await house.channelDesk(call.caller.app, nameOf(call), (keeper, signal) =>
        keeper.createChannel(scope, storage, signal),
      ),
    );
    return json(201, toJson(nameOf(call), scope, made));
  }

  async function list(call: KeyedCall): Promise<Reply> {
    const scope = readScope(call);
    const ids = doneOr(
      await house.channelDesk(call.caller.app, nameOf(call), (keeper, signal) => keeper.listChannels(scope, signal)),
    );
    const data = ids.map((id) => ({ id, object: 'broadcast_channel' }));
    return json(200, { data, next_cursor: null, has_more: false });
  }

  async function get(call: KeyedCall): Promise<Reply> {
    const scope = readScope(call);
    const found = await house.channelDesk(call.caller.app, nameOf(call), (keeper, signal) =>
      keeper.readChannel(scope, call.path.id ?? '', signal),
    );
    return json(200, toJson(nameOf(call), scope, doneOr(found)));
  }

  async function remove(call: KeyedCall): Promise<Reply> {
    const scope = readScope(call);
    doneOr(
      await house.channelDesk(call.caller.app, nameOf(call), (keeper, signal) =>
        keeper.deleteChannel(scope, call.path.id ?? '', signal),
      ),
    );
    return { kind: 'empty', status: 204 };
  }

  const common = { tag: 'providers', scopes: ['messages:broadcast', 'admin'] } as const;
  const problems = ['provider_not_found', 'vendor_refused', 'vendor_unreachable'] as const;
  return [
    {
      ...{ ...common, method: 'post', path: PATH, operationId: 'createBroadcastChannel', handle: create },
      summary: 'Make a broadcast channel at the vendor; not repeatable: when in doubt, list first',
      parameters: [nameParameter],
      body: { schema: channelRequest },
      answers: [{ status: 201, description: 'The channel; keep its id', schema: channelAnswer }],
      problems,
    },
    {
      ...{ ...common, method: 'get', path: PATH, operationId: 'listBroadcastChannels', handle: list },
      summary: "List the ids of an app's broadcast channels, all of them, in the vendor's order",
      parameters: [nameParameter, ...scopeParameters],
      body: 'none',
      answers: [{ status: 200, description: 'All of them', schema: pageOf(channelListAnswer) }],
      problems,
    },
    {
      ...{ ...common, method: 'get', path: `${PATH}/{id}`, operationId: 'getBroadcastChannel', handle: get },
      summary: 'Read a broadcast channel',
      parameters: [nameParameter, idParameter, ...scopeParameters],
      body: 'none',
      answers: [{ status: 200, description: 'The channel', schema: channelAnswer }],
      problems: [...problems, 'channel_not_found'],
    },
    {
      ...{ ...common, method: 'delete', path: `${PATH}/{id}`, operationId: 'deleteBroadcastChannel', handle: remove },
      summary: 'Delete a broadcast channel, for good',
      parameters: [nameParameter, idParameter, ...scopeParameters],
      body: 'none',
      answers: [{ status: 204, description: 'It is gone' }],
      problems: [...problems, 'channel_not_found'],
    },
  ];
}

/** @throws Refusal 422 with every fault */
function readScope({ query }: KeyedCall): ChannelScope {
  const parsed = channelScope.safeParse(query);
  if (parsed.success) {
    const { environment = 'production', bundle_id: bundleId } = parsed.data;
    return { environment, ...(bundleId === undefined ? {} : { bundleId }) };
  }
  const faults = faultsOf(channelScope, parsed.error.issues, query);
  throw invalid(
    faults.map(({ pointer, code, detail }) => ({
      parameter: pointer.slice(1),
      code: code === 'unknown_field' ? 'unknown_parameter' : code,
      detail,
    })),
  );
}

/** @throws Refusal for every other answer */
function doneOr<T>(answer: ChannelDeskAnswer<T>): T {
  switch (answer.kind) {
    case 'done':
      return answer.value;
    case 'missing':
      throw new Refusal('channel_not_found', 'the vendor knows no such channel of this app in this environment');
    case 'refused':
      throw new Refusal('vendor_refused', said(answer));
    case 'unreachable':
      throw new Refusal('vendor_unreachable', said(answer));
    case 'no_provider':
      throw providerNotFound(answer.name, answer.names);
    case 'unable': {
      const detail = `providers of the kind ${answer.providerKind} have no broadcast channels`;
      throw invalid([{ parameter: 'name', code: 'unsupported', detail }]);
    }
    default:
      throw new Error(`unknown answer ${answer satisfies never}`);
  }
}

function said({ detail, cure }: { readonly detail: string; readonly cure?: string }): string {
  return cure === undefined ? detail : `${detail}. ${cure}`;
}

function toJson(provider: string, { environment }: ChannelScope, { id, storage }: BroadcastChannel) {
  return { id, object: 'broadcast_channel', provider, environment, storage };
}
