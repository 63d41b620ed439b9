import type { Json } from '../domain/json.js';
import type { DeviceDraft, OwnDeviceDraft, RegistrationDraft } from '../usecases/register-device.js';
import { toNamesChange } from './attributes-json.js';
import { faultsOf } from './faults.js';
import { given } from './given.js';
import { invalid } from './refusal.js';
import {
  type DeviceRequest,
  deviceLine,
  deviceRequest,
  ownDeviceRequest,
  SERVERS_FIELDS,
} from './schemas/device-request.js';
import { newDeviceId } from './schemas/words.js';

/**
 * Turns the body of a device call into a draft.
 *
 * @param id from the path, checked by `readNewDeviceId` or made by the gateway
 * @throws Refusal 422 with every fault
 */
export function readDevice(
  body: Json | undefined,
  target: { readonly app: string; readonly id: string; readonly mode: DeviceDraft['mode'] },
): DeviceDraft {
  const parsed = deviceRequest.safeParse(body);
  if (!parsed.success) throw invalid(faultsOf(deviceRequest, parsed.error.issues, body));
  return toDraft(parsed.data, target);
}

/**
 * Turns what a device says of itself into a draft.
 *
 * @throws Refusal 422 with every fault
 */
export function readOwnDevice(
  body: Json | undefined,
  target: Pick<OwnDeviceDraft, 'app' | 'id' | 'own'>,
): OwnDeviceDraft {
  const said = typeof body === 'object' && body !== null && !Array.isArray(body) ? Object.entries(body) : undefined;
  const forbidden = (said ?? []).filter(([name]) => SERVERS_FIELDS.includes(name));
  const faults = forbidden.map(([name]) => ({
    pointer: `/${name}`,
    code: 'for_servers_only',
    detail: 'is not for the device to say; your server does, with PUT /v1/devices/{id}',
  }));
  const rest = said === undefined ? body : Object.fromEntries(said.filter(([name]) => !SERVERS_FIELDS.includes(name)));
  const parsed = ownDeviceRequest.safeParse(rest);
  if (!parsed.success) faults.push(...faultsOf(ownDeviceRequest, parsed.error.issues, rest));
  if (!parsed.success || faults.length > 0) throw invalid(faults);
  return { ...toDraft(parsed.data, { ...target, mode: 'upsert' }), mode: 'upsert', own: target.own };
}

/**
 * Turns one line of an import into a draft.
 *
 * @throws Refusal 422 with every fault of the line
 */
export function readDeviceLine(line: Json, app: string): DeviceDraft {
  const parsed = deviceLine.safeParse(line);
  if (!parsed.success) throw invalid(faultsOf(deviceLine, parsed.error.issues, line));
  const { id, ...request } = parsed.data;
  return toDraft(request, { app, id, mode: 'upsert' });
}

/**
 * The id a device is to be made under.
 *
 * @throws Refusal 422 for one that no device can have
 */
export function readNewDeviceId(raw: string): string {
  const parsed = newDeviceId.safeParse(raw);
  if (parsed.success) return parsed.data;
  const faults = faultsOf(newDeviceId, parsed.error.issues, raw);
  throw invalid(faults.slice(0, 1).map(({ code, detail }) => ({ parameter: 'id', code, detail })));
}

function toDraft(
  request: DeviceRequest,
  target: { readonly app: string; readonly id: string; readonly mode: DeviceDraft['mode'] },
): DeviceDraft {
  const { registrations, tags, topics, attributes, app_version: appVersion, os_version: osVersion, ...same } = request;
  return {
    ...target,
    fields: given({ ...same, appVersion, osVersion }),
    registrations: (registrations ?? []).map(toRegistrationDraft),
    ...given({ tags: toNamesChange(tags), topics: toNamesChange(topics), attributes }),
  };
}

function toRegistrationDraft(registration: NonNullable<DeviceRequest['registrations']>[number]): RegistrationDraft {
  const { provider, token, environment, purpose, bundle_id: bundleId, region } = registration;
  return { provider, token, ...given({ environment, purpose, bundleId, region }) };
}
