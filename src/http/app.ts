import type express from 'express';
import { aboutOperations } from './about.js';
import { accessOperations } from './access.js';
import { authenticate, authorise } from './authenticate.js';
import { broadcastChannelOperations } from './broadcast-channels.js';
import { callbackOperations } from './callbacks.js';
import { deliveryExportOperations } from './delivery-export.js';
import { admitDevice } from './device-gate.js';
import { deviceOperations } from './devices.js';
import { createEdge, type Gate } from './edge.js';
import { eventExportOperation } from './event-export.js';
import { eventOperations } from './events.js';
import { healthOperations, metricsOperation } from './health.js';
import type { AdminHouse, ApiHouse } from './house.js';
import { charge } from './key-limit.js';
import { liveConfigOperations } from './live-config.js';
import { messageOperations } from './messages.js';
import { createHttpMetrics, registerBuildInfo } from './metrics.js';
import type { Operation } from './operation.js';
import { ownDeviceOperations } from './own-device.js';
import { providerOperations } from './providers.js';
import { realtimeOperations } from './realtime.js';
import { socketOperations } from './realtime-socket.js';
import { statsOperations } from './stats.js';
import { topicOperations } from './topics.js';
import { upstreamOperations } from './upstream.js';
import { userRecordOperations } from './user-record.js';
import { userOperations } from './users.js';
import { webhookDeliveryOperations } from './webhook-deliveries.js';
import { webhookOperations } from './webhooks.js';

const REQUESTS_IN_FLIGHT_MAX = 2_000;

/** The public API. Opens nothing and closes nothing; `listen` of server.ts gives it a port. */
export function createApi(house: ApiHouse): express.Express {
  return createEdge(house, apiOperations(house), gateOf(house));
}

/** What a process that only holds connections of devices answers. */
export function createConnectorApi(house: ApiHouse): express.Express {
  return createEdge(house, [...connectOperations(house), ...healthOperations(house)], gateOf(house));
}

/** Where devices connect, by whatever road. */
function connectOperations({ clock, deviceDoor, realtime }: ApiHouse): readonly Operation[] {
  const overHttp = deviceDoor !== undefined && realtime !== undefined;
  return [...socketOperations(), ...(overHttp ? realtimeOperations({ clock, deviceDoor, realtime }) : [])];
}

function gateOf(house: ApiHouse): Gate {
  const { deviceDoor: door } = house;
  return {
    bodyBytes: house.limits.bodyBytes,
    requestsMax: house.limits.requestsInFlight ?? REQUESTS_IN_FLIGHT_MAX,
    async admit(req, res, operation) {
      const principal = await authenticate(house.keys, req);
      await charge(house.keyLimit, res, principal.keyId, 1);
      const xApp = req.headers['x-app'];
      return authorise(house, principal, Array.isArray(xApp) ? xApp[0] : xApp, operation.scopes);
    },
    devices:
      door === undefined
        ? undefined
        : {
            origins: door,
            admit: (req, query, operation) => admitDevice(door, house.clock, req, query, operation),
          },
    countMore: (res, caller, units) => charge(house.keyLimit, res, caller.keyId, units, 1),
  };
}

/** Health and metrics, for the operator's network only. */
export function createAdmin(house: AdminHouse): express.Express {
  registerBuildInfo(house.metrics, house.version);
  return createEdge(house, [...healthOperations(house), metricsOperation(house)]);
}

/** Every operation of the API: what is mounted is what is documented. */
export function apiOperations(house: ApiHouse): readonly Operation[] {
  const operations: Operation[] = [
    ...messageOperations(house, createHttpMetrics(house.metrics)),
    ...deliveryExportOperations(house),
    ...statsOperations(house),
    ...eventOperations(house),
    eventExportOperation(house),
    ...ownDeviceOperations(house),
    ...deviceOperations(house),
    ...userRecordOperations(house),
    ...userOperations(house),
    ...providerOperations(house),
    ...callbackOperations(house),
    ...broadcastChannelOperations(house),
    ...topicOperations(house),
    ...accessOperations(house),
    ...upstreamOperations(house),
    ...webhookOperations(house),
    ...webhookDeliveryOperations(house),
    ...connectOperations(house),
    ...(house.liveConfig === undefined ? [] : liveConfigOperations(house.liveConfig)),
    ...healthOperations(house),
  ];
  return [...operations, ...aboutOperations(operations, house.version, house.publicUrl)];
}
