import { WebSocket } from 'ws';
import { createCursorKeeper, type Device, type FleetFaults, type Frame, isFinal } from './device.js';

const ACKS_IN_A_FRAME = 100;
/** A ping is due after `ping_ms`; a line with nothing for so much longer is dead. */
const GRACE_MS = 10_000;

/** One connection, from its handshake to its end. @returns how long to wait before the next, or undefined for the client's own choice */
export async function runWebSocket(
  device: Device,
  url: string,
  faults: () => FleetFaults,
  signal: AbortSignal,
): Promise<number | undefined> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/realtime/ws`, 'pealbell.v1', {
    perMessageDeflate: false,
    handshakeTimeout: 15_000,
  });
  const keeper = createCursorKeeper(device);
  const stop = () => socket.terminate();
  signal.addEventListener('abort', stop, { once: true });
  let seqSeen = 0;
  let retryAfterMs: number | undefined;
  let done: string[] = [];
  let pingMs = 5_000;
  let watch: NodeJS.Timeout | undefined;
  const heard = () => {
    clearTimeout(watch);
    watch = setTimeout(stop, pingMs + GRACE_MS);
  };
  const say = (frame: Frame) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  };
  const ack = (frame: Frame) => {
    if (!device.dice.happens(faults().acksLost)) say(frame);
  };
  const sayDone = () => {
    if (done.length === 0) return;
    ack({ t: 'done', ids: done.slice(0, ACKS_IN_A_FRAME) });
    done = done.slice(ACKS_IN_A_FRAME);
    sayDone();
  };

  async function onPush(frame: Frame): Promise<void> {
    const seq = Number(frame.seq);
    const id = String(frame.id);
    if (seq !== seqSeen + 1) device.complain(`seq ${seq} after ${seqSeen}`);
    seqSeen = seq;
    keeper.pushed(seq, String(frame.cursor));
    ack({ t: 'got', seq });
    await device.hand(id);
    keeper.done(seq);
    if (done.push(id) === 1) setTimeout(sayDone, 5);
  }

  socket.on('message', (bytes) => {
    heard();
    const frame = JSON.parse(String(bytes)) as Frame;
    device.told(frame);
    switch (frame.t) {
      case 'welcome':
        pingMs = Number(frame.ping_ms);
        // Until there is a push that is done, the cursor is the welcome's.
        device.cursor = String(frame.cursor);
        return;
      case 'push':
        void onPush(frame);
        return;
      case 'ping':
        say({ t: 'pong' });
        return;
      case 'bye':
        retryAfterMs = typeof frame.retry_after_ms === 'number' ? frame.retry_after_ms : undefined;
        return;
      default:
        return;
    }
  });
  socket.on('open', () => {
    heard();
    const cursor = device.cursor === undefined ? {} : { cursor: device.cursor };
    say({ t: 'hello', token: device.token, ping_ms: 5_000, ...cursor });
  });
  socket.on('error', () => {}); // what it does to the connection is told by `close`
  socket.on('unexpected-response', (_request, answer) => {
    if (answer.statusCode !== 503 && answer.statusCode !== 429) device.complain(`answered ${answer.statusCode}`);
    const seconds = Number(answer.headers['retry-after']);
    if (Number.isFinite(seconds)) retryAfterMs = seconds * 1_000;
    answer.resume();
    socket.terminate();
  });
  const code = await new Promise<number>((resolve) => socket.once('close', resolve));
  clearTimeout(watch);
  signal.removeEventListener('abort', stop);
  if (isFinal(code) || code === 1002 || code === 1007 || code === 1009) device.complain(`ended with ${code}`);
  return retryAfterMs;
}
