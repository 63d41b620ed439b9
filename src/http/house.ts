import type { Registry } from 'prom-client';
import type { RandomBytes } from '../domain/ids.js';
import type { Clock } from '../domain/time.js';
import type { WebhookUrlRules } from '../domain/webhook-url.js';
import type { DeviceStore } from '../ports/device-store.js';
import type { EventLog } from '../ports/event-log.js';
import type { HistoryStore } from '../ports/history-store.js';
import type { LiveBus } from '../ports/live-bus.js';
import type { LiveConfig } from '../ports/live-config.js';
import type { Log } from '../ports/log.js';
import type { MessageStore } from '../ports/message-store.js';
import type { StatsStore } from '../ports/stats-store.js';
import type { TopicStore } from '../ports/topic-store.js';
import type { UpstreamStore } from '../ports/upstream-store.js';
import type { UserStore } from '../ports/user-store.js';
import type { WebhookCall, WebhookStore } from '../ports/webhook-store.js';
import type { AcceptMessage } from '../usecases/accept-message.js';
import type { AccessIssuer } from '../usecases/access-tokens.js';
import type { ChannelDesk } from '../usecases/broadcast-channels.js';
import type { ChangeUser } from '../usecases/change-user.js';
import type { EraseUser } from '../usecases/erase-user.js';
import type { Explain } from '../usecases/explain.js';
import type { MessageTimeline } from '../usecases/message-timeline.js';
import type { PlanMessage } from '../usecases/plan-message.js';
import type { ProviderHealthDesk } from '../usecases/provider-health.js';
import type { RealtimeApps } from '../usecases/realtime-apps.js';
import type { RecallMessage } from '../usecases/recall-message.js';
import type { RecordTold } from '../usecases/record-told.js';
import type { RegisterDevice } from '../usecases/register-device.js';
import type { RevokeAccess } from '../usecases/revoke-access.js';
import type { ServerKeys } from '../usecases/server-keys.js';
import type { SettledWatch } from '../usecases/settled-watch.js';
import type { CallbackDesk } from '../usecases/take-callback.js';
import type { TestProvider } from '../usecases/test-provider.js';
import type { WebhookDesk } from '../usecases/webhook-desk.js';
import type { TestKeys } from './authenticate.js';
import type { DeviceDoor } from './device-gate.js';
import type { KeyLimit } from './key-limit.js';
import type { RealtimeRoads } from './realtime.js';

/** Whether this process turns, and whether it can do its work. */
export interface Health {
  live(): boolean;
  /** Bounded in time. `checks` has one word or sentence per thing that was asked, such as `store: 'ok'`. */
  ready(): Promise<{ readonly ok: boolean; readonly checks: Readonly<Record<string, string>> }>;
}

/** What the admin listener needs of the house. */
export interface AdminHouse {
  readonly health: Health;
  readonly metrics: Registry;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
  readonly version: string;
  /** Addresses and networks whose X-Forwarded-For is believed; nobody's when absent. */
  readonly trustedProxies?: readonly string[];
}

/** What the API needs of the house. Opened and closed by whoever lends it. */
export interface ApiHouse extends AdminHouse {
  readonly acceptMessage: AcceptMessage;
  readonly planMessage: PlanMessage;
  readonly registerDevice: RegisterDevice;
  readonly recordTold: RecordTold;
  readonly callbacks: CallbackDesk;
  readonly bus: Pick<LiveBus, 'online'>;
  readonly recallMessage: RecallMessage;
  readonly messages: MessageStore;
  readonly history: HistoryStore;
  readonly messageTimeline: MessageTimeline;
  readonly settledWatch: SettledWatch;
  readonly devices: DeviceStore;
  readonly providerHealth: ProviderHealthDesk;
  readonly testProvider: TestProvider;
  readonly channelDesk: ChannelDesk;
  readonly explain: Explain;
  readonly eraseUser: EraseUser;
  readonly changeUser: ChangeUser;
  readonly users: UserStore;
  readonly topics: TopicStore;
  readonly upstream: UpstreamStore;
  readonly webhooks: {
    readonly store: WebhookStore;
    readonly desk: WebhookDesk;
    /** Where endpoints may be. */
    readonly urls: WebhookUrlRules;
    /** The bytes that a call sends; undefined once its events are kept no longer. */
    bodyOf(call: WebhookCall): Promise<string | undefined>;
  };
  readonly stats: Pick<StatsStore, 'read'>;
  readonly eventLog: Pick<EventLog, 'heads' | 'read'>;
  /** @throws GatewayError `disk_full` when nothing more may be stored now. */
  readonly assertRoom: () => void;
  readonly keys: ServerKeys;
  /** Absent where the configuration cannot be read again; then there is nothing to call for it either. */
  readonly liveConfig?: LiveConfig | undefined;
  /** What servers do about the access of their devices. */
  readonly access: {
    readonly issuer: AccessIssuer;
    readonly revoke: RevokeAccess;
    readonly apps: RealtimeApps;
  };
  /** Absent where no access tokens are judged; then there is nothing that devices call themselves. */
  readonly deviceDoor?: DeviceDoor | undefined;
  /** Absent where devices do not connect to this process. */
  readonly realtime?: RealtimeRoads | undefined;
  readonly keyLimit: KeyLimit;
  /** How the outside reaches the API; named as the server in the OpenAPI document. */
  readonly publicUrl?: string;
  hasApp(app: string): boolean;
  appNames(): readonly string[];
  /** Whether apps have twins for test keys; `off` when absent. */
  testKeys?(): TestKeys;
  readonly limits: {
    /** Of a JSON body, and of one line of an import. */
    readonly bodyBytes: number;
    /** Requests answered at the same time; more get 503 `overloaded`. 2,000 when absent. */
    readonly requestsInFlight?: number;
  };
}
