import type { AppSettings } from '../../../config/apps.js';

/** One text among the options of a provider. May be a credential: never to be shown. */
export interface ProviderText {
  readonly app: string;
  readonly provider: string;
  /** Such as `endpoints`, `production`. */
  readonly path: readonly string[];
  readonly value: string;
}

/** Every text in the options of every provider: what is said of them here holds for providers of any kind. */
export function optionsOf(apps: readonly AppSettings[]): readonly ProviderText[] {
  return apps.flatMap(({ id: app, providers }) =>
    providers.flatMap(({ name: provider, options }) =>
      textsIn(options, []).map(({ path, value }) => ({ app, provider, path, value })),
    ),
  );
}

/** Where a provider is set: `apps/shop.yaml providers.apns.bundle_id`. */
export function placeOf({ app, provider, path }: ProviderText): string {
  return `apps/${app}.yaml providers.${[provider, ...path].join('.')}`;
}

function textsIn(value: unknown, path: readonly string[]): readonly { path: readonly string[]; value: string }[] {
  if (typeof value === 'string') return [{ path, value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, [...path, key]));
}

/** This machine under any of its own names. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|.*\.localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

/** The host of an URL, and of an entry such as `apple=localhost:8443`. */
export function hostOf(value: string): string {
  if (URL.canParse(value) && /^https?:/.test(value)) return new URL(value).hostname;
  return value.replace(/^[a-z]+=/, '').replace(/:\d+$/, '');
}
