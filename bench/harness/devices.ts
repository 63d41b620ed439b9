/** Devices of the workloads by number: what they are called, and the push tokens they have. */

export type Road = 'apns' | 'fcm';

/** 64 hex digits; different numbers, different tokens. */
export function apnsToken(n: number): string {
  return n.toString(16).padStart(64, '0');
}

/** In the shape of FCM's: an installation's id, a colon, 140 characters. */
export function fcmToken(n: number): string {
  return `bench-${String(n).padStart(16, '0')}:${'APA91b'.repeat(23)}ab`;
}

export function deviceId(n: number): string {
  return `d${String(n).padStart(8, '0')}`;
}

/** The body of `POST /v1/devices/import`: devices 0 to `count`, in pieces, so that any number fits into memory. */
export function deviceLines(count: number, road: Road): ReadableStream<Uint8Array> {
  let n = 0;
  return new ReadableStream({
    pull(controller) {
      const lines: string[] = [];
      for (const end = Math.min(count, n + 1_000); n < end; n++) {
        const registration = { provider: road, token: road === 'apns' ? apnsToken(n) : fcmToken(n) };
        const device = { id: deviceId(n), user: `u${n}`, platform: road === 'apns' ? 'ios' : 'android' };
        lines.push(JSON.stringify({ ...device, registrations: [registration] }));
      }
      if (lines.length > 0) controller.enqueue(Buffer.from(`${lines.join('\n')}\n`));
      if (n >= count) controller.close();
    },
  });
}

/** What every contender of a bulk workload sends: about 250 bytes of JSON at the vendor. */
export const NOTIFICATION = { title: 'Your order is on its way', body: 'x'.repeat(190) } as const;
