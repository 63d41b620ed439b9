import { GatewayError } from '../../domain/errors.js';

/**
 * JSON of what is to be kept. Text with a NUL is refused by every store alike: some engines cannot keep it, and what was taken
 * by one must be takeable by the other.
 *
 * @throws GatewayError `validation_failed`
 */
export function keptJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (json.includes('\\u0000') && hasNul(value)) {
    throw new GatewayError('validation_failed', 'text with a NUL character cannot be stored; leave it out');
  }
  return json;
}

function hasNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0');
  if (value === null || typeof value !== 'object') return false;
  return Object.entries(value).some(([key, each]) => key.includes('\0') || hasNul(each));
}
