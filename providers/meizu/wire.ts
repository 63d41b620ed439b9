/** Meizu's protocol, for the frame that all such vendors share. */
import type { JsonObject, Outcome, ProviderLimits, Target } from '../contract.js';
import { at } from '../shared/override-rules.js';
import { quotasOf } from '../shared/vendor-options.js';
import type { Asked, Talk, VendorRequest, VendorWire } from '../shared/vendor-provider.js';
import { PRIVATE } from './channel.js';
import { MEIZU_ENDPOINT, type MeizuOptions } from './options.js';
import { judge, type Verdict } from './outcome.js';
import { compile } from './payload.js';
import { type Place, redirectPlace } from './redirect.js';
import { signedForm } from './signature.js';

const PATH = '/garcia/api/server/push/varnished/pushByPushId';
const HEADERS = Object.freeze({ 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' });
/** How long a push token that is refused is believed to be at fault, after something has passed. */
const PASSED_WITHIN_MS = 24 * 60 * 60 * 1_000;

export interface Compiled {
  /** One text, signed and sent byte for byte. */
  readonly messageJson: string;
  /** The message is transactional, and goes as one said to many. */
  readonly isLowered: boolean;
}

/** @param callbackUrl where receipts shall go, if any are asked for */
export function createWire(
  options: MeizuOptions,
  limits: ProviderLimits,
  callbackUrl: string | undefined,
): VendorWire<Compiled> {
  const { app_id: appId, app_secret: secret, endpoint = MEIZU_ENDPOINT } = options;
  const { dayStartsMinutes } = quotasOf(options.quota);

  function ask(
    form: string,
    pushTokens: readonly string[],
    place: Place | undefined,
    isLowered: boolean,
    talk: Talk,
  ): Promise<Asked<Verdict>> {
    return talk.ask({
      request: (): VendorRequest => ({
        ...{ method: 'POST', path: PATH, headers: HEADERS, body: Buffer.from(form, 'utf8') },
        ...place,
      }),
      judge: (answer) => {
        const now = talk.now();
        const hasPassed = talk.hasPassedWithin(PASSED_WITHIN_MS);
        const judged = judge(answer, { pushTokens, now, hasPassed, dayStartsMinutes, isLowered });
        const { redirect } = judged.value;
        // Sent on a second time, or to a stranger.
        const isLost =
          redirect !== undefined && (place !== undefined || redirectPlace(redirect, endpoint) === undefined);
        return isLost ? { ...judged, isStrange: true } : judged;
      },
    });
  }

  async function send(compiled: Compiled, targets: readonly Target[], talk: Talk): Promise<readonly Outcome[]> {
    const { messageJson, isLowered } = compiled;
    const pushTokens = targets.map(({ pushToken }) => pushToken);
    const form = signedForm({ appId, pushIds: pushTokens.join(','), messageJson }, secret);
    let asked = await ask(form, pushTokens, undefined, isLowered, talk);
    const place =
      asked.kind === 'judged' && asked.value.redirect !== undefined
        ? redirectPlace(asked.value.redirect, endpoint)
        : undefined;
    if (place !== undefined) asked = await ask(form, pushTokens, place, isLowered, talk);
    if (asked.kind === 'outcome') return targets.map(() => asked.outcome);
    if (asked.value.isSplittable !== true) return asked.value.outcomes;
    const half = Math.ceil(targets.length / 2);
    return [
      ...(await send(compiled, targets.slice(0, half), talk)),
      ...(await send(compiled, targets.slice(half), talk)),
    ];
  }

  return {
    limits,
    compile: ({ message }) => {
      const { compiled, misfits } = compile(message, options, callbackUrl);
      if (compiled === undefined) return { misfits };
      const isPrivate = at(compiled, ['noticeBarInfo', 'noticeMsgType']) === PRIVATE;
      const isLowered = message.class === 'transactional' && !isPrivate;
      return { misfits, compiled: { messageJson: textOf(compiled), isLowered } };
    },
    send,
  };
}

function textOf(message: JsonObject): string {
  return JSON.stringify(message);
}
