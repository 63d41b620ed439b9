import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { parseClientFrame } from '../client-frame.js';
import type { Connector } from '../connector.js';
import type { Session } from '../session.js';
import { DEFLATE, DeflatedWire } from './deflated-wire.js';
import { SocketWire } from './socket-wire.js';
import { TurnEnd } from './turn-end.js';

export const SUBPROTOCOL = 'pealbell.v1';
const FRAME_BYTES_MAX = 64 * 1024;
/** How long a client has to answer a close, before its socket is destroyed. */
const CLOSE_MS = 3_000;
const WEB_SOCKET = Symbol('webSocket');

/** One class of sockets and one set of handlers: closures for each connection would cost as much as the connection. */
class DeviceSocket extends WebSocket {
  session: Session | undefined;
  wire: SocketWire | DeflatedWire | undefined;
  home: Home | undefined;
  address = '';
}
interface Home {
  readonly open: Set<DeviceSocket>;
  readonly onEnd: (address: string) => void;
}
type DeviceStream = Socket & { [WEB_SOCKET]?: DeviceSocket };

/** WebSockets of devices: from the upgrade on. */
export interface WebSockets {
  /** Takes the connection over; its address and origin have been looked at. */
  take(req: IncomingMessage, socket: Socket, head: Buffer, address: string): void;
  readonly size: number;
  /** Cuts what is still there. */
  terminate(): void;
}

/** Where messages may be compressed. */
export interface Compression {
  /** Whether any app wants it: which one a client is of is known after its hello only. */
  isOffered(): boolean;
  isOn(app: string): boolean;
}

/** @param onEnd is called once for each connection that was taken, when it is gone */
export function createWebSockets(
  connector: Connector,
  ticks: () => number,
  onEnd: (address: string) => void,
  compression: Compression,
): WebSockets {
  const shared = { turnEnd: new TurnEnd(), ticks, onRoom };
  const home: Home = { open: new Set(), onEnd };
  const options = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: FRAME_BYTES_MAX,
    closeTimeout: CLOSE_MS,
    WebSocket: DeviceSocket,
    // Without the subprotocol a client is another program's: it is told so by an answer without one (RFC 6455 §4.2.2).
    handleProtocols: (offered: Set<string>) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false) as string | false,
  };
  const plain = new WebSocketServer(options);
  const deflating = new WebSocketServer({ ...options, perMessageDeflate: DEFLATE });

  function wireOf(webSocket: DeviceSocket, socket: Socket, origin: string | undefined): SocketWire | DeflatedWire {
    if (webSocket.extensions === '') return new SocketWire(webSocket, socket, origin, shared);
    const isOn = () => {
      const app = webSocket.session?.access?.app;
      return app !== undefined && compression.isOn(app);
    };
    return new DeflatedWire(webSocket, socket, origin, { ticks, isOn, onRoom });
  }

  return {
    take(req, socket, head, address) {
      let isTaken = false;
      const server = compression.isOffered() ? deflating : plain;
      server.handleUpgrade(req, socket, head, (webSocket) => {
        isTaken = true;
        webSocket.home = home;
        webSocket.address = address;
        home.open.add(webSocket);
        webSocket.on('message', onMessage);
        webSocket.on('ping', onSign);
        webSocket.on('pong', onSign);
        webSocket.on('close', onClose);
        webSocket.on('error', onError);
        const stream: DeviceStream = socket;
        stream[WEB_SOCKET] = webSocket;
        socket.on('drain', onDrain);
        webSocket.wire = wireOf(webSocket, socket, req.headers.origin);
        webSocket.session = connector.connect(webSocket.wire);
      });
      // A handshake that is none is answered by `ws` itself, at once.
      if (!isTaken) onEnd(address);
    },
    get size() {
      return home.open.size;
    },
    terminate() {
      for (const webSocket of home.open) webSocket.terminate();
    },
  };
}

function onMessage(this: WebSocket, data: unknown, isBinary: boolean): void {
  const { session } = this as DeviceSocket; // the server makes no others
  if (isBinary || !Buffer.isBuffer(data)) session?.frame({ t: 'bad', detail: 'frames are text messages' });
  else session?.frame(parseClientFrame(data.toString()));
}

function onSign(this: WebSocket): void {
  (this as DeviceSocket).session?.sign();
}

function onRoom(webSocket: WebSocket): void {
  (webSocket as DeviceSocket).session?.drained();
}

function onDrain(this: DeviceStream): void {
  const webSocket = this[WEB_SOCKET];
  webSocket?.wire?.flush();
  webSocket?.session?.drained();
}

function onClose(this: WebSocket): void {
  const webSocket = this as DeviceSocket;
  webSocket.session?.gone();
  webSocket.home?.open.delete(webSocket);
  webSocket.home?.onEnd(webSocket.address);
}

/** A breach of RFC 6455: `ws` closes with the code that is for it. */
function onError(): void {}
