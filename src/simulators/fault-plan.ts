import type { Fault, FaultSource } from '../../providers/simulation.js';

/** Which requests a fault is for. */
export interface FaultRule {
  readonly provider: string;
  /** One push token, spelled as it is sent, or a share of all requests, 0 to 1. */
  readonly match: { readonly token: string } | { readonly rate: number };
  /** How many requests it meets before it is used up; without end when absent. */
  readonly times?: number;
  readonly fault: Fault;
}

interface Planned {
  readonly order: number;
  readonly rule: FaultRule;
  timesLeft: number;
}

/** The faults that wait for their requests. Thousands of faults for single tokens cost a request no more than one. */
export class FaultPlan implements FaultSource {
  readonly #random: () => number;
  #order = 0;
  /** By provider and token, newest last. */
  readonly #byToken = new Map<string, Planned[]>();
  /** By provider, newest last. */
  readonly #byRate = new Map<string, Planned[]>();

  /** `random`: a number from 0 up to, but not including, 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Adds a fault that wins over all before it. Returns its id. */
  add(rule: FaultRule): string {
    this.#order += 1;
    const planned: Planned = { order: this.#order, rule, timesLeft: rule.times ?? Number.POSITIVE_INFINITY };
    const map = 'token' in rule.match ? this.#byToken : this.#byRate;
    const key = 'token' in rule.match ? tokenKey(rule.provider, rule.match.token) : rule.provider;
    const list = map.get(key);
    if (list === undefined) map.set(key, [planned]);
    else list.push(planned);
    return `fault_${this.#order}`;
  }

  clear(): void {
    this.#byToken.clear();
    this.#byRate.clear();
  }

  take(provider: string, pushToken: string): Fault | undefined {
    if (this.#byToken.size === 0 && this.#byRate.size === 0) return undefined;
    const key = tokenKey(provider, pushToken);
    const forToken = this.#byToken.get(key)?.at(-1);
    const byRate = this.#byRate.get(provider) ?? [];
    for (let i = byRate.length - 1; i >= 0; i -= 1) {
      const planned = byRate[i];
      if (planned === undefined || planned.order < (forToken?.order ?? 0)) break;
      if ('rate' in planned.rule.match && this.#random() < planned.rule.match.rate) {
        return this.#use(planned, this.#byRate, provider);
      }
    }
    return forToken === undefined ? undefined : this.#use(forToken, this.#byToken, key);
  }

  #use(planned: Planned, map: Map<string, Planned[]>, key: string): Fault {
    planned.timesLeft -= 1;
    if (planned.timesLeft <= 0) {
      const left = (map.get(key) ?? []).filter((other) => other !== planned);
      if (left.length === 0) map.delete(key);
      else map.set(key, left);
    }
    return planned.rule.fault;
  }
}

function tokenKey(provider: string, pushToken: string): string {
  return `${provider} ${pushToken}`;
}
