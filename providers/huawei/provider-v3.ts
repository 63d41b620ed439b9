/** The provider of HarmonyOS NEXT: sends as the frame does, and takes back what is shown. */
import type { Batch, Recalling, RecallOutcome, Target } from '../contract.js';
import { type Talk, VendorProvider } from '../shared/vendor-provider.js';
import type { MessageSettings } from './options.js';
import { type CompiledV3, compileV3 } from './payload-v3.js';
import { judgeRevoke, REVOKE_TARGETS_MAX } from './recall.js';
import { bearer } from './wires.js';

export interface RevokeOptions {
  readonly settings: MessageSettings;
  /** Of the app, which the path names; absent where the app's file has none. */
  readonly clientId: string | undefined;
}

export class HuaweiV3Provider extends VendorProvider<CompiledV3> implements Recalling {
  readonly #revoke: RevokeOptions;

  constructor(
    options: ConstructorParameters<typeof VendorProvider<CompiledV3>>[0],
    env: ConstructorParameters<typeof VendorProvider<CompiledV3>>[1],
    revoke: RevokeOptions,
  ) {
    super(options, env);
    this.#revoke = revoke;
  }

  async recall({ message, targets }: Batch, signal: AbortSignal): Promise<readonly RecallOutcome[]> {
    this.checkBatch(targets);
    const { settings, clientId } = this.#revoke;
    const impossible = (text: string) => targets.map((): RecallOutcome => ({ kind: 'impossible', detail: { text } }));
    if (clientId === undefined) return impossible('set client_id in the app’s file: what is taken back is named by it');
    const { compiled } = compileV3(message, settings);
    if (compiled?.notifyId === undefined) return impossible('a silent message shows nothing to take back');
    const { notifyId } = compiled;
    const talk = this.talk(signal);
    const requests: Promise<readonly RecallOutcome[]>[] = [];
    for (let from = 0; from < targets.length; from += REVOKE_TARGETS_MAX) {
      requests.push(revoke(clientId, notifyId, targets.slice(from, from + REVOKE_TARGETS_MAX), talk));
    }
    return (await this.awaited(Promise.all(requests))).flat();
  }
}

async function revoke(
  clientId: string,
  notifyId: number,
  targets: readonly Target[],
  talk: Talk,
): Promise<readonly RecallOutcome[]> {
  const tokens = targets.map(({ pushToken }) => pushToken);
  const body = Buffer.from(JSON.stringify({ notifyId, token: tokens }));
  const path = `/v1/${encodeURIComponent(clientId)}/messages:revoke`;
  const asked = await talk.ask({
    request: (token) => ({ method: 'POST', path, headers: bearer(token), own: { 'push-type': '0' }, body }),
    judge: (answer) => judgeRevoke(answer, tokens),
    isHarmless: true,
  });
  if (asked.kind === 'judged') return asked.value;
  const { detail } = asked.outcome;
  return targets.map(() => ({ kind: 'failed', ...(detail === undefined ? {} : { detail }) }));
}
