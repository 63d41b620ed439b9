import type { Device } from '../../sdk/server/src/index.js';
import { showTime } from './terminal/figures.js';
import type { Paint } from './terminal/paint.js';
import { facts, plain, table } from './terminal/table.js';

/** A device: its facts, the addresses at which it is reached, and those that it was reached at, with why they are not used. */
export function deviceText(device: Device, paint: Paint): string {
  const attributes = Object.entries(device.attributes).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const head = facts(
    [
      ['device', paint('bold', plain(device.id))],
      ['user', device.user === null ? '(nobody is logged in)' : plain(device.user)],
      ['platform', plain([device.platform, device.manufacturer, device.model].filter(Boolean).join(', '))],
      ['locale', shown(device.locale)],
      ['timezone', shown(device.timezone)],
      ['app', shown(device.app_version)],
      ['system', shown(device.os_version)],
      ['notifications', device.notifications === 'off' ? paint('yellow', 'off') : device.notifications],
      ['tags', listed(device.tags)],
      ['topics', listed(device.topics)],
      ['attributes', listed(attributes)],
      ['registered', showTime(device.created_at)],
      ['changed', showTime(device.updated_at)],
    ],
    paint,
  );
  return [head, registrationsText(device, paint), retiredText(device, paint)].filter((part) => part !== '').join('\n');
}

/** The addresses at which a device is reached. */
export function registrationsText({ registrations }: Device, paint: Paint): string {
  if (registrations.length === 0) return `${paint('yellow', 'No registration: no provider reaches it.')}\n`;
  const rows = registrations.map(({ provider, environment, purpose, token_hash, confirmed_at }) => [
    plain(provider),
    environment,
    plain(purpose),
    plain(token_hash),
    showTime(confirmed_at),
  ]);
  return table(['registration', 'environment', 'purpose', 'token hash', 'confirmed'], rows, paint);
}

/** Registrations that were taken out of use, why, and what to do about it. */
export function retiredText({ retired }: Device, paint: Paint): string {
  return retired
    .map(({ provider, environment, reason, explanation, cure, retired_at }) => {
      const head = `${paint('red', 'retired')} ${plain(provider)} (${environment}) on ${showTime(retired_at)}: ${reason}\n`;
      return `${head}  ${plain(explanation)}\n${cure === null ? '' : `  ${paint('cyan', '→')} ${plain(cure)}\n`}`;
    })
    .join('');
}

function shown(text: string | undefined): string | undefined {
  return text === undefined ? undefined : plain(text);
}

function listed(words: readonly string[]): string | undefined {
  return words.length === 0 ? undefined : plain(words.join(', '));
}
