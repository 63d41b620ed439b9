import type { MessagePlan } from '../../sdk/server/src/index.js';
import { showCount, showCounted } from './terminal/figures.js';
import type { Paint } from './terminal/paint.js';
import { facts, plain, table } from './terminal/table.js';

/** What a send would do: how many devices by which provider, what is doubtful, and what each provider would be sent. */
export function planText(plan: MessagePlan, paint: Paint): string {
  const { audience, providers, steps, warnings, no_registration } = plan;
  const head = facts(
    [
      [
        'would send',
        audience.devices === undefined ? 'to many devices' : `to ${showCounted(audience.devices, 'device')}`,
      ],
      ['class', plan.class],
      ['no way to', no_registration ? showCount(no_registration) : undefined],
      ...warnings.map(({ code, detail }) => [paint('yellow', 'warning'), plain(`${code}: ${detail}`)] as const),
    ],
    paint,
  );
  const rows = providers.map(({ provider, devices, sample_device }) => [
    plain(provider),
    devices === undefined ? 'many' : showCount(devices),
    plain(sample_device ?? ''),
  ]);
  const route = steps.map(({ via, provider, devices }) => [
    plain(via),
    plain(provider ?? '(each device’s own)'),
    devices === undefined ? '' : showCount(devices),
  ]);
  const payloads = providers
    .filter(({ payload }) => payload !== undefined)
    .map(({ provider, payload }) => `\n${paint('dim', plain(provider))}\n${JSON.stringify(payload, null, 2)}\n`);
  const devices = { name: 'devices', align: 'right' as const };
  return [
    head,
    table(['route', 'provider', devices], route, paint),
    table(['provider', devices, 'such as'], rows, paint) + payloads.join(''),
  ].join('\n');
}
