import type { CallOptions } from './options.js';
import { listOf, type Pages } from './pages.js';
import { segment, type Transport } from './transport.js';
import type { Provider, ProviderTest } from './types.js';

const PATH = '/v1/providers';

/** The roads of the app, and how each fares. */
export interface Providers {
  /**
   * The app's providers: which of them work, are paused or blocked, and why.
   *
   * @example
   * ```ts
   * for await (const { name, state, reason } of pealbell.providers.list()) console.log(name, state, reason);
   * ```
   */
  list(options?: CallOptions): Pages<Provider>;

  /**
   * One provider, by its name in the app's file.
   *
   * @throws PealbellError `provider_not_found`
   *
   * @example
   * ```ts
   * const { state, until } = await pealbell.providers.get('apns');
   * ```
   */
  get(name: string, options?: CallOptions): Promise<Provider>;

  /**
   * Asks the vendor whether it accepts the credentials; nobody is sent anything. Needs a key with the scope `admin`.
   *
   * @example
   * ```ts
   * const { verdict, detail, cure } = await pealbell.providers.test('apns');
   * ```
   */
  test(name: string, options?: CallOptions): Promise<ProviderTest>;
}

export function createProviders(transport: Transport): Providers {
  const pathOf = (name: string) => `${PATH}/${segment(name, 'provider')}`;
  return {
    list: (options) => listOf<Provider>(transport, PATH, options),
    async get(name, options) {
      return (await transport.call<Provider>({ method: 'GET', path: pathOf(name) }, options)).body;
    },
    async test(name, options) {
      return (await transport.call<ProviderTest>({ method: 'POST', path: `${pathOf(name)}/test` }, options)).body;
    },
  };
}
