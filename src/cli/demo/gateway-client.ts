import { callText } from './json-call.js';
import type { Browser } from './simulator-client.js';

/** The parts of the API's answers that the demonstration reads. */
export interface MessageState {
  readonly id: string;
  readonly status: string;
  readonly devices: number;
  readonly settled: number;
  readonly counts: Readonly<Record<string, number>>;
}

export interface AttemptState {
  readonly at: string;
  readonly ms?: number;
  readonly outcome?: string;
  readonly reason?: string;
  readonly detail?: string;
  readonly vendor?: { readonly status?: number; readonly code?: string };
}

export interface DeliveryState {
  readonly device: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly attempts: readonly AttemptState[];
  readonly times: Readonly<Record<string, string>>;
  readonly next_attempt_at?: string;
}

export interface DeviceState {
  readonly id: string;
  readonly retired: readonly { readonly reason: string }[];
}

/** A device as it is registered. */
export interface NewDevice {
  readonly user?: string;
  readonly platform: string;
  readonly registrations: readonly {
    readonly provider: string;
    readonly token: string | Browser;
    readonly environment?: string;
  }[];
}

/** A backend's view of the gateway: the public API with a server key, over HTTP. */
export interface GatewayClient {
  readonly url: string;
  putDevice(id: string, device: NewDevice): Promise<void>;
  /** @returns how many lines were taken */
  importDevices(lines: string): Promise<number>;
  device(id: string): Promise<DeviceState>;
  /** @param body JSON text, sent as it is */
  send(body: string): Promise<{ readonly id: string }>;
  message(id: string): Promise<MessageState>;
  deliveries(id: string): Promise<readonly DeliveryState[]>;
}

const PAGE = 100;

export function createGatewayClient(url: string, key: string, signal: AbortSignal): GatewayClient {
  const call = (method: string, path: string, body?: string, type = 'application/json') =>
    callText(
      `${url}${path}`,
      {
        method,
        headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': type }) },
        ...(body === undefined ? {} : { body }),
      },
      signal,
    );
  // The shapes are the API's own contract, kept by its tests; a demonstration that checked them again would hide it.
  const get = async <T>(path: string): Promise<T> => JSON.parse(await call('GET', path)) as T;
  return {
    url,
    async putDevice(id, device) {
      await call('PUT', `/v1/devices/${id}`, JSON.stringify(device));
    },
    async importDevices(lines) {
      const answer = await call('POST', '/v1/devices/import', lines, 'application/x-ndjson');
      const results = answer
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as { readonly status: number });
      return results.filter(({ status }) => status === 200 || status === 201).length;
    },
    device: (id) => get(`/v1/devices/${id}`),
    async send(body) {
      return JSON.parse(await call('POST', '/v1/messages', body)) as { readonly id: string };
    },
    message: (id) => get(`/v1/messages/${id}`),
    async deliveries(id) {
      const all: DeliveryState[] = [];
      let cursor = '';
      for (;;) {
        const page = await get<{ data: DeliveryState[]; next_cursor: string | null }>(
          `/v1/messages/${id}/deliveries?limit=${PAGE}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
        );
        all.push(...page.data);
        if (page.next_cursor === null) return all;
        cursor = page.next_cursor;
      }
    },
  };
}
