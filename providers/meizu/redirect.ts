/** Where Meizu may send a request on to: a host of Meizu's, or the one that the app's file names. */

export interface Place {
  readonly origin: string;
  /** With its query. */
  readonly path: string;
}

/** @returns undefined for anything else, however it is written: the request has everybody's push tokens in it */
export function redirectPlace(text: string, endpoint: string): Place | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.protocol !== 'https:' || url.username !== '' || url.password !== '') return undefined;
  const isMeizus = url.hostname.endsWith('.meizu.com') && url.port === '';
  if (!isMeizus && url.origin !== new URL(endpoint).origin) return undefined;
  return { origin: url.origin, path: url.pathname + url.search };
}
