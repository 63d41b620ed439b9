import type { Attempt, Delivery, DeliveryState, Message } from '../../sdk/server/src/index.js';
import { showCount, showCounted, showDuration, showTime } from './terminal/figures.js';
import type { Look, Paint } from './terminal/paint.js';
import { facts, plain, table } from './terminal/table.js';

const LOOKS: Readonly<Record<DeliveryState, Look>> = {
  queued: 'cyan',
  sent: 'green',
  delivered: 'green',
  displayed: 'green',
  opened: 'green',
  failed: 'red',
  expired: 'yellow',
  suppressed: 'yellow',
  canceled: 'yellow',
  recalled: 'yellow',
};

export function paintState(state: DeliveryState, paint: Paint): string {
  return paint(LOOKS[state] ?? 'bold', state);
}

/** What became of a message: its facts, its counts, the reasons of what did not work, and what stands in its way. */
export function messageText(message: Message, paint: Paint): string {
  const { counts, devices, reasons, blocked } = message;
  const states = Object.entries(counts).filter(([, count]) => count > 0) as [DeliveryState, number][]; // Its own keys.
  const took =
    message.completed_at === null ? undefined : Date.parse(message.completed_at) - Date.parse(message.created_at);
  const head = facts(
    [
      ['message', paint('bold', message.id)],
      ['status', statusText(message, paint)],
      ['class', message.class],
      ['channel', message.channel === undefined ? undefined : plain(message.channel)],
      ['route', message.route === undefined ? undefined : plain(message.route)],
      ['accepted', showTime(message.created_at)],
      ['completed', took === undefined ? undefined : `after ${showDuration(took)}`],
      ['tries end', message.completed_at === null ? showTime(message.expires_at) : undefined],
      ['devices', showCount(devices)],
    ],
    paint,
  );
  const share = (count: number) => `${((count / devices) * 100).toFixed(count === devices ? 0 : 1)} %`;
  const rows = states.map(([state, count]) => [paintState(state, paint), showCount(count), share(count)]);
  const funnel = Math.max(message.funnel.sent, message.funnel.delivered) === 0 ? '' : funnelText(message, paint);
  const why = Object.entries(reasons).map(([reason, count]) => [plain(reason), showCount(count)]);
  const right = (name: string) => ({ name, align: 'right' as const });
  return [
    head,
    ...(rows.length === 0 ? [] : [table(['state', right('devices'), right('share')], rows, paint)]),
    ...(funnel === '' ? [] : [funnel]),
    ...(why.length === 0 ? [] : [table(['reason', right('devices')], why, paint)]),
    ...blocked.map((account) => blockedText(account, paint)),
  ].join('\n');
}

const BAR_CELLS = 24;

/** How many came how far, as bars, beside what each provider has of it; what nobody told is left out. */
function funnelText({ funnel, providers }: Message, paint: Paint): string {
  const steps = Object.entries(funnel).filter(([, count]) => count > 0) as [keyof Message['funnel'], number][]; // Its own keys.
  const rows = steps.map(([step, count]) => [
    step,
    paint('green', '█'.repeat(Math.max(1, Math.round((count / funnel.planned) * BAR_CELLS)))),
    showCount(count),
    step === 'planned' ? '' : providersText(providers, step),
  ]);
  return table(['funnel', '', { name: 'devices', align: 'right' }, 'by provider'], rows, paint);
}

function providersText(providers: Message['providers'], step: Exclude<keyof Message['funnel'], 'planned'>): string {
  return providers
    .filter((counts) => counts[step] > 0)
    .map((counts) => `${plain(counts.provider ?? 'none')} ${showCount(counts[step])}`)
    .join(', ');
}

function statusText({ status, settled, devices }: Message, paint: Paint): string {
  if (status === 'completed') return paint('green', status);
  if (status === 'blocked') return paint('red', status);
  return `${paint('cyan', status)}, ${showCount(settled)} of ${showCounted(devices, 'device')} settled`;
}

function blockedText({ provider, reason, devices, since }: Message['blocked'][number], paint: Paint): string {
  const when = since === undefined ? '' : ` since ${showTime(since)}`;
  const name = plain(provider);
  return `${paint('red', `${name} is stopped${when}`)}: ${reason}; ${showCounted(devices, 'device')} wait. It goes on by itself when
the file of the app is mended: pealbell provider test ${name}\n`;
}

/** What became of a message on each device, a line each. */
export function deliveriesText(deliveries: readonly Delivery[], paint: Paint): string {
  const right = { name: 'tries', align: 'right' as const };
  const rows = deliveries.map((delivery) => [
    plain(delivery.device ?? `(${delivery.token_hash ?? 'token'})`),
    plain(delivery.user ?? ''),
    paintState(delivery.state, paint),
    plain(delivery.provider ?? ''),
    String(delivery.attempts.length),
    deliveryNote(delivery),
  ]);
  return table(['device', 'user', 'state', 'provider', right, ''], rows, paint);
}

/** Why a delivery stands where it does, in the words of the vendor where there are any. */
export function deliveryNote({ attempts, reason, next_attempt_at }: Delivery): string {
  const last = attempts.at(-1);
  const next = next_attempt_at === undefined ? undefined : `again at ${showTime(next_attempt_at)}`;
  return plain([last === undefined ? (reason ?? '') : attemptText(last), next ?? ''].filter(Boolean).join(', '));
}

/** One try in a few words: `410 Unregistered, token_invalid (41 ms)`. */
export function attemptText({
  vendor,
  outcome,
  reason,
  ms,
}: Pick<Attempt, 'vendor' | 'outcome' | 'reason' | 'ms'>): string {
  const told = [vendor?.status, vendor?.code].filter((part) => part !== undefined).join(' ');
  const came = reason ?? (told === '' ? outcome : undefined);
  const said = [told, came].filter((part) => part !== undefined && part !== '').join(', ');
  return ms === undefined ? said : `${said} (${showDuration(ms)})`;
}
