import type { OpenOperation, Operation } from './operation.js';
import { Refusal } from './refusal.js';

export const REALTIME_SOCKET_PATH = '/v1/realtime/ws';

/** Where WebSockets are; `upgrades.ts` takes those over before they come here. */
const realtimeSocketOperation: OpenOperation = {
  method: 'get',
  path: REALTIME_SOCKET_PATH,
  operationId: 'realtimeSocket',
  summary: 'Connects a device by WebSocket',
  tag: 'realtime',
  scopes: 'none',
  body: 'none',
  answers: [{ status: 101, description: 'The connection speaks the subprotocol `pealbell.v1` from now on' }],
  problems: ['foreign_origin', 'no_realtime', 'upgrade_required', 'too_many_connections', 'overloaded', 'draining'],
  async handle() {
    throw new Refusal('upgrade_required', 'connect with a WebSocket client, subprotocol pealbell.v1', {
      headers: { Upgrade: 'websocket', Connection: 'upgrade' },
    });
  },
};

/** Where devices connect. */
export function socketOperations(): readonly Operation[] {
  return [realtimeSocketOperation];
}
