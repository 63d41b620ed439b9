/** A vendor in memory that tells afterwards all that a vendor can tell, in the place of FCM: no protocol, only its words. */
import { z } from 'zod';
import {
  type AddressNotice,
  type Batch,
  type CallbackReading,
  type CallbackRequest,
  type DeadAddressFeed,
  InvalidInputError,
  type Outcome,
  type Provider,
  type ProviderEnv,
  type ProviderKind,
  type PushToken,
  type Recalling,
  type RecallOutcome,
  type VendorReceipt,
} from '../../providers/contract.js';
import { fcmKind } from '../../providers/fcm/kind.js';

/** What the vendor posts. */
export interface Telling {
  readonly receipts?: readonly VendorReceipt[];
  readonly notices?: readonly AddressNotice[];
}

export interface TellingVendor {
  readonly kind: ProviderKind<unknown>;
  /** Push tokens that were sent to, in order, behind the message's id. */
  readonly sent: (readonly [message: string, pushToken: string])[];
  /** Which token is in the place of one. */
  readonly moved: Map<string, string>;
  /** What becomes of a recall; `recalled` for those that are not in it. */
  readonly recalls: Map<string, RecallOutcome['kind']>;
  readonly recalled: string[];
  /** To be told once, when it is asked. */
  readonly dead: string[];
  /** Called before a send is answered. */
  onSend: (message: string, pushToken: string) => void;
  /** Where it was told to call, the newest last. */
  readonly callbackUrls: string[];
  /** Posts to the address that it was lent last, in batches of its own form. @returns the answer's status */
  tell(telling: Telling): Promise<number>;
}

const told = z.object({ receipts: z.array(z.unknown()).default([]), notices: z.array(z.unknown()).default([]) });
const LIMITS = { batchTargetsMax: 100, requestTargetsMax: 100, payloadBytesMax: 4_096, ttlSecondsMax: 86_400 };

export function createTellingVendor(): TellingVendor {
  const vendor: TellingVendor = {
    kind: undefined as never, // set below: it needs the vendor
    ...{ sent: [], moved: new Map(), recalls: new Map(), recalled: [], dead: [], callbackUrls: [] },
    onSend: () => undefined,
    async tell(telling) {
      const url = vendor.callbackUrls.at(-1) ?? assertNever('nobody lent an address');
      const answer = await fetch(url, { method: 'POST', body: JSON.stringify(telling) });
      await answer.arrayBuffer();
      return answer.status;
    },
  };

  function open(env: ProviderEnv): Provider & Recalling & DeadAddressFeed {
    if (env.callbackUrl !== undefined) vendor.callbackUrls.push(env.callbackUrl);
    return {
      name: env.name,
      limits: LIMITS,
      send: async ({ message, targets }) => targets.map(({ pushToken }) => sendTo(message.id, pushToken)),
      recall: async ({ targets }: Batch) =>
        targets.map(({ pushToken }) => {
          const kind = vendor.recalls.get(pushToken) ?? 'recalled';
          if (kind === 'recalled') vendor.recalled.push(pushToken);
          return { kind };
        }),
      feedEveryMs: 3_600_000,
      fetchDeadAddresses: async () => vendor.dead.splice(0) as PushToken[], // as they were registered
      close: async () => undefined,
    };
  }

  function sendTo(message: string, pushToken: PushToken): Outcome {
    const replacedBy = vendor.moved.get(pushToken);
    if (replacedBy !== undefined) return { kind: 'unregistered', replacedBy: replacedBy as PushToken };
    vendor.sent.push([message, pushToken]);
    vendor.onSend(message, pushToken);
    return { kind: 'accepted', vendorId: `v-${pushToken}` };
  }

  const kind = {
    ...fcmKind,
    limits: LIMITS,
    receiptsName: 'targets' as const,
    check: () => [],
    parsePushToken(raw: unknown) {
      if (typeof raw === 'string' && /^tok-[a-z0-9-]{1,60}$/.test(raw)) return raw as PushToken; // checked by its form
      throw new InvalidInputError('a push token of the telling vendor is tok- and letters or digits');
    },
    open: async (_options: unknown, env: ProviderEnv) => open(env),
    readReceipts,
  };
  return Object.assign(vendor, { kind: kind as unknown as ProviderKind<unknown> }); // kinds of any options stand in one list
}

function readReceipts({ body }: CallbackRequest): CallbackReading {
  const read = told.safeParse(JSON.parse(Buffer.from(body).toString()));
  if (!read.success) return { kind: 'unreadable', detail: 'these are no words of the vendor' };
  const { receipts, notices } = read.data as unknown as Required<Telling>; // posted by `tell`
  return { kind: 'receipts', receipts, notices, answer: { status: 200, type: 'text/plain', body: 'ok' } };
}

function assertNever(why: string): never {
  throw new Error(why);
}
