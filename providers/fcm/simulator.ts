/**
 * Google's side of FCM HTTP v1: the send endpoint and the OAuth token endpoint that its service accounts need, on one
 * TLS port with HTTP/2 and HTTP/1.1. Written from Google's FCM v1 reference, "Using OAuth 2.0 for Server to Server
 * Applications" and "ProtoJSON format"; shares no code with the adapter. Topic subscriptions and quotas per project
 * are left out; a quota's answer can be asked for with a fault.
 */
import type { FaultSource, LedgerSink, TlsMaterial } from '../simulation.js';
import { AccessTokens } from './simulator/access-tokens.js';
import { AssertionVerifier } from './simulator/assertion.js';
import { type DeviceState, DeviceStates } from './simulator/device-states.js';
import { Listener } from './simulator/listener.js';
import type { Desk } from './simulator/request.js';
import { SendEndpoint } from './simulator/send-endpoint.js';
import type { FcmAccount } from './simulator/service-account.js';
import { TokenEndpoint } from './simulator/token-endpoint.js';

export type { DeviceState } from './simulator/device-states.js';
export {
  createFcmCredentials,
  type FcmAccount,
  type FcmCredentials,
  serviceAccountJson,
} from './simulator/service-account.js';

/** What Google's hosts allow on one HTTP/2 connection, and how long its access tokens live. */
const STREAMS = 100;
const ACCESS_TOKEN_SECONDS = 3599;

export interface FcmSimulatorOptions {
  readonly tls: TlsMaterial;
  /** The service accounts that Google knows; their projects are those that exist. */
  readonly accounts: readonly FcmAccount[];
  readonly ledger: LedgerSink;
  /** Asked as `fcm` with the push token, and as `fcm_oauth` with the account's address at the token endpoint. */
  readonly faults: FaultSource;
  now(): number;
  /** Loopback port; 0, the default, picks a free one. */
  readonly port?: number;
  /** From the arrival of the whole request to the answer; 0 when absent. */
  readonly latencyMs?: number;
  /** Streams allowed on an HTTP/2 connection; 100 when absent. */
  readonly streams?: number;
  /** Life of an access token; 3599 seconds when absent. */
  readonly accessTokenSeconds?: number;
}

export interface FcmSimulator {
  /** What stands for `https://fcm.googleapis.com`, without a path. */
  readonly url: string;
  /** What stands for `https://oauth2.googleapis.com/token`. */
  readonly tokenUrl: string;
  /** Tells FCM something of a registration token; by default every well-formed one is active. */
  setDevice(token: string, state: DeviceState): void;
  /** Ends every access token given out so far: the next request with one is answered 401. */
  revokeAccessTokens(): void;
  /** Cuts every connection and frees the port. Calling it twice is harmless. */
  close(): Promise<void>;
}

/**
 * Starts on 127.0.0.1.
 *
 * @throws the listener's error, such as `EADDRINUSE`, when the port cannot be had; nothing stays open then.
 */
export async function startFcmSimulator(options: FcmSimulatorOptions): Promise<FcmSimulator> {
  const devices = new DeviceStates();
  const accessTokens = new AccessTokens(options.accounts, options.accessTokenSeconds ?? ACCESS_TOKEN_SECONDS);
  const verifier = new AssertionVerifier(options.accounts);
  const desk: Desk = {
    send: new SendEndpoint(accessTokens, devices),
    token: new TokenEndpoint(verifier, accessTokens),
    ledger: options.ledger,
    faults: options.faults,
    latencyMs: options.latencyMs ?? 0,
    now: options.now,
  };
  const listener = new Listener(desk, { tls: options.tls, streams: options.streams ?? STREAMS });
  const url = `https://127.0.0.1:${await listener.listen(options.port ?? 0)}`;
  const tokenUrl = `${url}/token`;
  verifier.allowAudience(tokenUrl);
  return {
    url,
    tokenUrl,
    setDevice: (token, state) => devices.set(token, state),
    revokeAccessTokens: () => accessTokens.revokeAll(),
    close: () => listener.close(),
  };
}
