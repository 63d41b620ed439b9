import type { Device, FleetFaults, Frame } from './device.js';

/** One long poll. @returns how long to wait before the next, or undefined for the client's own choice after a failure */
export async function runPoll(
  device: Device,
  url: string,
  faults: () => FleetFaults,
  signal: AbortSignal,
): Promise<number | undefined> {
  const query = new URLSearchParams({ wait: '5s', ...(device.cursor === undefined ? {} : { cursor: device.cursor }) });
  const answer = await fetch(`${url}/v1/realtime/poll?${query}`, {
    headers: { authorization: `Bearer ${device.token}` },
    signal: AbortSignal.any([signal, AbortSignal.timeout(15_000)]),
  })
    .then(async (found) => ({ status: found.status, headers: found.headers, text: await found.text() }))
    .catch(() => undefined);
  if (answer === undefined) return undefined;
  if (answer.status !== 200) {
    if (answer.status !== 503 && answer.status !== 429)
      device.complain(`answered ${answer.status} to ${device.cursor ?? 'no cursor'}: ${answer.text}`);
    const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN);
    return Number.isFinite(seconds) ? seconds * 1_000 : undefined;
  }
  // An answer that is thrown away is one that the network lost.
  if (device.dice.happens(faults().acksLost)) return 0;
  const { frames, cursor } = JSON.parse(answer.text) as { readonly frames: readonly Frame[]; readonly cursor: string };
  for (const frame of frames) {
    device.told(frame);
    if (frame.t === 'push') await device.hand(String(frame.id));
  }
  device.cursor = cursor;
  return 0;
}
