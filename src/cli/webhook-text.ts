import type { WebhookDelivery, WebhookDeliveryDetail, WebhookEndpoint } from '../../sdk/server/src/index.js';
import { showCounted, showDuration, showTime } from './terminal/figures.js';
import type { Look, Paint } from './terminal/paint.js';
import { facts, plain, table } from './terminal/table.js';

const LOOKS: Readonly<Record<string, Look>> = {
  active: 'green',
  paused: 'yellow',
  disabled: 'red',
  delivered: 'green',
  waiting: 'yellow',
  parked: 'red',
  skipped: 'dim',
};

/** Of a body this much is shown; --json has it whole. */
const BODY_SHOWN_MAX = 2_000;

/** A line for each endpoint, and what is the matter with it below. */
export function endpointsText(endpoints: readonly WebhookEndpoint[], paint: Paint): string {
  if (endpoints.length === 0) return 'Nobody is told of anything; make an endpoint: pealbell webhooks create URL\n';
  const rows = endpoints.map((endpoint) => [
    endpoint.id,
    painted(endpoint.state, paint),
    plain(endpoint.url),
    plain(endpoint.events.join(',')),
    endpoint.level === 'summary' ? 'summary' : endpoint.order,
    endpoint.last_success_at === null ? 'never' : showTime(endpoint.last_success_at),
    endpoint.name === null ? '' : `file: ${plain(endpoint.name)}`,
  ]);
  const troubles = endpoints.flatMap((endpoint) => {
    const trouble = troubleOf(endpoint);
    return trouble === undefined ? [] : [`${endpoint.id}  ${paint('yellow', plain(trouble))}\n`];
  });
  return table(['endpoint', 'state', 'url', 'events', 'sort', 'last success', ''], rows, paint) + troubles.join('');
}

function troubleOf({ state_reason, failing_since, lost }: WebhookEndpoint): string | undefined {
  const parts = [
    state_reason,
    failing_since === null ? null : `every attempt has failed since ${showTime(failing_since)}`,
    lost === null
      ? null
      : `${showCounted(lost.events, 'event')} waited too long and are gone, the last ${showTime(lost.at)}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? undefined : parts.join('; ');
}

/** A line for each call, newest first. */
export function deliveriesText(deliveries: readonly WebhookDelivery[], hasMore: boolean, paint: Paint): string {
  if (deliveries.length === 0) return 'No call, as far as it is kept.\n';
  const rows = deliveries.map((delivery) => [
    delivery.id,
    String(delivery.endpoint_seq),
    painted(delivery.state, paint),
    delivery.test ? 'test' : String(delivery.event_count),
    String(delivery.attempt_count),
    showTime(delivery.created_at),
    delivery.next_attempt_at === null ? '' : showTime(delivery.next_attempt_at),
  ]);
  const columns = [
    'delivery',
    { name: 'seq', align: 'right' as const },
    'state',
    { name: 'events', align: 'right' as const },
    { name: 'attempts', align: 'right' as const },
    'made',
    'next attempt',
  ];
  return `${table(columns, rows, paint)}${hasMore ? '… and older ones; --limit shows more\n' : ''}`;
}

/** Everything that was said in one call. */
export function deliveryText(delivery: WebhookDeliveryDetail, paint: Paint): string {
  const { id, state, url, attempts, request_body: body } = delivery;
  const head = facts(
    [
      ['delivery', paint('bold', id)],
      ['to', plain(url)],
      ['state', painted(state, paint)],
      ['events', delivery.test ? 'a test' : String(delivery.event_count)],
      ['next attempt', delivery.next_attempt_at === null ? undefined : showTime(delivery.next_attempt_at)],
      ['replay of', delivery.replay_of ?? undefined],
      ['body', body === null ? 'its events are kept no longer' : shorten(body)],
    ],
    paint,
  );
  return head + attempts.map((attempt) => attemptText(attempt, paint)).join('');
}

function attemptText(attempt: WebhookDeliveryDetail['attempts'][number], paint: Paint): string {
  const { n, at, ms, status, error, response_body: answer } = attempt;
  const said = status === null ? 'no answer' : `answered ${status}`;
  const why = error === null ? '' : `  ${paint('yellow', plain(error))}`;
  const line = `attempt ${n}  ${showTime(at)}  ${said} after ${showDuration(ms)}${why}\n`;
  return answer === null || answer.trim() === '' ? line : `${line}  ${paint('dim', shorten(answer.trim()))}\n`;
}

function painted(state: string, paint: Paint): string {
  const look = LOOKS[state];
  return look === undefined ? state : paint(look, state);
}

function shorten(text: string): string {
  return text.length <= BODY_SHOWN_MAX ? plain(text) : `${plain(text.slice(0, BODY_SHOWN_MAX))}…`;
}
