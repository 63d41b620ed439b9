/** A provider of Xiaomi beside its simulator, with clock, faults and ledger in plain sight. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  AddressNotice,
  Message,
  Outcome,
  ProviderEnv,
  PushToken,
  Target,
  VendorReceipt,
} from '../../../../providers/contract.js';
import type { Fault, LedgerEntry } from '../../../../providers/simulation.js';
import { xiaomiKind } from '../../../../providers/xiaomi/kind.js';
import type { XiaomiProvider } from '../../../../providers/xiaomi/provider.js';
import { startXiaomiSimulator, type XiaomiSimulator } from '../../../../providers/xiaomi/simulator.js';
import { createLoopbackCertificate } from '../../../../src/simulators/certificates.js';
import { testEnv } from '../../../contract/provider.suite.js';

/** 21:00 in Beijing: three hours before the day ends. */
export const START_MS = Date.UTC(2026, 0, 15, 13);
export const TO_MIDNIGHT_MS = 3 * 3_600_000;

export const MESSAGE: Message = {
  id: 'msg_01JABCDEFGHJKMNPQRSTVWXYZ0',
  app: 'shop',
  notification: { title: 'Paid', body: 'Your order is on its way' },
  data: { order: '7' },
  ttlSeconds: 600,
  priority: 'normal',
};

export interface Rig {
  readonly simulator: XiaomiSimulator;
  readonly ca: string;
  readonly ledger: LedgerEntry[];
  /** By push token; one is used up by each request. */
  readonly faults: Map<string, Fault[]>;
  readonly logged: { readonly level: string; readonly event: string; readonly fields: object }[];
  readonly observed: string[];
  open(settings?: Readonly<Record<string, unknown>>, env?: Partial<ProviderEnv>): Promise<XiaomiProvider>;
  close(): Promise<void>;
}

let certificate: ReturnType<typeof createLoopbackCertificate> | undefined;

export async function openRig(): Promise<Rig> {
  certificate ??= createLoopbackCertificate();
  const { ca, tls } = await certificate;
  const ledger: LedgerEntry[] = [];
  const faults = new Map<string, Fault[]>();
  const logged: { level: string; event: string; fields: object }[] = [];
  const observed: string[] = [];
  const opened: XiaomiProvider[] = [];
  const simulator = await startXiaomiSimulator({
    tls,
    ledger: { write: (entry) => ledger.push(entry) },
    faults: { take: (provider, token) => faults.get(provider === 'xiaomi' ? token : provider)?.shift() },
    now: () => START_MS,
    receiptDelayMs: 1,
  });
  const log = (level: string) => (fields: object, event: string) => void logged.push({ level, event, fields });
  return {
    ...{ simulator, ca, ledger, faults, logged, observed },
    async open(settings = {}, env = {}) {
      const options = xiaomiKind.options.parse({ ...simulator.settings, ca, ...settings });
      const provider = (await xiaomiKind.open(
        options,
        testEnv({
          now: () => START_MS,
          log: { info: log('info'), warn: log('warn'), error: log('error') },
          observe: (seen) => {
            if (seen.kind === 'request') observed.push(seen.code);
          },
          ...env,
        }),
      )) as XiaomiProvider; // what `open` makes
      opened.push(provider);
      return provider;
    },
    async close() {
      await Promise.all(opened.map((provider) => provider.close()));
      await simulator.close();
    },
  };
}

export function target(regId: string, more: Partial<Target> = {}): Target {
  return { pushToken: regId as PushToken, notificationId: '00000000-0000-5000-8000-000000000000', ...more };
}

export function targets(...regIds: string[]): Target[] {
  return regIds.map((regId) => target(regId));
}

const never = new AbortController().signal;

export function send(provider: XiaomiProvider, to: readonly Target[], message = MESSAGE): Promise<readonly Outcome[]> {
  return provider.send({ message, targets: to }, never);
}

/** The parameters of the last message that the simulator judged. */
export function lastForm({ ledger }: Rig): Record<string, string> {
  const sent = ledger.filter(({ provider }) => provider === 'xiaomi').at(-1);
  return JSON.parse(sent?.payloadJson ?? '{}') as Record<string, string>;
}

export interface Inbox {
  readonly url: string;
  readonly receipts: VendorReceipt[];
  readonly notices: AddressNotice[];
  readonly bodies: string[];
  /** Resolves when that many receipts and notices are there. */
  until(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Where receipts are told: read as the house reads them. */
export async function openInbox(): Promise<Inbox> {
  const receipts: VendorReceipt[] = [];
  const notices: AddressNotice[] = [];
  const bodies: string[] = [];
  const waiting: (() => void)[] = [];
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    bodies.push(body.toString());
    const options = xiaomiKind.options.parse({ package_name: 'a', app_secret: 'b' });
    const reading = xiaomiKind.readReceipts({ headers: {}, query: '', body, receivedAt: START_MS }, options);
    if (reading.kind === 'receipts') {
      receipts.push(...reading.receipts);
      notices.push(...(reading.notices ?? []));
      response.writeHead(reading.answer.status, { 'content-type': reading.answer.type }).end(reading.answer.body);
    } else response.writeHead(400).end(reading.kind);
    for (const look of waiting) look();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    ...{ url: `http://127.0.0.1:${port}/callbacks/xiaomi/shop/secret`, receipts, notices, bodies },
    until: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (receipts.length + notices.length >= count) resolve();
        };
        waiting.push(look);
        look();
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
