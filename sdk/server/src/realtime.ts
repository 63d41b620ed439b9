import type {
  CreateAccessTokenAnswer,
  CreateAccessTokenBody,
  ListUpstreamMessagesAnswer,
  RevokeAccessAnswer,
} from './openapi.js';
import type { CallOptions } from './options.js';
import { type ListOptions, listOf, type Pages } from './pages.js';
import type { Transport } from './transport.js';

/** An access token, when it ends, and where its device connects. */
export type AccessToken = CreateAccessTokenAnswer;
export type AccessTokenTerms = Omit<CreateAccessTokenBody, 'device'>;
/** Whose access is taken away. */
export type Revoked = { readonly device: string } | { readonly user: string } | { readonly jti: string };
/** What a device has said to your server. */
export type UpstreamMessage = ListUpstreamMessagesAnswer['data'][number];

/** The realtime connections of your devices. */
export interface Realtime {
  /**
   * An access token for a device, as the device of the user it has now; good for an hour unless you say otherwise. Your
   * own server hands it to the device that it has authenticated, and to nobody else. Needs the scope `devices:token`.
   *
   * @example
   * ```ts
   * const { token, expires_at, urls } = await pealbell.realtime.token('phone1', { ttl: '12h' });
   * ```
   */
  token(device: string, terms?: AccessTokenTerms, options?: CallOptions): Promise<AccessToken>;

  /**
   * Takes access away from a device, from every device of a user, or of one token, whoever made it: at the latest after
   * 5 s nobody is connected with it. Tokens made afterwards are good.
   *
   * @example
   * ```ts
   * await pealbell.realtime.revoke({ user: 'alice' });
   * ```
   */
  revoke(whose: Revoked, options?: CallOptions): Promise<RevokeAccessAnswer>;

  /**
   * What devices have said to your server, oldest first; kept for 7 days. Keep the last `next_cursor` and go on from it.
   *
   * @example
   * ```ts
   * for await (const { device, topic, data } of pealbell.realtime.upstream()) console.log(device, topic, data);
   * ```
   */
  upstream(options?: ListOptions): Pages<UpstreamMessage>;
}

export function createRealtime(transport: Transport): Realtime {
  return {
    async token(device, terms = {}, options) {
      const call = { method: 'POST', path: '/v1/realtime/tokens', body: { device, ...terms } } as const;
      return (await transport.call<AccessToken>(call, options)).body;
    },
    async revoke(whose, options) {
      const call = { method: 'POST', path: '/v1/realtime/revocations', body: whose } as const;
      return (await transport.call<RevokeAccessAnswer>(call, options)).body;
    },
    upstream: (options) => listOf<UpstreamMessage>(transport, '/v1/upstream', options),
  };
}
