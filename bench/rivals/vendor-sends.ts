/**
 * Sends to a vendor of many targets, OPPO: as the provider does it, and with bare `node:https`, which is given bodies by the
 * same function and looks at no answer.
 */
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:https';
import type { Message, ProviderEnv, Target } from '../../providers/contract.js';
import { authRequest, batchForms, post } from '../../providers/oppo/form.js';
import { oppoKind } from '../../providers/oppo/kind.js';
import { compile } from '../../providers/oppo/payload.js';
import type { OppoOptions } from '../../providers/oppo/settings.js';
import type { VendorRequest } from '../../providers/shared/vendor-provider.js';
import { NOTIFICATION } from '../harness/devices.js';
import { serveRival, type Told } from '../harness/rival.js';

/** As many windows as a worker has under way: 800 targets. */
const TARGETS_UNDER_WAY = 800;
const BATCH_PATH = '/server/v1/message/notification/unicast_batch';
const MESSAGE: Message = {
  id: 'msg_w21',
  app: 'shop',
  notification: { ...NOTIFICATION, body: NOTIFICATION.body.slice(0, 120) },
  ttlSeconds: 600,
  priority: 'high',
};

export interface VendorSetup {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly ca: string;
  readonly by: 'provider' | 'https';
  readonly targetsOfRequest: number;
}

/** Tells how many were taken. */
type Send = (targets: readonly Target[]) => Promise<number>;

serveRival<VendorSetup, { readonly units: number }, Told>(async ({ settings, ca, by, targetsOfRequest }) => {
  const options = oppoKind.options.parse({ ...settings, ca });
  const send = by === 'provider' ? await overProvider(options) : await overHttps(options);
  const answer = async ({ units }: { readonly units: number }) => {
    let next = 0;
    let sent = 0;
    const loop = async () => {
      while (next < units) {
        const from = next;
        next = Math.min(units, from + targetsOfRequest);
        const taken = await send(Array.from({ length: next - from }, (_, i) => targetOf(from + i)));
        sent += taken;
      }
    };
    await Promise.all(Array.from({ length: Math.ceil(TARGETS_UNDER_WAY / targetsOfRequest) }, loop));
    return { sent, failed: units - sent };
  };
  return { ready: {}, answer };
});

/** An id of its own at every run: the vendor shows one only once. */
function targetOf(n: number): Target {
  const pushToken = oppoKind.parsePushToken(`CN_${n.toString(16).padStart(32, '0')}`);
  return { pushToken, notificationId: randomUUID() };
}

async function overProvider(options: OppoOptions): Promise<Send> {
  const never = new AbortController().signal;
  const quiet = () => undefined;
  const env: ProviderEnv = {
    ...{ name: 'oppo', app: 'shop', now: () => Date.now(), observe: quiet },
    log: { info: quiet, warn: quiet, error: quiet },
    egress: {
      checkUrl: quiet,
      lookup: () => {
        throw new Error('nothing is looked up here');
      },
    },
  };
  const provider = await oppoKind.open(options, env);
  return async (targets) => {
    const outcomes = await provider.send({ message: MESSAGE, targets }, never);
    return outcomes.filter(({ kind }) => kind === 'accepted').length;
  };
}

async function overHttps(options: OppoOptions): Promise<Send> {
  const agent = new Agent({ keepAlive: true, ca: options.ca, maxSockets: 16 });
  const { compiled } = compile(MESSAGE, options);
  if (compiled === undefined) throw new Error('the message of this workload does not fit');
  const origin = new URL(options.endpoint ?? '');
  const ask = ({ method, path, headers, body }: VendorRequest) =>
    new Promise<string>((resolve, reject) => {
      const { hostname: host, port } = origin;
      const outgoing = request({
        agent,
        host,
        port,
        method,
        path,
        headers: { ...headers, 'content-length': body.length },
      });
      outgoing.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => resolve(text));
      });
      outgoing.on('error', reject).end(body);
    });
  const token = (JSON.parse(await ask(authRequest(options, Date.now()))) as { data: { auth_token: string } }).data;
  return async (targets) => {
    for (const { fields } of batchForms(compiled, targets, options)) {
      await ask(post(BATCH_PATH, fields, token.auth_token, options));
    }
    return targets.length;
  };
}
