import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createCursorKeeper, type Device, type FleetFaults, type Frame, isFinal } from './device.js';

const GRACE_MS = 10_000;

/** One stream of events, from its request to its end. @returns how long to wait before the next, or undefined for the client's own choice */
export async function runSse(
  device: Device,
  url: string,
  faults: () => FleetFaults,
  signal: AbortSignal,
): Promise<number | undefined> {
  const headers: Record<string, string> = {
    authorization: `Bearer ${device.token}`,
    accept: 'text/event-stream',
    ...(device.cursor === undefined ? {} : { 'last-event-id': device.cursor }),
  };
  const asked = request(`${url}/v1/realtime/sse?ping_ms=5000`, { headers, signal, agent: false }).end();
  asked.on('error', () => {}); // told by the answer that does not come, or its `close`
  const answer = await once(asked, 'response').then(
    ([found]) => found as IncomingMessage,
    () => undefined,
  );
  if (answer === undefined) return undefined;
  answer.on('error', () => {}); // what it does to the stream is told by `close`
  if (answer.statusCode !== 200) {
    answer.resume();
    if (answer.statusCode !== 503 && answer.statusCode !== 429) device.complain(`answered ${answer.statusCode}`);
    const seconds = Number(answer.headers['retry-after']);
    return Number.isFinite(seconds) ? seconds * 1_000 : undefined;
  }

  const keeper = createCursorKeeper(device);
  let session = '';
  let seqSeen = 0;
  let got = 0;
  let done: string[] = [];
  let retryAfterMs: number | undefined;
  let pingMs = 5_000;
  let watch: NodeJS.Timeout | undefined;
  let isSaying = false;

  function sayAcks(): void {
    isSaying = false;
    const said = { session, got, done };
    done = [];
    if (device.dice.happens(faults().acksLost)) return;
    const call = request(`${url}/v1/realtime/acks`, {
      method: 'POST',
      signal,
      headers: { authorization: `Bearer ${device.token}`, 'content-type': 'application/json' },
    }).end(JSON.stringify(said));
    call.on('error', () => {}); // lost: the messages come again
    call.on('response', (heard) => {
      heard.resume().on('error', () => {});
      if (heard.statusCode !== 200 && heard.statusCode !== 503 && heard.statusCode !== 429)
        device.complain(`acks answered ${heard.statusCode}`);
    });
  }
  const sayAcksSoon = () => {
    if (isSaying) return;
    isSaying = true;
    setTimeout(sayAcks, 10);
  };

  async function onPush(frame: Frame): Promise<void> {
    const seq = Number(frame.seq);
    if (seq !== seqSeen + 1) device.complain(`seq ${seq} after ${seqSeen}`);
    seqSeen = seq;
    got = seq;
    keeper.pushed(seq, String(frame.cursor));
    sayAcksSoon();
    await device.hand(String(frame.id));
    keeper.done(seq);
    done.push(String(frame.id));
    sayAcksSoon();
  }

  function onFrame(frame: Frame): void {
    device.told(frame);
    if (frame.t === 'welcome') {
      session = String(frame.session);
      pingMs = Number(frame.ping_ms);
      device.cursor = String(frame.cursor);
    } else if (frame.t === 'push') void onPush(frame);
    else if (frame.t === 'bye') {
      if (isFinal(Number(frame.code))) device.complain(`ended with ${Number(frame.code)}`);
      retryAfterMs = typeof frame.retry_after_ms === 'number' ? frame.retry_after_ms : undefined;
    }
  }

  let rest = '';
  answer.setEncoding('utf8').on('data', (text: string) => {
    clearTimeout(watch);
    watch = setTimeout(() => answer.destroy(), pingMs + GRACE_MS);
    const events = (rest + text).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      const data = event.split('\n').flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trimStart()] : []));
      if (data.length > 0) onFrame(JSON.parse(data.join('\n')) as Frame);
    }
  });
  await new Promise((resolve) => answer.once('close', resolve));
  clearTimeout(watch);
  return retryAfterMs;
}
