import type { Socket } from 'node:net';

const HOLD_EVERY_MS = 5;

/**
 * Stops reading from a socket until it closes.
 *
 * node:http2 reads from the socket's handle itself and answers PING below JavaScript; there is no public way to hold that
 * (pause() of a session's socket throws), hence the handle. A test holds Node to it.
 */
export function silence(socket: Socket, whenClosed: (free: () => void) => void): void {
  const inner = socket as unknown as { readonly _handle?: { readStop(): unknown } };
  const hold = () => inner._handle?.readStop();
  hold();
  // A write that was still under way lets Node read again when it ends, so the hold is repeated.
  const repeat = setInterval(hold, HOLD_EVERY_MS);
  whenClosed(() => clearInterval(repeat));
}
