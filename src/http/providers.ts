import { nearest } from '../domain/suggest.js';
import type { ProviderHealth, ProviderHealthDesk } from '../usecases/provider-health.js';
import type { CallbackDesk } from '../usecases/take-callback.js';
import type { ProviderTest, TestProvider } from '../usecases/test-provider.js';
import { callbackUrl } from './callbacks.js';
import { json, type KeyedOperation, type Parameter } from './operation.js';
import { Refusal } from './refusal.js';
import { pageOf } from './schemas/common-answers.js';
import { providerAnswer, providerTestAnswer } from './schemas/provider-answer.js';
import { toDuration, toTime } from './times.js';

const PATH = '/v1/providers';
const nameParameter: Parameter = {
  name: 'name',
  in: 'path',
  description: "Name of the provider in the app's file",
  schema: providerAnswer.shape.name,
};

/** How the roads of an app fare, and whether their vendors accept the credentials. */
export function providerOperations(house: {
  readonly providerHealth: ProviderHealthDesk;
  readonly testProvider: TestProvider;
  readonly callbacks: Pick<CallbackDesk, 'secretOf'>;
  readonly publicUrl?: string;
}): readonly KeyedOperation[] {
  return [
    {
      method: 'get',
      path: PATH,
      operationId: 'listProviders',
      summary: "How the app's providers fare, in the order of its file",
      tag: 'providers',
      scopes: ['messages:read', 'admin'],
      body: 'none',
      answers: [{ status: 200, description: 'All of them', schema: pageOf(providerAnswer) }],
      problems: ['store_unavailable'],
      async handle({ caller }) {
        const list = await house.providerHealth.list(caller.app);
        return json(200, { data: list.map(healthToJson), next_cursor: null, has_more: false });
      },
    },
    {
      method: 'get',
      path: `${PATH}/{name}`,
      operationId: 'getProvider',
      summary: 'How one provider of the app fares',
      tag: 'providers',
      scopes: ['messages:read', 'admin'],
      parameters: [nameParameter],
      body: 'none',
      answers: [{ status: 200, description: 'The provider', schema: providerAnswer }],
      problems: ['provider_not_found', 'store_unavailable'],
      async handle({ caller, path }) {
        const list = await house.providerHealth.list(caller.app);
        const found = list.find(({ name }) => name === path.name);
        const secret = house.callbacks.secretOf(caller.app, path.name ?? '');
        // A secret: for those who may set it up at the vendor.
        const url =
          secret === undefined || !caller.scopes.has('admin')
            ? {}
            : { callback_url: callbackUrl(house.publicUrl ?? '', path.name ?? '', caller.app, secret) };
        if (found !== undefined) return json(200, { ...healthToJson(found), ...url });
        throw providerNotFound(
          path.name ?? '',
          list.map(({ name }) => name),
        );
      },
    },
    {
      method: 'post',
      path: `${PATH}/{name}/test`,
      operationId: 'testProvider',
      summary: 'Ask the vendor whether it accepts the credentials; reaches no device and takes at most 5 s',
      tag: 'providers',
      scopes: ['admin'],
      parameters: [nameParameter],
      body: 'none',
      answers: [{ status: 200, description: 'What it said, whatever that is', schema: providerTestAnswer }],
      problems: ['provider_not_found'],
      async handle({ caller, path }) {
        const test = await house.testProvider(caller.app, path.name ?? '');
        if (test !== undefined) return json(200, testToJson(test));
        throw providerNotFound(path.name ?? '', []);
      },
    },
  ];
}

function healthToJson(health: ProviderHealth) {
  const { name, kind, state, trouble, parked, quotas, lastAcceptedAt, nativeFor, limits } = health;
  return {
    name,
    kind,
    state,
    reason: trouble?.reason ?? null,
    since: trouble === undefined ? null : toTime(trouble.since),
    until: trouble === undefined ? null : toTime(trouble.until),
    parked: parked.map(({ since, until, ...what }) => ({ ...what, since: toTime(since), until: toTime(until) })),
    quotas: quotas.map(({ resetsAt, parkedUntil, max = null, used = null, left = null, ...what }) => ({
      ...{ ...what, max, used, left, resets_at: toTime(resetsAt) },
      parked_until: parkedUntil === undefined ? null : toTime(parkedUntil),
    })),
    last_accepted_at: lastAcceptedAt === undefined ? null : toTime(lastAcceptedAt),
    native_for: nativeFor,
    limits: {
      batch: limits.batchTargetsMax,
      payload_bytes: limits.payloadBytesMax,
      ttl: toDuration(limits.ttlSecondsMax),
    },
  };
}

function testToJson({ provider, kind, verdict, detail, ms, vendor, cure }: ProviderTest) {
  return {
    ...{ provider, kind, verdict, detail, ms },
    ...(vendor === undefined ? {} : { vendor }),
    ...(cure === undefined ? {} : { cure }),
  };
}

/** @param names of the providers there are, for a guess at what was meant */
export function providerNotFound(name: string, names: readonly string[]): Refusal {
  const guess = nearest(name, names);
  const hint = guess === undefined ? '' : `; did you mean '${guess}'?`;
  return new Refusal('provider_not_found', `this app has no provider with this name${hint}`);
}
