/** Parts of a message that several vendors take in the same form. */
import type { Message, Misfit } from '../contract.js';

/**
 * What goes to the app beside the notification, as text under names: the caller's data, and under `pealbell` as JSON text
 * whose message it is, what a tap opens and what else is to be fetched. The same words on every road.
 */
export function appData({ id, notification, data }: Message): Readonly<Record<string, string>> {
  const { click, image, media } = notification ?? {};
  const all = [
    ...(image === undefined ? [] : [{ url: image, type: 'image' }]),
    ...(media ?? []).map(({ url, type }) => ({ url, type })),
  ];
  const opens = {
    ...(click?.url === undefined ? {} : { url: click.url }),
    ...(click?.deepLink === undefined ? {} : { deep_link: click.deepLink }),
  };
  const ours = {
    id,
    ...(Object.keys(opens).length === 0 ? {} : { click: opens }),
    ...(all.length === 0 ? {} : { media: all }),
  };
  return { ...data, pealbell: JSON.stringify(ours) };
}

/** At most `max` characters, as people count them least: code points. The text itself where it fits. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const points = [...text];
  return points.length <= max ? text : points.slice(0, max).join('');
}

/**
 * A deep link as Android's intent text, which vendors take in place of links: `shop://orders/7` becomes
 * `intent://orders/7#Intent;scheme=shop;launchFlags=0x4000000;end`. Undefined for one that is no `scheme://…`.
 */
export function intentOf(deepLink: string): string | undefined {
  const [, scheme, rest] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(\S*)$/.exec(deepLink) ?? [];
  if (scheme === undefined || rest === undefined) return undefined;
  return `intent://${rest}#Intent;scheme=${scheme};launchFlags=0x4000000;end`;
}

export function misfitError(code: string, detail: string, pointer?: string): Misfit {
  return { severity: 'error', code, detail, ...(pointer === undefined ? {} : { pointer }) };
}

export function misfitWarning(code: string, detail: string, pointer?: string): Misfit {
  return { severity: 'warning', code, detail, ...(pointer === undefined ? {} : { pointer }) };
}

/** Of a vendor that shows every message. */
export const SILENT_REFUSED = 'silent_refused';

/**
 * What is told before accept: of what only this vendor cannot take. Such a message is for the devices of other vendors as
 * well, and is not refused for those; at this one's devices it ends as refused.
 *
 * @param codes of misfits that are so
 */
export function toldBefore(codes: ReadonlySet<string>): (misfit: Misfit) => Misfit {
  return (misfit) => {
    if (misfit.severity !== 'error' || !codes.has(misfit.code)) return misfit;
    const detail = misfit.code === SILENT_REFUSED ? misfit.detail : `${misfit.detail}; its devices get nothing`;
    return { ...misfit, severity: 'warning', detail };
  };
}
