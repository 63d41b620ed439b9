import type { Device, User, UserDelivery } from '../../sdk/server/src/index.js';
import { registrationsText, retiredText } from './device-text.js';
import { attemptText, paintState } from './message-text.js';
import { showCounted, showTime } from './terminal/figures.js';
import type { Paint } from './terminal/paint.js';
import { facts, plain } from './terminal/table.js';

/** Who a user is, as far as anybody said. */
export function userText(user: User, paint: Paint): string {
  const attributes = Object.entries(user.attributes).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const consent = user.consent === null ? undefined : consentText(user.consent);
  return facts(
    [
      ['user', paint('bold', plain(user.id))],
      [
        'known',
        user.created_at === null ? 'by devices only; nothing was said of them' : `since ${showTime(user.created_at)}`,
      ],
      ['locale', user.locale === null ? undefined : plain(user.locale)],
      ['timezone', user.timezone === null ? undefined : plain(user.timezone)],
      ['tags', listed(user.tags)],
      ['attributes', listed(attributes)],
      ['consent', consent],
    ],
    paint,
  );
}

function consentText({ marketing, at, source }: NonNullable<User['consent']>): string {
  const from = source === undefined ? '' : `, from ${plain(source)}`;
  return `${marketing ? 'marketing allowed' : 'no marketing'}, since ${showTime(at)}${from}`;
}

/** Where a user can be reached, and where no more, and why. */
export function userDevicesText(devices: readonly Device[], hasMore: boolean, paint: Paint): string {
  if (devices.length === 0) return `${paint('yellow', 'No device: nothing can reach this user.')}\n`;
  const parts = devices.map((device) => {
    const what = [
      device.platform,
      device.manufacturer,
      device.model,
      device.app_version && `app ${device.app_version}`,
    ];
    const muted = device.notifications === 'off' ? `, ${paint('yellow', 'notifications are off in its settings')}` : '';
    const head = `${paint('bold', plain(device.id))}  ${plain(what.filter(Boolean).join(', '))}${muted}\n`;
    return head + indent(registrationsText(device, paint) + retiredText(device, paint));
  });
  return `${parts.join('')}${hasMore ? '… and more devices\n' : ''}`;
}

/** What was meant for a user, newest first: each message, and on each device what became of it, why, and what to do. */
export function userTimelineText(entries: readonly UserDelivery[], paint: Paint): string {
  if (entries.length === 0) return 'Nothing was sent to this user, as far as it is kept.\n';
  let message = '';
  return entries
    .map((entry) => {
      const isNew = entry.message.id !== message;
      message = entry.message.id;
      return (isNew ? messageLine(entry.message, paint) : '') + indent(deliveryText(entry, paint));
    })
    .join('');
}

function messageLine({ id, created_at, channel, class: kind }: UserDelivery['message'], paint: Paint): string {
  const sort = channel === undefined ? kind : `${kind}, channel ${plain(channel)}`;
  return `${showTime(created_at)}  ${paint('bold', id)}  ${paint('dim', sort)}\n`;
}

function deliveryText(entry: UserDelivery, paint: Paint): string {
  const { device, state, explanation, cure, attempts, next_attempt_at } = entry;
  const head = `${plain(device ?? '(a bare push token)')}  ${paintState(state, paint)}  ${plain(explanation)}\n`;
  const next = next_attempt_at === undefined ? '' : `Tried again at ${showTime(next_attempt_at)}.\n`;
  const remedy = cure === null ? '' : `${paint('cyan', '→')} ${plain(cure)}\n`;
  // One try that worked says nothing that the state does not.
  const isPlain = attempts.length <= 1 && state !== 'failed';
  const tries = isPlain ? [] : attempts.map((attempt) => paint('dim', plain(attemptLine(attempt))));
  return head + indent(`${remedy}${next}${tries.map((line) => `${line}\n`).join('')}`);
}

function attemptLine(attempt: UserDelivery['attempts'][number]): string {
  return `${showTime(attempt.at)}  ${attempt.provider}  ${attemptText(attempt)}`;
}

/** How much of the timeline is shown. */
export function moreText(shown: number, hasMore: boolean, id: string): string {
  if (!hasMore) return '';
  const newest = showCounted(shown, 'delivery', 'deliveries');
  return `… the newest ${newest}; more: pealbell user explain ${plain(id)} --limit ${shown * 5}\n`;
}

function listed(words: readonly string[]): string | undefined {
  return words.length === 0 ? undefined : plain(words.join(', '));
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
