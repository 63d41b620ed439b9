/**
 * A provider outside the tree: one push token in a JSON request, a status as the answer. Named in an app's file:
 *
 *   providers:
 *     acme: { module: ./my-provider.js, url: "https://push.acme.example/send", key: "${env:ACME_KEY}" }
 *
 * `kind` is a function here, handed what it needs: the file works wherever it lies. docs/providers.md says more.
 *
 * @param {{ z: import('pealbell/provider').z, InvalidInputError: typeof import('pealbell/provider').InvalidInputError }} tools
 * @returns {import('pealbell/provider').ProviderKind<{ url: string, key: string }>}
 */
export function kind({ z, InvalidInputError }) {
  return {
    name: 'acme',
    options: z.strictObject({
      url: z.url({ protocol: /^https?$/ }).meta({ description: 'Where messages go.' }),
      key: z.string().min(1).meta({ secret: true, description: 'The key of the account.' }),
    }),
    channel: z.strictObject({ urgent: z.boolean().optional() }),
    limits: LIMITS,
    nativeFor: [],
    check,
    parsePushToken(raw) {
      if (typeof raw === 'string' && /^acme-[0-9a-z]{1,64}$/.test(raw)) return raw;
      throw new InvalidInputError('a push token of Acme begins with acme- and goes on with a-z and 0-9');
    },
    open: async (options, env) => openProvider(options, env),
  };
}

const LIMITS = { batchTargetsMax: 200, payloadBytesMax: 4096, ttlSecondsMax: 86_400 };
/** Requests under way at once: the bound is the provider's. */
const REQUESTS_MAX = 16;
const ANSWER_WITHIN_MS = 20_000;

/** What goes out for a message, whoever gets it. Pure. */
function payloadOf(message) {
  const { title, body } = message.notification ?? {};
  return {
    title,
    body,
    data: message.data,
    ttl: Math.min(message.ttlSeconds, LIMITS.ttlSecondsMax),
    urgent: message.channel?.settings?.urgent ?? message.priority === 'high',
  };
}

/** An error refuses the message before it is accepted; a warning is told. Pure. */
function check(message) {
  const bytes = Buffer.byteLength(JSON.stringify(payloadOf(message)));
  const misfits = [];
  if (bytes > LIMITS.payloadBytesMax) {
    const detail = `the payload has ${bytes} bytes, and Acme takes ${LIMITS.payloadBytesMax}: send less text or data`;
    misfits.push({ severity: 'error', code: 'payload_too_large', detail });
  }
  if (message.notification?.image !== undefined) {
    const detail = 'Acme shows no images: it is left out';
    misfits.push({ severity: 'warning', code: 'image_unmapped', detail, pointer: '/notification/image' });
  }
  return misfits;
}

function openProvider({ url, key }, env) {
  const underWay = new Set();
  const waiting = [];
  let isClosed = false;

  /** Runs so many at a time; the others wait for their turn. */
  async function inTurn(work) {
    while (underWay.size >= REQUESTS_MAX) await new Promise((resolve) => waiting.push(resolve));
    const running = work();
    underWay.add(running);
    try {
      return await running;
    } finally {
      underWay.delete(running);
      waiting.shift()?.();
    }
  }

  async function sendOne(payload, target, signal) {
    if (signal.aborted) return { kind: 'deferred', scope: 'target', reason: 'timeout' };
    const started = performance.now();
    try {
      const answer = await fetch(url, {
        method: 'POST',
        // The id is the same at each attempt: by it Acme drops doubles.
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'x-id': target.notificationId },
        body: JSON.stringify({ ...payload, to: target.pushToken }),
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      });
      await answer.body?.cancel();
      env.observe({ kind: 'request', code: String(answer.status), ms: performance.now() - started });
      return outcomeOf(answer.status);
    } catch (error) {
      return isUnsent(error) ? { kind: 'deferred', scope: 'account', reason: 'provider_unavailable' } : { kind: 'uncertain' };
    }
  }

  const sends = new Set();
  return {
    name: env.name,
    limits: LIMITS,
    async send({ message, targets }, signal) {
      if (isClosed) throw new Error(`provider ${env.name} was used after close`);
      if (targets.length === 0 || targets.length > LIMITS.batchTargetsMax) {
        throw new Error(`a batch has 1 to ${LIMITS.batchTargetsMax} targets`);
      }
      if (check(message).some(({ severity }) => severity === 'error')) {
        return targets.map(() => ({ kind: 'rejected', reason: 'payload_too_large' }));
      }
      const payload = payloadOf(message);
      const sending = Promise.all(targets.map((target) => inTurn(() => sendOne(payload, target, signal))));
      sends.add(sending);
      try {
        return await sending;
      } finally {
        sends.delete(sending);
      }
    },
    async close() {
      isClosed = true;
      await Promise.allSettled(sends);
    },
  };
}

/** The facts, and nothing else: what becomes of them is the house's. What Acme does not document is no yes, and no dead address. */
function outcomeOf(status) {
  const detail = { status };
  if (status === 200) return { kind: 'accepted' };
  if (status === 410) return { kind: 'unregistered', detail };
  if (status === 400) return { kind: 'rejected', reason: 'payload_rejected', detail };
  if (status === 401) return { kind: 'misconfigured', what: 'Acme refuses the key: check `key` in the app’s file', detail };
  if (status === 429) return { kind: 'deferred', scope: 'account', reason: 'rate_limited', detail };
  return { kind: 'deferred', scope: 'target', reason: 'provider_unavailable', detail };
}

/** Nothing has left yet: sending it again cannot make a double. */
function isUnsent(error) {
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'].includes(error?.cause?.code);
}
