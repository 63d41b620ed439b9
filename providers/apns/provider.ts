/** Sends over one pool of connections per environment, opened when first needed; one credential serves all. */
import type {
  Batch,
  BroadcastChannel,
  ChannelAnswer,
  ChannelKeeper,
  ChannelScope,
  ChannelStorage,
  CredentialTest,
  Outcome,
  Provider,
  ProviderEnv,
  ProviderLimits,
  Target,
  Testable,
} from '../contract.js';
import { Http2Pool, type PoolEvent } from '../shared/http2-pool.js';
import type { HeaderFields, Reply, Transport } from '../shared/transport.js';
import { notSent, unfit } from '../shared/unsent.js';
import { BROADCAST, broadcastHeaders, broadcastPath } from './broadcast.js';
import { createChannel, deleteChannel, listChannels, readChannel } from './channels.js';
import { ExpiryWatch } from './client-certificate.js';
import { testCredentials } from './credential-test.js';
import { judge, readRefusal, type TopicOwner } from './outcome.js';
import { type Compilation, type Compiled, compile } from './payload.js';
import { type ApnsProviderOptions, CERTIFICATE_ALERT, type Credential, type Environment } from './provider-options.js';
import { PUSH_TYPES, type PushType, pushTypesFor } from './push-types.js';

const BUNDLE_ID = /^[A-Za-z0-9.-]{1,155}$/;
/** Answers that came before or without any judgement on our credentials do not prove that we were let in. */
const ENTRY = new Set([200, 400, 410, 413, 429]);

export class ApnsProvider implements Provider, Testable, ChannelKeeper {
  readonly name: string;
  readonly limits: ProviderLimits;
  readonly #options: ApnsProviderOptions;
  readonly #env: ProviderEnv;
  readonly #pools = new Map<Environment, Transport>();
  readonly #sending = new Set<Promise<unknown>>();
  readonly #expiry: ExpiryWatch | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: ApnsProviderOptions, env: ProviderEnv) {
    this.name = env.name;
    this.limits = options.limits;
    this.#options = options;
    this.#env = env;
    const { credential } = options;
    if (credential.kind === 'certificate') {
      const names = { provider: env.name, app: env.app };
      this.#expiry = new ExpiryWatch(credential.certificate.expiresAt, env.log, names);
      this.#expiry.look(env.now());
    }
  }

  async send(batch: Batch, signal: AbortSignal): Promise<readonly Outcome[]> {
    const { targets } = batch;
    if (this.#closing !== undefined) throw new Error(`provider ${this.name} was used after close`);
    if (targets.length === 0) throw new Error('a batch needs a target');
    if (targets.length > this.limits.batchTargetsMax) {
      throw new Error(`a batch has at most ${this.limits.batchTargetsMax} targets, not ${targets.length}`);
    }
    const now = this.#env.now();
    if (this.#expiry?.look(now)) {
      const expired: Outcome = { kind: 'misconfigured', what: 'the certificate has expired: renew it at Apple' };
      return targets.map(() => expired);
    }
    const compilations = new Map<string, Compilation>();
    const compileFor = ({ purpose = 'alert' }: Target): Compilation => {
      let compilation = compilations.get(purpose);
      if (compilation === undefined) {
        compilation = compile(batch.message, now, purpose);
        compilations.set(purpose, compilation);
      }
      return compilation;
    };
    const bases = new Map<string, HeaderFields>();
    const sending = Promise.all(targets.map((target) => this.#sendOne(target, compileFor, bases, signal)));
    this.#sending.add(sending);
    try {
      return await sending;
    } finally {
      this.#sending.delete(sending);
    }
  }

  testCredentials(signal: AbortSignal): Promise<CredentialTest> {
    return testCredentials(this.#options, () => this.#env.now(), signal);
  }

  createChannel(
    scope: ChannelScope,
    storage: ChannelStorage,
    signal: AbortSignal,
  ): Promise<ChannelAnswer<BroadcastChannel>> {
    return createChannel(this.#options, scope, storage, signal);
  }

  readChannel(scope: ChannelScope, id: string, signal: AbortSignal): Promise<ChannelAnswer<BroadcastChannel>> {
    return readChannel(this.#options, scope, id, signal);
  }

  deleteChannel(scope: ChannelScope, id: string, signal: AbortSignal): Promise<ChannelAnswer<undefined>> {
    return deleteChannel(this.#options, scope, id, signal);
  }

  listChannels(scope: ChannelScope, signal: AbortSignal): Promise<ChannelAnswer<readonly string[]>> {
    return listChannels(this.#options, scope, signal);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Sends in flight may still repeat once, so they end before their connections do. */
  async #close(): Promise<void> {
    await Promise.allSettled(this.#sending);
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
  }

  async #sendOne(
    target: Target,
    compileFor: (target: Target) => Compilation,
    bases: Map<string, HeaderFields>,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const bundleId = target.bundleId ?? this.#options.bundleId;
    if (pushTypesFor(target.purpose ?? 'alert').length === 0 || !BUNDLE_ID.test(bundleId)) {
      return this.#unsupported(target, 'this registration has a purpose or a bundle id that cannot be sent to');
    }
    const { compiled, misfits } = compileFor(target);
    if (compiled === undefined) return unfit(misfits);
    const { credential } = this.#options;
    const { auth, topicSuffix }: PushType = PUSH_TYPES[compiled.pushType];
    const topic = topicSuffix === null ? uidOf(credential) : bundleId + topicSuffix;
    if (topic === undefined || (auth !== undefined && auth !== credential.kind)) {
      return this.#unsupported(target, `${compiled.pushType} needs ${auth ?? 'certificate'} authentication at APNs`);
    }
    const owner = bundleId !== this.#options.bundleId ? 'registration' : topicSuffix === '' ? 'app' : 'push_type';
    const { pushToken, notificationId } = target;
    const isBroadcast = target.purpose === BROADCAST;
    for (let isRepeat = false; ; isRepeat = true) {
      const authorization = credential.kind === 'token' ? credential.token.current() : undefined;
      const reply = await this.#pool(target.environment ?? 'production').request(
        {
          method: 'POST',
          path: isBroadcast ? broadcastPath(bundleId) : `/3/device/${pushToken}`,
          headers: baseOf(bases, authorization, isBroadcast ? undefined : topic, compiled),
          own: isBroadcast ? broadcastHeaders(pushToken, notificationId) : { 'apns-id': notificationId },
          body: compiled.body,
        },
        signal,
      );
      if (!isRepeat && this.#deservesRepeat(reply, authorization)) continue;
      return this.#outcomeOf(reply, owner);
    }
  }

  /** A refusal that another provider token or another connection mends at once. */
  #deservesRepeat(reply: Reply, authorization: string | undefined): boolean {
    if (reply.kind !== 'answer' || reply.status < 400) return false;
    const { reason } = readRefusal(reply.body);
    if (reason === 'Shutdown' || reason === 'IdleTimeout' || reason === 'TooManyProviderTokenUpdates') {
      reply.connection.retire();
    }
    if (reason === 'IdleTimeout') return true;
    const { credential } = this.#options;
    if (reason !== 'ExpiredProviderToken' || credential.kind !== 'token' || authorization === undefined) return false;
    return credential.token.renew(authorization);
  }

  #unsupported({ purpose }: Target, text: string): Outcome {
    this.#env.log.warn({ provider: this.name, app: this.#env.app, purpose, cause: text }, 'apns.target_unsupported');
    return { kind: 'rejected', reason: 'payload_rejected', detail: { text } };
  }

  #outcomeOf(reply: Reply, owner: TopicOwner): Outcome {
    switch (reply.kind) {
      case 'answer': {
        const { outcome, isStrange, code } = judge(reply, { nowMs: this.#env.now(), topicOwner: owner });
        this.#env.observe({ kind: 'request', code, ms: reply.ms });
        if (isStrange) {
          this.#env.log.error({ provider: this.name, app: this.#env.app, ...outcome.detail }, 'apns.answer_unexpected');
        }
        return outcome;
      }
      case 'not_sent':
        this.#env.observe({ kind: 'request', code: `not_sent ${reply.reason}`, ms: 0 });
        if (this.#options.credential.kind === 'certificate' && CERTIFICATE_ALERT.test(reply.cause)) {
          const detail = { text: reply.cause.slice(0, 256) };
          return {
            kind: 'misconfigured',
            what: 'APNs ends the handshake over the certificate: is it revoked?',
            detail,
          };
        }
        return notSent(reply.reason, reply.cause);
      case 'no_answer':
        this.#env.observe({ kind: 'request', code: 'no_answer', ms: reply.ms });
        return { kind: 'uncertain', detail: { text: reply.cause.slice(0, 256) } };
      default: {
        const never: never = reply;
        return never;
      }
    }
  }

  #pool(environment: Environment): Transport {
    let pool = this.#pools.get(environment);
    if (pool === undefined) {
      const { credential } = this.#options;
      pool = new Http2Pool({
        ...this.#options.pool,
        origin: this.#options.endpoints[environment],
        ca: this.#options.ca,
        ...(credential.kind === 'certificate'
          ? { cert: credential.certificate.cert, key: credential.certificate.key }
          : {}),
        provesEntry: (status) => ENTRY.has(status),
        report: (event) => this.#report(environment, event),
      });
      this.#pools.set(environment, pool);
    }
    return pool;
  }

  #report(environment: Environment, event: PoolEvent): void {
    const fields = { provider: this.name, app: this.#env.app, environment };
    switch (event.kind) {
      case 'connections':
        this.#env.observe({ kind: 'connections', state: 'open', count: event.open });
        this.#env.observe({ kind: 'connections', state: 'draining', count: event.draining });
        return;
      case 'connect_failed':
        this.#env.log.warn(
          { ...fields, cause: event.cause, retry_in_ms: Math.round(event.retryInMs) },
          'apns.connect_failed',
        );
        return;
      case 'connection_draining':
        this.#env.log.info({ ...fields, cause: event.cause }, 'apns.connection_draining');
        return;
      case 'connection_lost':
        this.#env.log.info({ ...fields, cause: event.cause }, 'apns.connection_lost');
        return;
      default: {
        event satisfies never;
      }
    }
  }
}

/** An MDM certificate's topic. */
function uidOf(credential: Credential): string | undefined {
  const uid = credential.kind === 'certificate' ? credential.certificate.uid : undefined;
  return uid !== undefined && BUNDLE_ID.test(uid) ? uid : undefined;
}

/** One frozen object for all targets of a batch that share push type, topic (none for broadcasts) and token. */
function baseOf(
  bases: Map<string, HeaderFields>,
  authorization: string | undefined,
  topic: string | undefined,
  { headers, pushType }: Compiled,
): HeaderFields {
  const key = `${pushType} ${topic ?? ''} ${authorization ?? ''}`;
  let base = bases.get(key);
  if (base === undefined) {
    base = Object.freeze({
      ...headers,
      ...(topic === undefined ? {} : { 'apns-topic': topic }),
      ...(authorization === undefined ? {} : { authorization }),
    });
    bases.set(key, base);
  }
  return base;
}
