/**
 * Apple's side of the APNs provider API: HTTP/2 over TLS, provider tokens and client certificates, header, topic,
 * body and size rules, refusals in Apple's words. Written from Apple's "Setting up a remote notification server"
 * pages; shares no code with the adapter. Broadcast channels have hosts of their own, which make and delete them.
 */
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { FaultSource, LedgerSink, TlsMaterial } from '../simulation.js';
import type { ApnsEnvironment } from './simulator/answers.js';
import { type ChannelState, Channels } from './simulator/channels.js';
import type { ApnsAuthority } from './simulator/client-certificate.js';
import { ApnsConnection, type StreamLimits } from './simulator/connection.js';
import { type DeviceState, DeviceStates } from './simulator/device-states.js';
import { ManageHost } from './simulator/manage-host.js';
import { type ApnsAccount, ProviderTokenVerifier } from './simulator/provider-token.js';
import { ApnsRequest, type Desk } from './simulator/request.js';

export type { ApnsEnvironment } from './simulator/answers.js';
export type { ChannelState } from './simulator/channels.js';
export {
  type ApnsAuthority,
  type CertificateOrder,
  createApnsAuthority,
  type IssuedCertificate,
} from './simulator/client-certificate.js';
export type { StreamLimits } from './simulator/connection.js';
export type { DeviceState } from './simulator/device-states.js';
export { type ApnsAccount, type ApnsCredentials, createApnsCredentials } from './simulator/provider-token.js';

/** What Apple's hosts announced when last observed: 1000 streams, 64 KiB windows, 8000 bytes of headers. */
const STREAM_LIMITS: StreamLimits = { beforeToken: 1, afterToken: 1000 };
const HEADER_LIST_BYTES_MAX = 8000;

export interface ApnsSimulatorOptions {
  readonly tls: TlsMaterial;
  /** The signing keys that Apple knows. */
  readonly accounts: readonly ApnsAccount[];
  /** Makes the hosts ask for client certificates, and take those that it issued. */
  readonly authority?: ApnsAuthority;
  readonly ledger: LedgerSink;
  readonly faults: FaultSource;
  now(): number;
  /** Loopback ports of the two hosts; 0, the default, picks a free one. */
  readonly ports?: { readonly production?: number; readonly sandbox?: number };
  /** From the arrival of the whole request to the answer; 0 when absent. */
  readonly latencyMs?: number;
  readonly streams?: StreamLimits;
}

export interface ApnsSimulator {
  /** Base URL of each host, such as `https://127.0.0.1:41234`. */
  readonly urls: Readonly<Record<ApnsEnvironment, string>>;
  /** The same of the hosts that manage broadcast channels. */
  readonly manageUrls: Readonly<Record<ApnsEnvironment, string>>;
  /** Tells Apple something of a device token; by default every well-formed one is active. */
  setDevice(token: string, state: DeviceState): void;
  /** Tells Apple something of a broadcast channel; by default every well-formed one is open. */
  setChannel(id: string, state: ChannelState): void;
  /** Cuts every connection and frees the ports. Calling it twice is harmless. */
  close(): Promise<void>;
}

/**
 * Starts all hosts on 127.0.0.1.
 *
 * @throws the listener's error, such as `EADDRINUSE`, when a port cannot be had; nothing stays open then.
 */
export async function startApnsSimulator(options: ApnsSimulatorOptions): Promise<ApnsSimulator> {
  const known: Known = { devices: new DeviceStates(), channels: new Channels() };
  const production = new Host('production', options, known);
  const sandbox = new Host('sandbox', options, known);
  const manageHost = (environment: ApnsEnvironment) => {
    const verifier = new ProviderTokenVerifier(options.accounts, environment);
    return new ManageHost({ ...options, environment, verifier, channels: known.channels }, options.tls);
  };
  const managing = { production: manageHost('production'), sandbox: manageHost('sandbox') };
  const close = async (): Promise<void> => {
    const hosts = [production, sandbox, managing.production, managing.sandbox];
    await Promise.all(hosts.map((host) => host.close()));
  };
  try {
    const urls = {
      production: await production.listen(options.ports?.production ?? 0),
      sandbox: await sandbox.listen(options.ports?.sandbox ?? 0),
    };
    const manageUrls = { production: await managing.production.listen(), sandbox: await managing.sandbox.listen() };
    return {
      urls,
      manageUrls,
      setDevice: (token, state) => known.devices.set(token, state),
      setChannel: (id, state) => known.channels.set(id, state),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What both hosts know. */
type Known = Pick<Desk, 'devices' | 'channels'>;

/** One listener: the production or the sandbox host. */
class Host {
  readonly #server: Http2SecureServer;
  readonly #sessions = new Map<Http2Session, ApnsConnection>();
  /** Also those that never came to speak HTTP/2; they would keep the listener open. */
  readonly #sockets = new Set<Socket>();
  #closed: Promise<void> | undefined;

  constructor(environment: ApnsEnvironment, options: ApnsSimulatorOptions, known: Known) {
    const streams = options.streams ?? STREAM_LIMITS;
    const desk: Desk = {
      environment,
      verifier: new ProviderTokenVerifier(options.accounts, environment),
      authority: options.authority,
      ...known,
      ledger: options.ledger,
      faults: options.faults,
      latencyMs: options.latencyMs ?? 0,
      now: options.now,
    };
    this.#server = createSecureServer({
      cert: options.tls.cert,
      key: options.tls.key,
      minVersion: 'TLSv1.2',
      // A bad certificate is let through the handshake, to be refused in Apple's words.
      ...(options.authority === undefined
        ? {}
        : { requestCert: true, rejectUnauthorized: false, ca: options.authority.cert }),
      settings: { maxConcurrentStreams: streams.beforeToken, maxHeaderListSize: HEADER_LIST_BYTES_MAX },
    });
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('session', (session) => {
      // The listener speaks TLS only, which the type of a session's socket does not tell.
      const certificate = (session.socket as TLSSocket).getPeerX509Certificate();
      this.#sessions.set(session, new ApnsConnection(session, streams, certificate));
      session.on('close', () => this.#sessions.delete(session));
    });
    this.#server.on(
      'stream',
      (stream: ServerHttp2Stream, received: IncomingHttpHeaders, _flags: number, rawHeaders: readonly string[]) => {
        // First of all, as one that comes while its connection ends is refused: a sender that goes away is no fault of the simulator's.
        stream.on('error', () => undefined);
        const connection = stream.session === undefined ? undefined : this.#sessions.get(stream.session);
        if (connection !== undefined) receive(desk, connection, stream, received, rawHeaders);
      },
    );
  }

  listen(port: number): Promise<string> {
    const server = this.#server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        // A TCP listener has an AddressInfo once it listens.
        resolve(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
      });
    });
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      if (this.#server.listening) this.#server.close(() => resolve());
      else resolve();
      for (const session of this.#sessions.keys()) session.destroy();
      for (const socket of this.#sockets) socket.destroy();
    });
    return this.#closed;
  }
}

/** Follows one stream to the end of its body. */
function receive(
  desk: Desk,
  connection: ApnsConnection,
  stream: ServerHttp2Stream,
  received: IncomingHttpHeaders,
  rawHeaders: readonly string[],
): void {
  const headers: Record<string, string> = {};
  let names = 0;
  for (const name in received) {
    names += 1;
    if (!name.startsWith(':')) headers[name] = String(received[name]);
  }
  const head = {
    method: String(received[':method']),
    path: String(received[':path']),
    headers,
    // A header that came twice is one name in `received`, but two in what came over the wire.
    hasDuplicates: names * 2 !== rawHeaders.length,
  };
  const request = new ApnsRequest(desk, connection, stream, head);
  stream.on('data', (chunk: Buffer) => request.add(chunk));
  stream.on('end', () => {
    // A stream that its sender gave up ends too, but its body is not whole.
    if (!stream.closed && !stream.destroyed) request.finish();
  });
}
