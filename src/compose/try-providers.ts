/** Asks the vendors of a configuration whether they accept its credentials, with no gateway and no store. */
import type { Config } from '../../config/load.js';
import { createEgress } from '../egress/egress.js';
import type { Log } from '../ports/log.js';
import { openProviders, type ProviderSetting } from '../routing/provider-pool.js';
import { systemClock } from '../runtime/clock.js';
import { createTestProvider, type ProviderTest } from '../usecases/test-provider.js';
import { providerSettings } from './provider-settings.js';

/** What one vendor said of one app's credentials. */
export interface AccountTest extends ProviderTest {
  readonly app: string;
  /** This machine's clock less the vendor's when the answer came, milliseconds; absent where it told no time. */
  readonly aheadMs?: number;
  /** False where the time for all was up before its turn came. */
  readonly isAsked: boolean;
}

export interface TryOptions {
  /** All of them when absent. */
  readonly app?: string | undefined;
  readonly provider?: string | undefined;
  /** This machine's clock. */
  readonly now?: () => number;
  /** Those not begun when it aborts are told as `unreachable`. */
  readonly signal: AbortSignal;
}

const AT_ONCE = 32;
/** Its words come back as answers; a log line beside them would say it twice. */
const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Side by side, each for at most 5 s. In the order of the files. Never rejects for what a vendor or a provider does. */
export async function tryProviders(config: Config, options: TryOptions): Promise<readonly AccountTest[]> {
  const { app, provider, signal } = options;
  const settings = providerSettings(config).filter(
    (setting) =>
      setting.kind.isOwnRoad !== true && // nobody else is there to be asked
      (app ?? setting.app) === setting.app &&
      (provider ?? setting.name) === setting.name,
  );
  const tests: AccountTest[] = [];
  let next = 0;
  const work = async () => {
    for (let at = next++; at < settings.length; at = next++) {
      const setting = settings[at];
      if (setting !== undefined)
        tests[at] = signal.aborted ? notAsked(setting) : await tryOne(setting, config, options);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, settings.length) }, work));
  return tests;
}

async function tryOne(setting: ProviderSetting, config: Config, options: TryOptions): Promise<AccountTest> {
  const clock = options.now === undefined ? systemClock : { now: options.now };
  const { app, name } = setting;
  try {
    const providers = await openProviders([{ id: app }], [setting], {
      clock,
      log: silentLog,
      observe: () => undefined,
      egress: createEgress({ allow: config.egress.allow }),
    });
    try {
      const test = await createTestProvider({ providers, nowMs: () => performance.now() })(app, name);
      if (test === undefined) return notAsked(setting);
      const { vendorTime } = test;
      return {
        app,
        isAsked: true,
        ...test,
        ...(vendorTime === undefined ? {} : { aheadMs: clock.now() - vendorTime }),
      };
    } finally {
      await providers.close();
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const common = { app, provider: name, kind: setting.kind.name, ms: 0, isAsked: true };
    return {
      ...common,
      verdict: 'refused',
      detail: `it cannot be opened: ${why}`,
      cure: `Correct it in apps/${app}.yaml.`,
    };
  }
}

function notAsked({ app, name, kind }: ProviderSetting): AccountTest {
  const detail = 'not asked: the time for all of them was up';
  return { app, provider: name, kind: kind.name, verdict: 'unreachable', detail, ms: 0, isAsked: false };
}
