import assert from 'node:assert/strict';
import type { Registry } from 'prom-client';
import { parse } from 'yaml';
import { countSockets } from '../../../src/compose/realtime.js';
import { DELIVERY_STATES } from '../../../src/domain/delivery.js';
import { createHttpMetrics, registerBuildInfo } from '../../../src/http/metrics.js';
import { LANES } from '../../../src/ports/work-queue.js';
import { createMetrics } from '../../../src/runtime/metrics.js';
import { migratedDataDirectory } from '../../support/pglite-template.js';
import { selectorsOf } from '../../support/promql.js';
import { openWorld } from '../../support/world.js';
import { textOf } from './files.js';

/** What Prometheus puts on each series by itself. */
const OF_THE_TARGET = ['instance', 'job'];
/** Values that labels have, where the program has a closed list of them. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  pealbell_messages_total_outcome: ['accepted', 'replayed'],
  pealbell_deliveries_total_state: DELIVERY_STATES,
  pealbell_queue_jobs_state: ['waiting', 'due'],
  pealbell_queue_jobs_lane: LANES,
  pealbell_queue_oldest_seconds_lane: LANES,
  pealbell_idempotency_total_result: ['new', 'replayed', 'mismatch', 'in_progress'],
};

interface Asked {
  readonly where: string;
  readonly expression: string;
  /** Labels named beside the expression, in a legend or a sentence. */
  readonly shown: readonly string[];
}

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

/** Every metric with its labels, by the name that a query uses. */
function exported(): ReadonlyMap<string, readonly string[]> {
  const { registry } = createMetrics();
  registerBuildInfo(registry, '0');
  createHttpMetrics(registry);
  const counts = { opened: 0, endings: {}, frames: { in: {}, out: {} } };
  // Only looked at when it is asked for figures.
  countSockets({ registry }, { counts: counts as never, bufferedBytes: () => 0 }, () => ({}));
  return labelsOf(registry);
}

function labelsOf(registry: Registry): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const metric of registry.getMetricsAsArray()) {
    const labels: readonly string[] = Reflect.get(metric, 'labelNames');
    const isHistogram = Reflect.get(metric, 'buckets') !== undefined;
    if (isHistogram) {
      for (const suffix of ['_sum', '_count']) found.set(metric.name + suffix, labels);
      found.set(`${metric.name}_bucket`, [...labels, 'le']);
    } else found.set(metric.name, labels);
  }
  return found;
}

async function ofDashboard(): Promise<readonly Asked[]> {
  const { panels, templating } = JSON.parse(await textOf('deploy/grafana/pealbell.json'));
  const targets = panels.flatMap(({ title, targets = [] }: Panel) =>
    targets.map(({ expr, legendFormat }) => ({
      where: `panel ${title}`,
      expression: expr.replaceAll('$__rate_interval', '5m'),
      shown: [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label ?? ''),
    })),
  );
  const variables = templating.list.flatMap(({ name, definition }: { name: string; definition?: string }) => {
    if (definition === undefined) return [];
    const [, expression = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(definition) ?? [];
    return [{ where: `variable ${name}`, expression, shown: [label] }];
  });
  return [...targets, ...variables];
}

async function ofAlerts(): Promise<readonly Asked[]> {
  const { groups } = parse(await textOf('deploy/prometheus/alerts.yaml'));
  return groups.flatMap(({ rules }: { rules: readonly { alert: string; expr: string; annotations: object }[] }) =>
    rules.map(({ alert, expr, annotations }) => ({
      where: `alert ${alert}`,
      expression: expr,
      shown: [...JSON.stringify(annotations).matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label ?? ''),
    })),
  );
}

/** Sentences about what an expression asks for and the program does not tell. */
function faultsOf({ where, expression, shown }: Asked, known: ReadonlyMap<string, readonly string[]>): string[] {
  const selectors = selectorsOf(expression);
  const faults = selectors.length === 0 ? [`${where}: asks for no metric`] : [];
  for (const { metric, labels, matchers } of selectors) {
    const its = known.get(metric);
    if (its === undefined) {
      faults.push(`${where}: there is no ${metric}`);
      continue;
    }
    for (const label of [...labels, ...shown]) {
      if (!its.includes(label) && !OF_THE_TARGET.includes(label)) faults.push(`${where}: ${metric} has no ${label}`);
    }
    for (const { label, isRegex, value } of matchers) {
      const may = VALUES[`${metric}_${label}`];
      for (const word of isRegex ? value.split('|') : [value]) {
        if (may !== undefined && !may.includes(word)) faults.push(`${where}: ${label} is never ${word}`);
      }
    }
  }
  return faults;
}

describe('the dashboard and the alert rules', () => {
  const known = exported();

  it('ask for metrics and labels that the program tells', async () => {
    const [dashboard, alerts] = [await ofDashboard(), await ofAlerts()];
    assert.ok(dashboard.length >= 20 && alerts.length >= 10);
    assert.deepEqual(
      [...dashboard, ...alerts].flatMap((asked) => faultsOf(asked, known)),
      [],
    );
  });

  it('show every metric in the dashboard', async () => {
    const used = (await ofDashboard()).flatMap(({ expression }) => selectorsOf(expression).map(({ metric }) => metric));
    const bases = (names: Iterable<string>) =>
      new Set([...names].map((name) => name.replace(/_(?:bucket|sum|count)$/, '')));
    assert.deepEqual(
      [...bases(known.keys())].filter((name) => !bases(used).has(name)),
      [],
    );
  });

  it('would be found out if they asked for anything else', () => {
    const ask = (expression: string, ...shown: string[]) => faultsOf({ where: 'x', expression, shown }, known);
    assert.deepEqual(ask('pealbell_sent_total'), ['x: there is no pealbell_sent_total']);
    assert.deepEqual(ask('sum by (user) (pealbell_sockets)'), ['x: pealbell_sockets has no user']);
    assert.deepEqual(ask('pealbell_sockets{app="shop"}'), ['x: pealbell_sockets has no app']);
    assert.deepEqual(ask('pealbell_sockets', 'app'), ['x: pealbell_sockets has no app']);
    assert.deepEqual(ask('pealbell_queue_jobs{state=~"due|gone"}'), ['x: state is never gone']);
    assert.deepEqual(ask('1 + 1'), ['x: asks for no metric']);
    assert.throws(() => ask('sum by ('), /no PromQL at character/);
  });

  it('know the metrics as a running gateway tells them', async function () {
    this.timeout(60_000);
    const world = await openWorld({ roads: 'apns' });
    try {
      const gateway = await world.open({ settings: { 'store.url': `pglite:${await migratedDataDirectory()}` } });
      const text = await (await fetch(`${gateway.admin.url}/metrics`)).text();
      const told = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
        type === 'histogram' ? ['_sum', '_count', '_bucket'].map((suffix) => name + suffix) : [name],
      );
      assert.deepEqual([...told].sort(), [...known.keys()].sort());
    } finally {
      await world.close();
    }
  });
});
