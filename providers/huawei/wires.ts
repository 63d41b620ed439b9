/** Requests of the two generations: what differs is the path, a header and the body. */
import type { Outcome, ProviderLimits, Target } from '../contract.js';
import type { HeaderFields } from '../shared/transport.js';
import type { Talk, VendorWire } from '../shared/vendor-provider.js';
import { objectAt } from './content.js';
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
      post(options, targets, talk, {
        headers: NO_HEADERS,
        isTest: isTest(targets) || objectAt(compiled.message, 'android').target_user_type === 1,
        isLowered: compiled.isLowered,
        encode: (tokens) => encodeV1(compiled, tokens, isTest(targets)),
      }),
  };
}

export function wireV3(options: WireOptions): VendorWire<CompiledV3> {
  return {
    limits: options.limits,
    compile: ({ message }) => compileV3(message, options.settings),
    groupOf,
    async send(compiled, targets, talk) {
      const isTested = isTest(targets) || objectAt(compiled.body, 'pushOptions').testMessage === true;
      const size = isTested ? TEST_TARGETS_MAX : targets.length;
      const requests: Promise<readonly Outcome[]>[] = [];
      const request: Request = {
        headers: { 'push-type': compiled.pushType },
        isTest: isTested,
        isLowered: compiled.isLowered,
        encode: (tokens) => encodeV3(compiled, tokens, isTested),
      };
      for (let from = 0; from < targets.length; from += size) {
        requests.push(post(options, targets.slice(from, from + size), talk, request));
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

interface Request {
  readonly headers: HeaderFields;
  readonly isTest: boolean;
  readonly isLowered: boolean;
  encode(tokens: readonly string[]): Buffer;
}

async function post(
  { path, dayStartsMinutes, settings }: WireOptions,
  targets: readonly Target[],
  talk: Talk,
  { headers: own, isTest, isLowered, encode }: Request,
): Promise<readonly Outcome[]> {
  // Tests and what is lowered have quotas apart from what else is of their class, unless all messages are tests.
  const quotaScope = isLowered || (isTest && !settings.test_messages) ? 'target' : 'class';
  const tokens = targets.map(({ pushToken }) => pushToken);
  const body = encode(tokens);
  const asked = await talk.ask({
    request: (token) => ({ method: 'POST', path, headers: bearer(token), own, body }),
    judge: (answer) =>
      judge(answer, tokens, { now: talk.now(), hasPassed: talk.hasPassedWithin(DAY_MS), dayStartsMinutes, quotaScope }),
  });
  return asked.kind === 'judged' ? asked.value : targets.map(() => asked.outcome);
}

export function bearer(token: string): HeaderFields {
  return { authorization: `Bearer ${token}`, 'content-type': 'application/json; charset=UTF-8' };
}
