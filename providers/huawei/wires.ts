/** Requests of the two generations: what differs is the path, a header and the body. */
import type { Outcome, ProviderLimits, Target } from '../contract.js';
import type { HeaderFields } from '../shared/transport.js';
import type { Talk, VendorWire } from '../shared/vendor-provider.js';
import type { MessageSettings } from './options.js';
import { judge } from './outcome.js';
import { type CompiledV1, compileV1, encodeV1 } from './payload-v1.js';
import { type CompiledV3, compileV3, encodeV3 } from './payload-v3.js';

export interface WireOptions {
  readonly path: string;
  readonly limits: ProviderLimits;
  readonly settings: MessageSettings;
  /** When Huawei's day begins, in minutes after midnight UTC. */
  readonly dayStartsMinutes: number;
}

const DAY_MS = 86_400_000;
/** HarmonyOS NEXT: push tokens in one test message. */
const TEST_TARGETS_MAX = 10;
const NO_HEADERS: HeaderFields = {};

export function wireV1(options: WireOptions): VendorWire<CompiledV1> {
  return {
    limits: options.limits,
    compile: ({ message }) => compileV1(message, options.settings),
    groupOf,
    send: (compiled, targets, talk) =>
      post(options, targets, talk, NO_HEADERS, (tokens) => encodeV1(compiled, tokens, isTest(targets))),
  };
}

export function wireV3(options: WireOptions): VendorWire<CompiledV3> {
  return {
    limits: options.limits,
    compile: ({ message }) => compileV3(message, options.settings),
    groupOf,
    async send(compiled, targets, talk) {
      const isTested = isTest(targets) || options.settings.test_messages;
      const size = isTested ? TEST_TARGETS_MAX : targets.length;
      const requests: Promise<readonly Outcome[]>[] = [];
      for (let from = 0; from < targets.length; from += size) {
        const encode = (tokens: readonly string[]) => encodeV3(compiled, tokens, isTested);
        const headers = { 'push-type': compiled.pushType };
        requests.push(post(options, targets.slice(from, from + size), talk, headers, encode));
      }
      return (await Promise.all(requests)).flat();
    },
  };
}

/** Those of the sandbox are sent tests, which Huawei counts apart. */
function groupOf({ environment = 'production' }: Target): string {
  return environment;
}

function isTest([first]: readonly Target[]): boolean {
  return first?.environment === 'sandbox';
}

async function post(
  { path, dayStartsMinutes }: WireOptions,
  targets: readonly Target[],
  talk: Talk,
  own: HeaderFields,
  encode: (tokens: readonly string[]) => Buffer,
): Promise<readonly Outcome[]> {
  const tokens = targets.map(({ pushToken }) => pushToken);
  const body = encode(tokens);
  const asked = await talk.ask({
    request: (token) => ({ method: 'POST', path, headers: bearer(token), own, body }),
    judge: (answer) =>
      judge(answer, tokens, { now: talk.now(), hasPassed: talk.hasPassedWithin(DAY_MS), dayStartsMinutes }),
  });
  return asked.kind === 'judged' ? asked.value : targets.map(() => asked.outcome);
}

export function bearer(token: string): HeaderFields {
  return { authorization: `Bearer ${token}`, 'content-type': 'application/json; charset=UTF-8' };
}
