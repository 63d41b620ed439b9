/** Xiaomi's protocol: a form to the host of the registrations' region, with the app's secret in a header. */
import type { Outcome, ProviderLimits, Target } from '../contract.js';
import { parseDayStart } from '../shared/vendor-day.js';
import type { Question, Talk, VendorWire } from '../shared/vendor-provider.js';
import type { XiaomiOptions } from './options.js';
import { judge, type Word } from './outcome.js';
import { type Compiled, compile, encode } from './payload.js';
import { HOSTS, REGIONS, type Region, regionOf } from './regions.js';

/** Where a region is asked. */
export function hostOf(region: Region, { hosts }: Pick<XiaomiOptions, 'hosts'>): string {
  return hosts?.[region] ?? HOSTS[region];
}

export function headersOf({ app_secret }: Pick<XiaomiOptions, 'app_secret'>): Readonly<Record<string, string>> {
  return Object.freeze({
    authorization: `key=${app_secret}`,
    'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
  });
}

export function createWire(
  options: XiaomiOptions,
  limits: ProviderLimits,
  callbackUrl: string | undefined,
): VendorWire<Compiled> {
  const path = `/${options.api_version}/message/regid`;
  const headers = headersOf(options);
  const dayStartsMinutes = parseDayStart(options.quota.day_starts) ?? 0; // the schema has looked at it

  function question(
    compiled: Compiled,
    pushTokens: readonly string[],
    region: Region,
    now: Talk['now'],
  ): Question<Word> {
    const { title, description } = compiled.form;
    const texts = [title ?? [], description ?? []].flat();
    return {
      request: () => ({
        ...{ method: 'POST', path, headers, origin: hostOf(region, options) },
        body: encode(compiled, pushTokens),
      }),
      judge: (answer) =>
        judge(answer, {
          ...{ now: now(), pushTokens, texts, dayStartsMinutes, isLowered: compiled.isLowered },
          ...{ pauseMs: options.pause_ms, sendingFailed: options.sending_failed },
        }),
    };
  }

  async function send(compiled: Compiled, targets: readonly Target[], talk: Talk): Promise<readonly Outcome[]> {
    const named = targets[0]?.region ?? options.region;
    const region = regionOf(named);
    if (region === undefined) return targets.map(() => unknownRegion(named));
    const pushTokens = targets.map(({ pushToken }) => pushToken);
    const asked = await talk.ask(question(compiled, pushTokens, region, talk.now));
    if (asked.kind === 'outcome') return targets.map(() => asked.outcome);
    const word = asked.value;
    switch (word.kind) {
      case 'outcome':
        return targets.map(() => word.outcome);
      case 'one_by_one':
        return (await Promise.all(targets.map((target) => send(compiled, [target], talk)))).flat();
      case 'taken': {
        const accepted: Outcome = {
          kind: 'accepted',
          ...(word.vendorId === undefined ? {} : { vendorId: word.vendorId }),
        };
        return pushTokens.map((token) => (word.refused.has(token) ? refusedAlone() : accepted));
      }
      default:
        return word satisfies never;
    }
  }

  return {
    limits,
    compile: ({ message }) => compile(message, options, callbackUrl),
    groupOf: ({ region = options.region }) => regionOf(region) ?? `? ${region}`,
    send,
  };
}

/** Named in `bad_regids` of an answer that took the others. */
function refusedAlone(): Outcome {
  return { kind: 'unregistered', detail: { status: 200, code: 'bad_regids' } };
}

function unknownRegion(named: string): Outcome {
  const text = `Xiaomi has no region ${JSON.stringify(named.slice(0, 32))}: register the device with one of ${REGIONS.join(', ')}`;
  return { kind: 'rejected', reason: 'payload_rejected', detail: { text } };
}
