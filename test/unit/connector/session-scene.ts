/** A session between a wire and a house that keep what they are told. */

import type { Bye } from '../../../src/connector/byes.js';
import { readClientFrame, type Upward } from '../../../src/connector/client-frame.js';
import { Session } from '../../../src/connector/session.js';
import type { Admission, Parcel, SessionHouse } from '../../../src/connector/session-house.js';
import { SharedBody, type Wire } from '../../../src/connector/wire.js';
import type { AccessScope } from '../../../src/domain/realtime.js';
import { ACCESS_SCOPES } from '../../../src/domain/realtime.js';
import type { Access } from '../../../src/usecases/access-tokens.js';

export interface Frame {
  readonly t: string;
  readonly [field: string]: unknown;
}

export const START_MS = 1_800_000_000_000;

export function accessOf(over: Partial<Access> = {}): Access {
  return {
    kind: 'access',
    app: 'shop',
    device: 'phone',
    user: 'ann',
    scopes: new Set<AccessScope>(ACCESS_SCOPES),
    issuedAt: START_MS,
    expiresAt: START_MS + 3_600_000,
    keyId: 'k',
    ...over,
  };
}

export function parcelOf(n: number, over: Partial<Parcel> = {}): Parcel {
  const message = `msg_${n}`;
  return {
    message,
    position: n,
    body: new SharedBody(JSON.stringify({ id: message, tag: message })),
    show: true,
    expiresAt: START_MS + 3_600_000,
    ...over,
  };
}

export function openScene(options: { readonly hears?: boolean } = {}) {
  const time = { ticks: 1_000, now: START_MS };
  const frames: Frame[] = [];
  const asked: [string, ...unknown[]][] = [];
  const wire: Wire & { bufferedBytes: number; stuckAt: number | undefined; listening: boolean; bye: Bye | undefined } =
    {
      bufferedBytes: 0,
      stuckAt: undefined,
      stuckSince: () => wire.stuckAt,
      hears: options.hears ?? true,
      origin: undefined,
      listening: true,
      bye: undefined,
      send: (frame: string) => void frames.push(JSON.parse(frame)),
      push: (head: string, body: SharedBody) => void frames.push(JSON.parse(head + body.text)),
      end(bye: Bye) {
        wire.bye = bye;
      },
      listen(on: boolean) {
        wire.listening = on;
      },
    };
  const house: SessionHouse<Session> = {
    ticks: () => time.ticks,
    now: () => time.now,
    frameRate: { perSecond: 10, burst: 20 },
    retryAfterMs: () => 1_234,
    hello: (_, hello) => void asked.push(['hello', hello]),
    refresh: (_, token) => void asked.push(['refresh', token]),
    readMail: (_, except, limit) => void asked.push(['mail', [...except], limit]),
    readLog: (_, after, limit) => void asked.push(['log', after, limit]),
    done: (_, messages, logPosition) => void asked.push(['done', messages, logPosition]),
    take: (_, run: readonly Upward[]) => void asked.push(['take', run.map(({ n }) => n)]),
    told: (_, clears, lost) => void asked.push(['told', clears, lost]),
    count: () => undefined,
    wake: () => undefined,
    ignored: (what, count) => void asked.push(['ignored', what, count]),
    ended: (_, unfinished, bye) => void asked.push(['ended', unfinished, bye?.reason]),
  };
  const session = new Session(wire, house, 1);
  return {
    session,
    wire,
    time,
    /** What the client says. */
    say: (frame: unknown) => session.frame(readClientFrame(frame)),
    /** Frames that the client got since the last call. */
    heard: () => frames.splice(0),
    /** What the house was asked since the last call. */
    asked: () => asked.splice(0),
    /** Says hello and is let in; what that brings is taken off. */
    enter(
      { access = accessOf(), ...over }: Partial<Admission> & { readonly access?: Access } = {},
      hello: Record<string, unknown> = {},
    ) {
      session.frame(readClientFrame({ t: 'hello', token: 'jwt', ...hello }));
      session.claim(access);
      session.admit({
        terms: { pingMaxMs: 240_000, maxInFlight: 3 },
        epoch: 'e1',
        newest: 0,
        logPosition: 0,
        logEnd: 0,
        lost: 0,
        id: 'ses',
        ...over,
      });
      if (access.scopes.has('receive')) session.mail([]);
      frames.length = 0;
      asked.length = 0;
    },
  };
}
